import { withScale } from '../../expression/formula-result.ts'
import { mapFields } from '../../expression/map-fields.ts'
import type { Typed } from '../../expression/typed.ts'
import type { FieldIr, ObjectIr } from '../../ir/object.ts'

/** An expression over what a record holds: formulas of the record are written out, as nothing has worked them out yet. */
export function overStored(typed: Typed, object: ObjectIr): Typed {
  const formulas = new Map(object.fields.flatMap((field) => (field.formula ? [[field.name, field] as const] : [])))
  if (formulas.size === 0) return typed
  const written = (part: Typed & { readonly kind: 'field' }): Typed => {
    const field = part.root === 'record' && part.path.length === 1 ? formulas.get(part.path[0] ?? '') : undefined
    return field?.formula ? mapFields(withScale(field.formula.typed, scaleOf(field)), written) : part
  }
  return mapFields(typed, written)
}

const scaleOf = ({ value }: FieldIr): number | undefined => (value.kind === 'number' ? value.scale : undefined)

/** Names of fields with the types of their values, for the type that the checks of an object are printed over. */
export interface Shape {
  readonly type?: string
  readonly members: Map<string, Shape>
}

export const emptyShape = (): Shape => ({ members: new Map() })

const TYPES: Readonly<Record<Typed['type'], string>> = {
  text: 'string | null',
  date: 'string | null',
  datetime: 'string | null',
  time: 'string | null',
  number: 'number | null',
  boolean: 'boolean | null',
  list: 'readonly unknown[] | null',
  structure: 'unknown',
  null: 'null',
}

export function addPath(shape: Shape, path: readonly string[], type: Typed['type'] | string): void {
  const [first, ...rest] = path
  if (first === undefined) return
  const known = shape.members.get(first) ?? emptyShape()
  const typeText = Object.hasOwn(TYPES, type) ? TYPES[type as Typed['type']] : type
  shape.members.set(
    first,
    rest.length === 0 ? { ...known, type: known.type === undefined || known.type === 'unknown' ? typeText : known.type } : known,
  )
  if (rest.length > 0) addPath(known, rest, type)
}

/** What a value of a field is in JSON. */
export function jsonType(field: FieldIr): string {
  const { value, isList } = field
  if (isList) return TYPES.list
  if (value.kind === 'number' || (value.kind === 'option' && value.base === 'number')) return TYPES.number
  if (value.kind === 'boolean') return TYPES.boolean
  return ['string', 'option', 'date', 'datetime', 'time', 'id'].includes(value.kind) ? TYPES.text : TYPES.structure
}
