import type { Attributes } from '../2-parse/syntax.ts'
import { isFlagSet, textAttribute } from '../3-link/attributes.ts'
import { authoredDeleteBehavior } from '../3-link/delete-behavior.ts'
import { COMPUTED_TYPES, isListField } from '../3-link/field-kinds.ts'
import type { LinkedField, LinkedFormula, LinkedReference } from '../3-link/model.ts'
import { isUniqueField } from '../3-link/uniqueness.ts'
import type { FieldType } from '../ir/field-type.ts'
import { freezeDeep } from '../ir/freeze-deep.ts'
import type { FormulaIr, SummaryIr } from '../ir/kept.ts'
import type { Annotations, FieldIr, ReferenceIr } from '../ir/object.ts'
import { titleCase } from '../ir/words.ts'
import type { Json } from '../source/json.ts'
import { lowerAutonumber } from './lower-autonumber.ts'
import { lowerValue, type ValueContext } from './lower-value.ts'

/** A field the author declared. `column` is undefined when nothing is stored. */
export function lowerField(source: LinkedField, column: string | undefined, context: ValueContext): FieldIr {
  const { name, type, attributes, span } = source
  const isComputed = COMPUTED_TYPES.has(type)
  const field: Draft = {
    kind: 'field',
    name,
    type,
    label: textAttribute(attributes, 'label') ?? titleCase(name),
    value: freezeDeep(lowerValue(source, context)),
    isList: isListField(type, attributes),
    // Nobody can be asked for a value that the app works out.
    isRequired: !isComputed && isFlagSet(attributes, 'required'),
    isComputed,
    isReadonly: isComputed || isFlagSet(attributes, 'readonly'),
    // An internal field is for the server's own eyes.
    isWriteOnly: type === 'password' || type === 'secret' || isFlagSet(attributes, 'internal'),
    isUnique: isUniqueField(type, attributes),
    isImplicit: false,
    annotations: annotationsOf(attributes, OWN_ATTRIBUTES),
    span,
  }
  // Assigned one by one and not spread: there are thousands of fields.
  if (column !== undefined) field.column = column
  const description = textAttribute(attributes, 'description') ?? textAttribute(attributes, 'inlineHelpText')
  if (description !== undefined) field.description = description
  if (source.default !== undefined) field.default = freezeDeep(source.default)
  const summary = lowerSummary(source)
  if (summary !== undefined) field.summary = summary
  if (type === 'autonumber') field.autonumber = lowerAutonumber(source, context.fieldsBeside ?? [])
  if (source.formula !== undefined) field.formula = lowerFormula(source.formula, field.value)
  if (source.reference !== undefined) field.reference = lowerReference(source, source.reference)
  return Object.freeze(field)
}

type Draft = { -readonly [Key in keyof FieldIr]: FieldIr[Key] }

function lowerSummary({ summary }: LinkedField): SummaryIr | undefined {
  if (summary?.through === undefined) return undefined
  const { object, through, function: operation, field, filter } = summary
  return freezeDeep({
    object,
    through,
    function: operation,
    ...(field === undefined ? {} : { field }),
    ...(filter === undefined ? {} : { filter }),
  })
}

/** Numbers have the decimals of their field, halves away from zero. */
function lowerFormula({ source, dialect, expression, typed }: LinkedFormula, value: FieldIr['value']): FormulaIr {
  const scale = value.kind === 'number' ? value.scale : undefined
  return freezeDeep({ source, dialect, expression: scale === undefined ? expression : rounded(expression, scale), typed })
}

function rounded(expression: Json, scale: number): Json {
  const call = (name: string, ...args: readonly Json[]): Json => ({ kind: 'call', name, args })
  if (scale === 0) return call('round', expression)
  const factor: Json = { kind: 'value', value: { kind: 'constant', value: 10 ** scale, type: 'number' } }
  return call('divby', call('round', call('mul', expression, factor)), factor)
}

function lowerReference({ type, attributes }: LinkedField, reference: LinkedReference): ReferenceIr {
  const [object] = reference.objects
  const isPolymorphic = reference.authored.length > 1
  return freezeDeep({
    ...(isPolymorphic || object === undefined ? {} : { object }),
    authored: [...reference.authored],
    candidates: isPolymorphic ? [...reference.objects] : [],
    onDelete: onDelete(type, attributes),
  })
}

function onDelete(type: FieldType, attributes: Attributes): ReferenceIr['onDelete'] {
  const behavior = authoredDeleteBehavior(attributes) ?? (type === 'master_detail' ? 'cascade' : 'set_null')
  if (behavior === 'cascade' || behavior === 'restrict') return behavior
  // A required field cannot be emptied, so the record it points at has to stay.
  return isFlagSet(attributes, 'required') ? 'restrict' : 'set-null'
}

/** Attributes that became properties of the IR. */
const OWN_ATTRIBUTES: ReadonlySet<string> = new Set([
  ...['label', 'description', 'required', 'unique', 'readonly', 'multiple', 'defaultValue', 'reference', 'deleteBehavior', 'columnName'],
  ...['minLength', 'maxLength', 'pattern', 'patternMessage', 'protocols', 'min', 'max', 'maxRating', 'allowHalf', 'precision', 'scale'],
  ...['dimensions', 'maxSize', 'accept'],
])

const NO_ANNOTATIONS: Annotations = Object.freeze({})

/** Everything else the author wrote, under its canonical name. */
export function annotationsOf(attributes: Attributes, own: ReadonlySet<string>): Annotations {
  const others: [string, Json][] = []
  for (const [key, { value }] of attributes) if (!own.has(key)) others.push([key, value])
  return others.length === 0 ? NO_ANNOTATIONS : freezeDeep(Object.fromEntries(others))
}
