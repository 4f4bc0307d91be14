import { isFlagSet, memberAttribute, textsAttribute } from './attributes.ts'
import { isListField, TEXT_TYPES } from './field-kinds.ts'
import type { LinkedField, LinkedObject } from './model.ts'
import { foldName } from './object-index.ts'

/** Names under `searchableFields` and `search.fields`, as written. */
export function namedSearchFields({ attributes }: LinkedObject): readonly string[] {
  const nested = memberAttribute(attributes, 'search', 'fields')
  const fields = typeof nested === 'string' ? [nested] : Array.isArray(nested) ? nested.filter((name) => typeof name === 'string') : []
  return [...textsAttribute(attributes, 'searchableFields'), ...fields]
}

/** Fields that full-text search looks at: those the object lists, then those that say so themselves. Texts only. */
export function searchableFields(object: LinkedObject): string[] {
  const texts = object.fields.filter(isText)
  const named = namedSearchFields(object)
  if (named.length === 0) return texts.filter(({ attributes }) => isFlagSet(attributes, 'searchable')).map(({ name }) => name)
  const listed = named.flatMap(
    (name) => (texts.find((field) => field.name === name) ?? texts.find((field) => foldName(field.name) === foldName(name)))?.name ?? [],
  )
  const marked = texts.filter(({ attributes }) => isFlagSet(attributes, 'searchable')).map(({ name }) => name)
  return [...new Set([...listed, ...marked])]
}

const isText = ({ type, attributes }: LinkedField): boolean =>
  (TEXT_TYPES.has(type) || type === 'select' || type === 'radio') &&
  type !== 'password' &&
  type !== 'secret' &&
  !isFlagSet(attributes, 'internal') &&
  !isListField(type, attributes)
