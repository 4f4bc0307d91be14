import { type Maybe, whenReady } from '../database/session.ts'
import type { RawRecord } from '../object/object-plan.ts'
import type { WriteContext } from '../object/write-context.ts'

/** Records that are read and checked at once. */
const CHECKED_AT_ONCE = 500

/** The stored record as an update leaves it. */
export function merged(previous: RawRecord, values: RawRecord, now: string): RawRecord {
  const record: RawRecord = { ...previous, updated_at: now }
  for (const [name, value] of Object.entries(values)) if (value !== undefined) record[name] = value
  return record
}

export function chunksOf(ids: readonly string[]): readonly (readonly string[])[] {
  const chunks: (readonly string[])[] = []
  for (let start = 0; start < ids.length; start += CHECKED_AT_ONCE) chunks.push(ids.slice(start, start + CHECKED_AT_ONCE))
  return chunks
}

/** Records by id, in one statement, in the order of their ids: no database promises one, and what is wrong is told in the same order everywhere. */
export function recordsOf(
  { session, statements }: WriteContext,
  ids: readonly string[],
  isLocked = false,
): Maybe<ReadonlyMap<string, RawRecord>> {
  if (ids.length === 0) return new Map()
  return whenReady(
    session.run(isLocked ? statements.byIdsLocked : statements.byIds, [JSON.stringify(ids)]),
    ({ rows }) =>
      new Map(
        rows
          .map((row): [string, RawRecord] => [String(row[2]), JSON.parse(row[0] as string) as RawRecord])
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
  )
}
