import { quote } from '../../code/literal.ts'
import type { FieldIr, ObjectIr, ValueIr } from '../../ir/object.ts'
import type { TypeNames } from './type-names.ts'

/** What clients read: everything stored or worked out, except secrets. */
export const readableFields = (object: ObjectIr): readonly FieldIr[] =>
  object.fields.filter((field) => (field.column !== undefined || field.formula !== undefined) && !field.isWriteOnly)

/** Lists and structured values have no order. */
export const isSortable = (field: FieldIr): boolean => !field.isList && !STRUCTURED.has(field.value.kind)

/** JSON that paths lead into: `'preferences.theme'`. */
export const hasPaths = ({ value, isList }: FieldIr): boolean => !isList && PATHS.has(value.kind)

const PATHS: ReadonlySet<ValueIr['kind']> = new Set(['attachment', 'address', 'json', 'records', 'record'])

const STRUCTURED: ReadonlySet<ValueIr['kind']> = new Set(['attachment', 'location', 'address', 'json', 'records', 'record', 'vector'])

/** Type of a field in a record. */
export function recordType(field: FieldIr, names: TypeNames): string {
  const value = valueType(field, names)
  const type = field.isList ? `${grouped(value)}[]` : value
  return field.isRequired || field.isImplicit || field.name === 'id' ? type : orNull(type)
}

/** Type of a field in what clients write. */
export function inputType(field: FieldIr, names: TypeNames): string {
  const value = inputValueType(field, names)
  const type = field.isList ? `readonly ${grouped(value)}[]` : value
  return field.isRequired ? type : orNull(type)
}

/** Free JSON includes null already. */
const orNull = (type: string): string => (type === 'ql.JsonValue' ? type : `${type} | null`)

const grouped = (type: string): string => (type.includes(' ') ? `(${type})` : type)

function valueType(field: FieldIr, names: TypeNames): string {
  const { value } = field
  if (field.name === 'id') return 'string'
  switch (value.kind) {
    case 'string':
    case 'date':
    case 'datetime':
    case 'time':
    case 'id':
      return 'string'
    case 'number':
    case 'boolean':
      return value.kind
    case 'option':
      return names.optionByField.get(field.name) ?? value.base
    case 'attachment':
      return value.isImage ? 'ql.ImageAttachment' : 'ql.Attachment'
    case 'location':
      return 'ql.GeoPoint'
    case 'address':
      return 'ql.Address'
    case 'json':
      return 'ql.JsonValue'
    case 'records':
      return 'ql.JsonObject[]'
    case 'record':
      return 'ql.JsonObject'
    case 'vector':
      return 'number[]'
    default:
      return value satisfies never
  }
}

function inputValueType(field: FieldIr, names: TypeNames): string {
  switch (field.value.kind) {
    case 'datetime':
      return 'string | Date'
    case 'records':
    case 'vector':
      return `readonly ${valueType(field, names)}`
    default:
      return valueType(field, names)
  }
}

/** Union of the option values, in the author's order. Open lists take any other value too, without losing completion. */
export function optionUnion(value: Extract<ValueIr, { kind: 'option' }>): readonly string[] {
  const members = [
    ...new Set(value.options.map((option) => (typeof option.value === 'number' ? String(option.value) : quote(option.value)))),
  ]
  return value.isOpen ? [...members, `(${value.base} & {})`] : members
}

/** What a `where` clause may say about a field. Lookups that can be followed have types of their own. */
export function filterType(field: FieldIr, names: TypeNames): string {
  const { kind } = field.value
  if (field.name === 'id') return 'ql.IdFilter'
  if (kind === 'location' && !field.isList) return 'ql.LocationFilter'
  if (kind === 'vector' && !field.isList) return 'ql.VectorFilter'
  if (STRUCTURED.has(kind)) return 'ql.StructureFilter'
  if (field.isList) return `ql.ListFilter<${valueType(field, names)}>`
  switch (kind) {
    case 'number':
      return 'ql.NumberFilter'
    case 'boolean':
      return 'ql.BooleanFilter'
    case 'date':
    case 'time':
      return 'ql.DateFilter'
    case 'datetime':
      return 'ql.DatetimeFilter'
    case 'id':
      return 'ql.IdFilter'
    case 'option': {
      const type = valueType(field, names)
      return type === 'string' ? 'ql.TextFilter' : type === 'number' ? 'ql.NumberFilter' : `ql.OptionFilter<${type}>`
    }
    default:
      return 'ql.TextFilter'
  }
}
