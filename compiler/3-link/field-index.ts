import type { Span } from '../source/span.ts'
import { IMPLICIT_FIELDS } from './field-kinds.ts'
import type { LinkedField } from './model.ts'
import { foldName } from './object-index.ts'

/** Finds the fields of one object by what people write; the implicit ones are always there. */
export interface FieldIndex {
  readonly object: string
  readonly names: readonly string[]
  /** The declared spelling of a name: exact, then ignoring case and underscores. */
  readonly resolve: (name: string) => string | undefined
  readonly get: (name: string) => LinkedField | undefined
  /** False for a field without a column. */
  readonly isStored: (name: string) => boolean
  readonly spanOf: (name: string) => Span | undefined
}

export function createFieldIndex(object: string, fields: readonly LinkedField[]): FieldIndex {
  const fieldByName = new Map(fields.map((field) => [field.name, field]))
  const namesOf = (): readonly string[] => [...new Set([...fieldByName.keys(), ...IMPLICIT_FIELDS])]
  let nameByFold: Map<string, string> | undefined
  return {
    object,
    get names() {
      return namesOf()
    },
    resolve(name) {
      if (fieldByName.has(name) || IMPLICIT_FIELDS.some((implicit) => implicit === name)) return name
      nameByFold ??= new Map(
        namesOf()
          .toReversed()
          .map((known) => [foldName(known), known]),
      )
      return nameByFold.get(foldName(name))
    },
    get: (name) => fieldByName.get(name),
    isStored: (name) => fieldByName.get(name)?.type !== 'formula',
    spanOf: (name) => fieldByName.get(name)?.span,
  }
}
