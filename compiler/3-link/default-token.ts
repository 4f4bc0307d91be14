import type { FieldType } from '../ir/field-type.ts'
import type { DefaultIr } from '../ir/object.ts'
import type { Json } from '../source/json.ts'
import { isJsonObject } from './attributes.ts'
import { RELATION_TYPES, TEXT_TYPES } from './field-kinds.ts'

export type DefaultToken = Exclude<DefaultIr['kind'], 'literal'>

const TOKENS: ReadonlyMap<string, DefaultToken> = new Map([
  ['$today', 'today'],
  ['today()', 'today'],
  ['$now', 'now'],
  ['now()', 'now'],
  ['$currentuser', 'current-user'],
  ['$currentuser.id', 'current-user'],
  ['$current_user', 'current-user'],
  ['$current_user.id', 'current-user'],
  ['current_user', 'current-user'],
  ['current_user.id', 'current-user'],
])

/** What a default asks for at the time a record is made: a token text in any dialect, or a computed default (`unknown` if it is not one we know). */
export function defaultToken(value: Json): DefaultToken | 'unknown' | undefined {
  if (typeof value === 'string') return TOKENS.get(value.trim().toLowerCase())
  if (!isJsonObject(value) || typeof value['dialect'] !== 'string' || typeof value['source'] !== 'string') return undefined
  return TOKENS.get(value['source'].trim().toLowerCase()) ?? 'unknown'
}

/** Which tokens make sense for a type. On a text field only `$` tokens count: `current_user` may be plain text there. */
export function acceptsToken(type: FieldType, token: DefaultToken, authored: Json): boolean {
  switch (token) {
    case 'today':
      return type === 'date' || type === 'datetime'
    case 'now':
      return type === 'date' || type === 'datetime' || type === 'time'
    case 'current-user':
      return RELATION_TYPES.has(type) || (TEXT_TYPES.has(type) && typeof authored === 'string' && authored.startsWith('$'))
    default:
      return token satisfies never
  }
}
