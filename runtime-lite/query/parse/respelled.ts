import { ObjectQLError } from '../../problem/problem.ts'

/** What binding calls a part of a query, and how clients may have written it. */
const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  $top: ['limit', 'top'],
  $skip: ['offset', 'skip'],
  $orderby: ['sort', 'orderBy', 'orderby'],
  $select: ['select', 'fields'],
  $expand: ['expand', 'populate'],
  $count: ['count'],
  $filter: ['where', 'filter', 'filters'],
}

/** Runs a query and calls its parameters in refusals what the client called them. `names` is asked only then. */
export function respelled<Result>(names: () => readonly string[], work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw respell(error, names)
  }
}

function respell(error: unknown, names: () => readonly string[]): unknown {
  if (!(error instanceof ObjectQLError) || error.status !== 400 || error.errors?.length !== 1) return error
  const [entry] = error.errors
  if (!entry || !('parameter' in entry) || !Object.hasOwn(SPELLINGS, entry.parameter)) return error
  const { parameter } = entry
  const given = names()
  const spelling = given.includes(parameter) ? undefined : SPELLINGS[parameter]?.find((name) => given.includes(name))
  if (spelling === undefined) return error
  const written = (text: string): string => text.replaceAll(`"${parameter}"`, `"${spelling}"`)
  const other = { ...entry, parameter: spelling, message: written(entry.message) }
  return new ObjectQLError(error.status, error.code, written(error.message), [other], error.headers)
}

/** Names of the parameters in the query string of `url` from `start` on. */
export const urlNames = (url: string, start: number): readonly string[] =>
  url
    .slice(start)
    .split('&')
    .map((pair) => pair.split('=', 1)[0]?.replace(/^%24/, '$') ?? '')
