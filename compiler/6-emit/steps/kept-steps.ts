import type { OperationStep } from '../operation-step.ts'
import { relationsOf } from '../plans/kept-relations.ts'
import { trackedFields } from '../tracked-fields.ts'
import { fieldNamed, fieldStep, objectStep, type StepScope } from './step-scope.ts'

/** Lookups that must not lead into a trash. */
export const lookupSteps = (scope: StepScope): readonly OperationStep[] =>
  Object.keys(scope.trash.trashTargets ?? {}).flatMap((name) => {
    const field = fieldNamed(scope.object, name)
    return field ? [fieldStep(field, scope, { kind: 'lookup', says: [`no ${field.reference?.object} in the trash`] })] : []
  })

/** Former values that an update keeps. */
export const historySteps = (scope: StepScope): readonly OperationStep[] =>
  trackedFields(scope.object).flatMap((name) => {
    const field = fieldNamed(scope.object, name)
    return field ? [fieldStep(field, scope, { kind: 'history', says: ['history'] })] : []
  })

/** Roll-ups of other records that the records count for; `isDeletion`: and those that what goes along counts for. */
export function rollupSteps(scope: StepScope, isDeletion = false): readonly OperationStep[] {
  const { object, kept, objectByName } = scope
  const own = relationsOf(object.name, kept).rollups.flatMap(({ object: parentName, through }) => {
    const parent = objectByName.get(parentName)
    if (!parent) return []
    return Object.entries(relationsOf(parentName, kept).summaries).flatMap(([name, summary]) => {
      const field = summary.object === object.name && summary.through === through ? fieldNamed(parent, name) : undefined
      return field ? [fieldStep(field, scope, { kind: 'rollup', name: `${parentName}.${name}`, says: [`roll-up by ${through}`] })] : []
    })
  })
  const along = isDeletion ? relationsOf(object.name, kept).dependents : []
  const others = along.flatMap(({ object: child, field: name, onDelete }) => {
    const field = fieldNamed(objectByName.get(child) ?? object, name)
    const says = [onDelete === 'cascade' ? 'what goes along counts for others' : 'what stays counts otherwise']
    return field ? [fieldStep(field, scope, { kind: 'rollup', name: `${child}.${name}`, says })] : []
  })
  return [...own, ...others]
}

/** Records that refer to one that goes for good. */
export const referringSteps = (scope: StepScope): readonly OperationStep[] =>
  scope.object.children.flatMap(({ object: childName, field: name }) => {
    const child = scope.objectByName.get(childName)
    const field = child && fieldNamed(child, name)
    if (!child || !field?.reference || field.isList || field.column === undefined || child.datasource !== scope.object.datasource) return []
    const { onDelete } = field.reference
    const effect = onDelete === 'set-null' && field.isRequired ? 'restrict' : onDelete
    const says = [{ cascade: 'goes along', restrict: 'keeps it from going', 'set-null': 'is emptied' }[effect]]
    return [fieldStep(field, scope, { kind: 'reference', name: `${childName}.${name}`, says })]
  })

/** Records that go into the trash along with one, come back along with it, or keep it from going. */
export const trashedAlong = (scope: StepScope, effect: 'cascade' | 'restrict', says: string): readonly OperationStep[] =>
  (scope.trash.trash?.referring ?? []).flatMap(({ object: childName, field: name, onDelete }) => {
    const child = scope.objectByName.get(childName)
    const field = child && fieldNamed(child, name)
    return field && onDelete === effect ? [fieldStep(field, scope, { kind: 'trash', name: `${childName}.${name}`, says: [says] })] : []
  })

/** Owners in the trash keep a record from coming back. */
export const ownerSteps = (scope: StepScope): readonly OperationStep[] =>
  Object.entries(scope.trash.trashTargets ?? {}).flatMap(([name, { isOwner }]) => {
    const field = isOwner ? fieldNamed(scope.object, name) : undefined
    return field ? [fieldStep(field, scope, { kind: 'trash', says: ['what it leads to is not in the trash'] })] : []
  })

/** That a record went, or came back, is part of its history. */
export const deletionHistory = (scope: StepScope): readonly OperationStep[] =>
  trackedFields(scope.object).length === 0
    ? []
    : [objectStep(scope, { kind: 'history', name: scope.object.trash?.field ?? 'deleted_at', says: ['history'] })]
