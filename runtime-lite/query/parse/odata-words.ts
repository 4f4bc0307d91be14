import { nearestName } from '../../validate/nearest-name.ts'
import type { Comparison, TextMatch } from '../ast.ts'
import { FUNCTIONS } from '../functions.ts'
import type { Token } from './tokenize.ts'

export const EQUALITIES: ReadonlySet<string> = new Set<Comparison>(['eq', 'ne'])
export const RELATIONS: ReadonlySet<string> = new Set<string>(['gt', 'ge', 'lt', 'le', 'in'])
export const MATCHES: ReadonlySet<string> = new Set<TextMatch>(['contains', 'startswith', 'endswith', 'icontains', 'like', 'ilike'])
export const SUMS: ReadonlySet<string> = new Set(['add', 'sub'])
export const PRODUCTS: ReadonlySet<string> = new Set(['mul', 'div', 'divby', 'mod'])
/** What may stand before an apostrophe. The value is the text inside. */
export const PREFIXES: ReadonlySet<string> = new Set(['geography', 'geometry', 'duration'])
export const OPERATORS = 'eq, ne, gt, ge, lt, le, in'

export const shown = (token: Token): string =>
  token.kind === 'end' ? 'the end' : token.kind === 'string' ? 'a string' : token.kind === 'bare' ? 'a value' : `"${token.text}"`

export const listOnly = (variable: string): string =>
  `A list of values can be searched with any(${variable}: ${variable} eq …) or any(${variable}: ${variable} in (…)) only.`

/** Names of functions, text searches included. */
const FUNCTION_NAMES: readonly string[] = [...MATCHES, 'substringof', ...Object.keys(FUNCTIONS).filter((name) => name !== 'neg')]

export function unknownFunction(name: string): string {
  const guess = nearestName(name, FUNCTION_NAMES)
  return `The function "${name.slice(0, 64)}" is not known. ${guess ? `Did you mean "${guess}"?` : 'Use contains, startswith, endswith, length, year, …'}`
}
