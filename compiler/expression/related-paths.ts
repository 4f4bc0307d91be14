import { fieldsOf } from './map-fields.ts'
import type { Typed, ValueType } from './typed.ts'

/** What is looked at in the record that a lookup leads to. */
export interface RelatedLookup {
  readonly object: string
  /** Its fields, in the order of their names, with the types of their values. */
  readonly fields: ReadonlyMap<string, ValueType>
  readonly below: RelatedPaths
}

/** By lookup. */
export type RelatedPaths = ReadonlyMap<string, RelatedLookup>

export type FieldPath = Typed & { readonly kind: 'field' }

/** Fields behind lookups that expressions name, each once. What is known of the user stands in the request. */
export const pathsBelow = (parts: readonly Typed[]): readonly FieldPath[] =>
  parts.flatMap(fieldsOf).filter(({ root, path }) => root !== 'current_user' && path.length > 1)

/** The same by lookup, whichever record they begin at. */
export function relatedPaths(fields: readonly FieldPath[]): RelatedPaths {
  const heads = [...new Set(fields.map(({ path: [head = ''] }) => head))].sort()
  return new Map(
    heads.map((head): [string, RelatedLookup] => {
      const own = fields.filter(({ path }) => path[0] === head)
      const rest = own.map((field): FieldPath => ({ ...field, path: field.path.slice(1), through: field.through?.slice(1) ?? [] }))
      const ends = rest.filter(({ path }) => path.length === 1).map(({ path: [name = ''], type }) => [name, type] as const)
      const below = relatedPaths(rest.filter(({ path }) => path.length > 1))
      return [head, { object: own[0]?.through?.[0] ?? '', fields: new Map(ends.sort(([a], [b]) => (a < b ? -1 : 1))), below }]
    }),
  )
}

/** The same as the runtime has it. `when`: on update, the fields of which one has to be written, by lookup; absent: any. */
export function relatedPlan(paths: RelatedPaths, when?: ReadonlyMap<string, readonly string[] | undefined>): object {
  return Object.fromEntries(
    [...paths].map(([name, { object, fields, below }]) => [
      name,
      {
        object,
        fields: [...fields.keys()],
        ...(below.size === 0 ? {} : { below: relatedPlan(below) }),
        ...(when?.get(name) ? { when: when.get(name) } : {}),
      },
    ]),
  )
}

/** Fields behind lookups that anything compiled from a schema names, wherever in it they stand. */
export function pathsIn(part: unknown): readonly FieldPath[] {
  if (typeof part !== 'object' || part === null) return []
  if (Array.isArray(part)) return part.flatMap(pathsIn)
  return isFieldPath(part) ? pathsBelow([part]) : Object.values(part).flatMap(pathsIn)
}

const isFieldPath = (part: object): part is FieldPath => 'kind' in part && part.kind === 'field' && 'root' in part && 'path' in part
