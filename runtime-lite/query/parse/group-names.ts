import { queryError } from '../../problem/problem.ts'
import { nearestName } from '../../validate/nearest-name.ts'
import type { AggregateFunction, Expression, Granularity } from '../ast.ts'

const FUNCTIONS: Readonly<Record<string, AggregateFunction>> = {
  count: 'count',
  count_distinct: 'count_distinct',
  countdistinct: 'count_distinct',
  sum: 'sum',
  avg: 'avg',
  average: 'avg',
  min: 'min',
  max: 'max',
}

const GRANULARITIES: ReadonlySet<string> = new Set<Granularity>(['day', 'week', 'month', 'quarter', 'year'])

export const isGranularity = (text: unknown): text is Granularity => typeof text === 'string' && GRANULARITIES.has(text)

/**
 * `sum`, `countDistinct`. With `distinct`, equal values count once.
 * @throws ObjectQLError 400 INVALID_QUERY for functions that are not known.
 */
export function aggregateFunction(name: string, isDistinct: boolean, parameter: string, position?: number): AggregateFunction {
  const folded = name.toLowerCase()
  const known = Object.hasOwn(FUNCTIONS, folded) ? FUNCTIONS[folded] : undefined
  if (!known) {
    const guess = nearestName(name, Object.keys(FUNCTIONS))
    const help = guess ? `Did you mean "${guess}"?` : 'Use count, count_distinct, sum, avg, min or max.'
    throw queryError('INVALID_QUERY', parameter, `The aggregate "${name.slice(0, 64)}" is not known. ${help}`, position)
  }
  if (!isDistinct || known === 'count_distinct' || known === 'min' || known === 'max') return known
  if (known === 'count') return 'count_distinct'
  throw queryError('INVALID_QUERY', parameter, `"distinct" has a meaning for count only, not for ${known}.`, position)
}

/** `sum_amount`, `count`: the name of a result that was given none. Undefined for calculations, which need one. */
export function defaultAlias(name: AggregateFunction, of: Expression | undefined): string | undefined {
  if (of?.kind === 'field') return aliasText([name, ...of.path])
  return of ? undefined : name
}

/** `status`, `owner_name`. */
export const groupAlias = (by: Expression): string | undefined => (by.kind === 'field' ? aliasText(by.path) : undefined)

/** Names of fields may hold what names of results may not. */
const aliasText = (steps: readonly string[]): string => {
  const text = steps
    .join('_')
    .replaceAll(/[^\p{L}\p{N}_]/gu, '_')
    .slice(0, 64)
  return /^\p{N}/u.test(text) ? `_${text}`.slice(0, 64) : text
}

/** @throws ObjectQLError 400 INVALID_QUERY for what is no name, and for names that are taken. */
export function checkAlias(alias: unknown, taken: Set<string>, parameter: string, position?: number): string {
  if (alias === undefined)
    throw queryError('INVALID_QUERY', parameter, 'A calculation needs a name: "… as name", or { …, alias: "name" }.', position)
  if (typeof alias !== 'string' || !/^[\p{L}_][\p{L}\p{N}_]{0,63}$/u.test(alias))
    throw queryError('INVALID_QUERY', parameter, 'An alias is a name of at most 64 letters, digits and underscores.', position)
  if (taken.has(alias)) throw queryError('INVALID_QUERY', parameter, `The alias "${alias}" is given twice.`, position)
  taken.add(alias)
  return alias
}
