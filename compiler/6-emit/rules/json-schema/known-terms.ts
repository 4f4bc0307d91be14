import { type Code, code, type Hole, raw } from '../../../code/code.ts'
import type { SchemaIr } from '../../../ir/json-schema.ts'
import { helper, type SchemaScope } from './schema-scope.ts'

/** What keywords say they have looked at; nothing where nobody asks. */
export const tells = (scope: SchemaScope, name: 'knows' | 'knowsAll' | 'knowsFirst', argument?: Hole): readonly Code[] => {
  if (!scope.known) return []
  const known = raw(scope.known.use())
  return [argument === undefined ? code`${helper(name)}(${known})` : code`${helper(name)}(${known}, ${argument})`]
}

/** The last argument of helpers that call functions for the same value. */
export const asking = (scope: SchemaScope): Hole => raw(scope.known ? `, ${scope.known.use()}` : '')

/** The last argument of the function for another schema of the same value. */
export const askingOf = (schema: SchemaIr, scope: SchemaScope): Hole => raw(scope.known?.isTakenBy(schema) ? `, ${scope.known.use()}` : '')
