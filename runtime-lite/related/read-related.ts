import { inOrder } from '../database/maybe.ts'
import { type Maybe, type Session, whenReady } from '../database/session.ts'
import { listValues } from '../object/id-list.ts'
import type { RawRecord } from '../object/object-plan.ts'
import { NONE_RELATED, type RelatedLookup, type RelatedPlan, type RelatedRecords } from './related-plan.ts'
import { prepareRelated, type RelatedHome, type RelatedLock, relatedStatement } from './related-statement.ts'

/** What was read, by lookup and id; null where there is none. */
export type KnownRelated = Map<RelatedLookup, Map<string, RawRecord | null>>

export interface RelatedReading {
  readonly session: Session
  readonly home: RelatedHome
  /** Of lookups of the record itself, and of those further on. */
  readonly lockOf?: (lookup: string, isOwn: boolean) => RelatedLock | undefined
  /** What is known already is not read again, and what is read is added. */
  readonly known?: KnownRelated
}

/** What the lookups of one of the records lead to. */
export type RelatedOf = (record: RawRecord) => RelatedRecords

const NOBODY: RelatedOf = () => NONE_RELATED

/**
 * Reads what conditions look at beyond the lookups of records: one statement for each lookup, however many records there are.
 * @throws MissingPlan when a plan is not loaded; then nothing was done.
 */
export function readRelated(plan: RelatedPlan | undefined, records: readonly RawRecord[], reading: RelatedReading): Maybe<RelatedOf> {
  if (!plan) return NOBODY
  const { session, home, lockOf, known = new Map() as KnownRelated } = reading
  for (const [name, lookup] of Object.entries(plan)) prepareRelated({ [name]: lookup }, home, lockOf?.(name, true))
  const level = (lookups: RelatedPlan, from: readonly RawRecord[], isOwn: boolean): Maybe<unknown> =>
    inOrder(Object.entries(lookups), ([name, lookup]) => {
      const rows = known.get(lookup) ?? new Map<string, RawRecord | null>()
      known.set(lookup, rows)
      const wanted = idsIn(from, name)
      return whenReady(
        read(
          lookup,
          wanted.filter((id) => !rows.has(id)),
          rows,
          lockOf?.(name, isOwn),
        ),
        () => {
          if (!lookup.below) return undefined
          return level(
            lookup.below,
            wanted.map((id) => rows.get(id)).filter((row): row is RawRecord => row !== undefined && row !== null),
            false,
          )
        },
      )
    })

  function read(lookup: RelatedLookup, ids: readonly string[], rows: Map<string, RawRecord | null>, lock?: RelatedLock): Maybe<undefined> {
    if (ids.length === 0) return undefined
    const statement = relatedStatement(lookup, home, lock)
    return whenReady(session.run(statement, listValues(statement, ids)), (result): undefined => {
      for (const id of ids) rows.set(id, null)
      for (const [json, id] of result.rows) rows.set(String(id), JSON.parse(json as string) as RawRecord)
    })
  }

  return whenReady(
    level(plan, records, true),
    (): RelatedOf => (record) => {
      const found: Record<string, RawRecord | null> = {}
      collect(plan, record, '', known, found)
      return found
    },
  )
}

const idsIn = (records: readonly RawRecord[], lookup: string): readonly string[] =>
  [...new Set(records.map((record) => record[lookup]).filter((id) => typeof id === 'string' && id !== '') as string[])].sort()

function collect(
  plan: RelatedPlan,
  record: RawRecord | null,
  path: string,
  known: KnownRelated,
  found: Record<string, RawRecord | null>,
): void {
  for (const [name, lookup] of Object.entries(plan)) {
    const id = record?.[name]
    const row = typeof id === 'string' ? (known.get(lookup)?.get(id) ?? null) : null
    found[path + name] = row
    if (lookup.below) collect(lookup.below, row, `${path}${name}.`, known, found)
  }
}
