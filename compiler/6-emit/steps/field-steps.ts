import type { FieldIr } from '../../ir/object.ts'
import { isGivenOnce, isGuarded } from '../guarded-fields.ts'
import { defaultText, valueLimits } from '../objects/field-doc.ts'
import type { OperationStep } from '../operation-step.ts'
import { signedFields } from '../signed-fields.ts'
import { fieldStep, type StepScope } from './step-scope.ts'

/** What clients only read. */
export const readonlySteps = (scope: StepScope): readonly OperationStep[] =>
  scope.object.fields
    .filter(isGuarded)
    .map((field) =>
      fieldStep(field, scope, { kind: 'readonly', says: [isGivenOnce(field) ? 'clients give it once' : 'clients only read it'] }),
    )

/** Fields that say who it was. */
export function signSteps(operation: 'create' | 'update', scope: StepScope): readonly OperationStep[] {
  const { defaults = [], created = [], changed = [], space = [] } = signedFields(scope.object)
  const names = operation === 'update' ? changed : [...defaults, ...created, ...changed, ...space]
  return scope.object.fields
    .filter(({ name }) => names.includes(name))
    .map((field) => fieldStep(field, scope, { kind: 'sign', says: [space.includes(field.name) ? 'the space of who asks' : 'who asks'] }))
}

/** The checks of single values, in the order they are made. */
export const validateSteps = (operation: 'create' | 'update', scope: StepScope): readonly OperationStep[] =>
  scope.object.fields
    .filter((field) => isStored(field) && !field.isComputed && field.name !== 'id')
    .map((field) => fieldStep(field, scope, { kind: 'field', says: limitsOf(field, operation) }))

function limitsOf(field: FieldIr, operation: 'create' | 'update'): readonly string[] {
  const { value, isList, isRequired, default: preset } = field
  const kind = value.kind === 'option' ? 'one of its options' : value.kind === 'id' ? 'id' : value.kind
  const needs = !isRequired ? [] : operation === 'create' && preset === undefined ? ['required'] : ['never null']
  return [isList ? `list of ${kind}` : kind, ...valueLimits(value, isList), ...needs]
}

/** What fills in values that are not given. */
export const defaultSteps = (scope: StepScope): readonly OperationStep[] =>
  scope.object.fields.flatMap((field) => {
    const { default: preset } = field
    if (!isStored(field) || field.isComputed || !preset || preset.kind === 'current-user') return []
    if (preset.kind === 'literal' && preset.value === null) return []
    return [fieldStep(field, scope, { kind: 'default', says: [defaultText(preset)] })]
  })

/** Counters, in the order they are taken. */
export const numberSteps = (scope: StepScope): readonly OperationStep[] =>
  scope.object.fields
    .filter((field) => isStored(field) && field.autonumber)
    .map((field) => fieldStep(field, scope, { kind: 'autonumber', says: ['next number'] }))

/** What the table itself holds of the values that are written. */
export function constraintSteps(operation: 'create' | 'update', scope: StepScope): readonly OperationStep[] {
  const { object, lineOf, objectByName } = scope
  const isWritten = (field: FieldIr): boolean => isStored(field) && field.name !== 'id' && (operation === 'create' || !field.isComputed)
  const fields = object.fields.filter(isWritten)
  return [
    ...fields.filter(({ isUnique }) => isUnique).map((field) => fieldStep(field, scope, { kind: 'unique', says: ['unique'] })),
    ...object.indexes.flatMap(({ name, fields: key, isUnique, where, span }): readonly OperationStep[] =>
      isUnique && where === undefined && !isOwnKey(key, object.fields)
        ? [{ ...{ kind: 'unique', name, says: [`unique: ${key.join(', ')}`], path: span.path, line: lineOf(span) } }]
        : [],
    ),
    ...fields.flatMap((field) => {
      const target = field.isList ? undefined : field.reference?.object
      const isHere = target !== undefined && objectByName.get(target)?.datasource === object.datasource
      return isHere ? [fieldStep(field, scope, { kind: 'reference', says: [`id of ${target}`] })] : []
    }),
  ]
}

/** An index over a field that is unique anyway. */
const isOwnKey = ([only, ...more]: readonly string[], fields: readonly FieldIr[]): boolean =>
  more.length === 0 && fields.some(({ name, isUnique }) => name === only && isUnique)

const isStored = ({ column }: FieldIr): boolean => column !== undefined
