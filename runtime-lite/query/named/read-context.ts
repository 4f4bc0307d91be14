import { currentUser } from '../../context/request-context.ts'
import { ObjectQLError } from '../../problem/problem.ts'
import type { ContextValue } from './context-value.ts'
import { kindInWords } from './infer-parameter.ts'
import type { QueryParameter } from './query-parameter.ts'

/**
 * What stands for `$today`, `$now` and `$current_user.…`, as the value of a parameter.
 * @throws ObjectQLError 401 where nobody asks: a query about whoever asks would compare with nothing, and find what is nobody's business.
 */
export function readContext(from: ContextValue, parameter: QueryParameter, now: number): unknown {
  if (from === 'today' || from === 'now') return momentOf(from, parameter, now)
  const user = currentUser()
  if (!user) throw new ObjectQLError(401, 'UNAUTHENTICATED', 'The query asks for records of whoever asks. Sign in first.')
  return from === 'current_user' ? user.id : valueAt(user, from.slice('current_user.'.length).split('.'))
}

function momentOf(from: 'today' | 'now', { kind }: QueryParameter, now: number): string {
  const instant = new Date(now).toISOString()
  if (kind === 'date') return instant.slice(0, 10)
  return from === 'now' ? instant : `${instant.slice(0, 10)}T00:00:00.000Z`
}

function valueAt(user: object, path: readonly string[]): unknown {
  let value: unknown = user
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as { readonly [name: string]: unknown })[name]
  }
  return value
}

/** 403: whoever asks has no such value, or one of another type. The name is the author's. */
export const notOfUser = (name: string, parameter: QueryParameter): ObjectQLError =>
  new ObjectQLError(403, 'FORBIDDEN', `The query compares with "$${name}", and whoever asks has none that is ${kindInWords(parameter)}.`)
