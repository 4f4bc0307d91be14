import { type Maybe, whenReady } from '../../database/session.ts'
import { notFound, ObjectQLError } from '../../problem/problem.ts'
import type { HistoryEntry } from '../../types/write.ts'
import type { WriteContext } from '../write-context.ts'
import { historyStatements } from './history-statements.ts'

export type { HistoryEntry }

export interface HistoryOptions {
  /** 1 to 200. Default 50. */
  readonly limit?: number
  /** `id` of the last entry of the page before. */
  readonly before?: string
}

export const MAX_HISTORY = 200
const DEFAULT_HISTORY = 50

/** Behind every id that there is. */
const LAST = '\u{10ffff}'

/** Changes of a record, the latest first. @throws ObjectQLError 404 when the object keeps no history, 400 for a limit out of bounds. */
export function readHistory(
  { plan, session }: Pick<WriteContext, 'plan' | 'session'>,
  id: string,
  options: HistoryOptions,
): Maybe<readonly HistoryEntry[]> {
  const { limit = DEFAULT_HISTORY, before = LAST } = options
  if (!plan.history) throw notFound(`${plan.label} keeps no history.`)
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_HISTORY)
    throw new ObjectQLError(400, 'INVALID_REQUEST', `"limit" is a whole number from 1 to ${MAX_HISTORY}.`)
  return whenReady(session.run(historyStatements(session.dialect).read, [plan.name, id, before, limit]), ({ rows }) =>
    rows.map(
      ([entry, field, old, now, by, at]): HistoryEntry => ({
        id: String(entry),
        field: String(field),
        old: JSON.parse(String(old)),
        new: JSON.parse(String(now)),
        by: by === null ? null : String(by),
        at: (JSON.parse(String(at)) as { readonly at: string }).at,
      }),
    ),
  )
}
