import { ObjectQLError } from '../../runtime-lite/problem/problem.ts'
import type { Query } from '../../runtime-lite/query/ast.ts'
import { parseQueryDocument } from '../../runtime-lite/query/parse/query-document.ts'
import type { QueryLimits } from '../../runtime-lite/query/parse/query-limits.ts'
import { SOME_VALUE, UNKNOWN } from './read-literal.ts'

/** Options whose whole value is the structure of a query. */
const STRUCTURE: ReadonlySet<string> = new Set(['orderBy', 'select', 'expand', 'groupBy', 'aggregations', 'aggregate', 'distinct', 'count'])

/** The query of a call, or why it is not known before the program runs. */
export function callQuery(method: string, options: unknown, limits: QueryLimits): { readonly query: Query } | { readonly reason: string } {
  const document = documentOf(method, options)
  if (typeof document === 'string') return { reason: document }
  try {
    return { query: parseQueryDocument(document, { limits }).query }
  } catch (error) {
    if (error instanceof ObjectQLError) return { reason: error.message.replace(/\.$/, '') }
    throw error
  }
}

function documentOf(method: string, options: unknown): Readonly<Record<string, unknown>> | string {
  if (options === undefined) return method === 'each' || method === 'pages' ? { cursor: '' } : {}
  if (typeof options !== 'object' || options === null) return 'its options are not written where it is called'
  // `getBy` takes the key in place of the options.
  const whole: Readonly<Record<string, unknown>> =
    method === 'getBy'
      ? { where: options, limit: 1 }
      : method === 'each' || method === 'pages'
        ? { ...options, cursor: '' }
        : { ...options }
  const members: [string, unknown][] = []
  for (const [name, value] of Object.entries(whole)) {
    if (value === UNKNOWN && (STRUCTURE.has(name) || name === 'where' || name === 'having'))
      return `"${name}" is not written where it is called`
    if (STRUCTURE.has(name) && holdsUnknown(value)) return `"${name}" is not known before it runs`
    members.push([name, name === 'limit' || name === 'offset' ? (value === UNKNOWN ? 1 : value) : known(value)])
  }
  return Object.fromEntries(members)
}

const holdsUnknown = (value: unknown): boolean =>
  value === UNKNOWN || (typeof value === 'object' && value !== null && Object.values(value).some(holdsUnknown))

/** Values stand in for those that come later. A list of them is one, whatever its length. */
function known(value: unknown, key = ''): unknown {
  if (value === UNKNOWN) return LISTS.has(key) ? [SOME_VALUE] : BOUNDS.has(key) ? [1, 2] : SOME_VALUE
  if (Array.isArray(value)) return value.map((item) => known(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, known(inner, name)]))
}

const LISTS: ReadonlySet<string> = new Set(['$in', '$nin', '$all'])
const BOUNDS: ReadonlySet<string> = new Set(['$between', '$notBetween'])
