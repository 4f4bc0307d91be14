import type { Attributes } from '../2-parse/syntax.ts'
import type { FieldType } from '../ir/field-type.ts'
import { isListField } from './field-kinds.ts'

/** Types whose values are structures. */
export const JSON_TYPES: ReadonlySet<FieldType> = new Set([
  'image',
  'file',
  'avatar',
  'video',
  'audio',
  'location',
  'address',
  'json',
  'array',
  'composite',
  'vector',
])

/** `unique: true` and its newer values; tenancy narrows them later. */
export function isMarkedUnique(attributes: Attributes): boolean {
  const value = attributes.get('unique')?.value
  return value === true || value === 'global' || value === 'organization'
}

/** True when no two records may share a value: marked so, and single and stored. */
export function isUniqueField(type: FieldType, attributes: Attributes): boolean {
  if (type === 'autonumber') return true
  return isMarkedUnique(attributes) && type !== 'formula' && !JSON_TYPES.has(type) && !isListField(type, attributes)
}
