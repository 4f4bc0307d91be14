import type { JsonType } from '../ir/json-schema.ts'
import { meantTypes } from './meant-types.ts'

const NOUNS: Readonly<Record<JsonType, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'null',
  array: 'a list',
  object: 'an object',
}

/** What is told of a value that has none of these types. */
export const mustBe = (types: readonly JsonType[]): string =>
  `must be ${meantTypes(types)
    .map((type) => NOUNS[type])
    .join(' or ')}`
