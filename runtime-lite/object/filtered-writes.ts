import { inOrder, recovering } from '../database/maybe.ts'
import { type Maybe, type Session, whenReady } from '../database/session.ts'
import { ObjectQLError } from '../problem/problem.ts'
import type { ChangedFields, FilteredStatement } from '../query/print/print-write.ts'
import { type Changes, changeRecord, type PreparedChanges, prepareChanges } from './change-record.ts'
import { inUseError, isInUse } from './constraint-error.ts'
import { type Filter, pickedStatement, statementOf, valuesOf } from './filtered-statements.ts'
import { fieldsTracked, keepingHistory } from './history/keep-history.ts'
import { checkResults } from './increments.ts'
import type { RawRecord, SqlValue } from './object-plan.ts'
import { keepingChanged, keepingDeleted, rollupsChangedBy } from './summary/keep-rollups.ts'
import { trashStatements } from './trash/print-trash.ts'
import { referringToLive } from './trash/referring-to-live.ts'
import { noTrash, restoreRecords, trashRecords } from './trash/trash-records.ts'
import { contained, explained, readRecord, type StoredRecord, storedRecord, type WriteContext, within } from './write-context.ts'

export type { Filter }

export interface FilteredWriteOptions {
  /** Nothing is changed when more records than this meet the filter. */
  readonly maxAffected?: number | undefined
  /** Takes what rules of severity `warning` and `info` say. */
  readonly report?: WarningReport | undefined
}

type WarningReport = import('../rules/warning-report.ts').WarningReport

export interface FilteredDeleteOptions extends FilteredWriteOptions {
  /** Of an object with a trash: the records are not kept. */
  readonly isPurged?: boolean
}

/**
 * Changes all records that meet a filter, in one statement; amounts (`$inc`) need their results looked at before they count.
 * @throws ObjectQLError 400 for a filter that does not fit or more than `maxAffected` records, 409, 422. Gives their number.
 */
export function updateWhere(
  context: WriteContext,
  filter: Filter,
  changes: Changes,
  options: FilteredWriteOptions,
  at: string,
): Maybe<number> {
  const { plan } = context
  if (!plan.trashTargets) return updateLinked(context, filter, changes, options, at)
  return referringToLive(
    context,
    [changes.values],
    () => at,
    (inner) => updateLinked(inner, filter, changes, options, at),
  )
}

function updateLinked(context: WriteContext, filter: Filter, changes: Changes, options: FilteredWriteOptions, at: string): Maybe<number> {
  const { plan, session } = context
  const prepared = prepareChanges(plan, changes)
  if (!prepared) return countIds(context, filter, options)
  if (changes.increments.length > 0 || isKept(context, prepared.changed))
    return explained(context, changes.values, at, (outer) =>
      outer.atomically((inner) => updateChecked(within(context, inner), filter, changes, prepared, options, at)),
    )
  const statement = statementOf(context, filter, 'update', prepared.changed)
  const values = valuesOf(statement, filter, prepared.parameters)
  return explained(context, changes.values, at, () => limited(session, options, (inner) => changesOf(inner, statement, values)))
}

/** Something besides the records depends on these fields. */
export const isKept = (context: WriteContext, changed: ChangedFields): boolean =>
  (context.plan.rollups !== undefined && rollupsChangedBy(context, changed).length > 0) ||
  fieldsTracked(context.plan, changed).length > 0 ||
  context.plan.rules?.onUpdate(changed) === true

/** @throws ObjectQLError 400, 409 when other records refer to one of them. Gives the number of records. */
export function deleteWhere(context: WriteContext, filter: Filter, options: FilteredDeleteOptions): Maybe<number> {
  const { plan, session } = context
  if (plan.trash && !options.isPurged) return pickedAll(context, filter, options, trashRecords)
  const remove = (): Maybe<number> => {
    if (plan.rollups || plan.dependents || plan.rules?.onDelete)
      return session.atomically((inner) => deletePicked(within(context, inner), filter, options))
    const statement = statementOf(context, filter, 'delete')
    const values = valuesOf(statement, filter, [])
    return limited(session, options, (inner) => contained(inner, (scope) => changesOf(scope, statement, values)))
  }
  return recovering(remove, (error) => {
    throw isInUse(error) ? inUseError(plan) : error
  })
}

/** Takes the records out of the trash that meet a filter. @throws ObjectQLError 400, 404, 409. Gives their number. */
export function restoreWhere(context: WriteContext, filter: Filter, options: FilteredWriteOptions): Maybe<number> {
  if (!context.plan.trash) throw noTrash(context.plan)
  return pickedAll(context, { ...filter, deleted: 'only' }, options, restoreRecords)
}

/** The records are picked and locked, then something is done with all of them. */
function pickedAll(
  context: WriteContext,
  filter: Filter,
  { maxAffected }: FilteredWriteOptions,
  work: (context: WriteContext, ids: readonly string[]) => Maybe<number>,
): Maybe<number> {
  return context.session.atomically((session) => {
    const inner = within(context, session)
    return whenReady(idsOf(inner, filter), (ids) => {
      checked(ids.length, maxAffected)
      return ids.length === 0 ? 0 : work(inner, ids)
    })
  })
}

/** The records are picked and locked, and what else changes when they go is looked at before. */
function deletePicked(context: WriteContext, filter: Filter, { maxAffected }: FilteredWriteOptions): Maybe<number> {
  const { session } = context
  const ruled = context.plan.rules?.onDelete ? context.plan.rules : undefined
  return whenReady(idsOf(context, filter), (ids) => {
    checked(ids.length, maxAffected)
    if (ids.length === 0) return 0
    const statement = pickedStatement(context, undefined)
    const remove = (): Maybe<number> => changesOf(session, statement, valuesOf(statement, { values: [JSON.stringify(ids)] }, []))
    return keepingDeleted(context, ids, () => (ruled ? ruled.delete(context, ids, remove) : remove()))
  })
}

export interface FoundAndChanged {
  readonly id: string
  readonly before: StoredRecord
  readonly after: StoredRecord
}

/** Changes the first record that meets a filter. Nobody else changes it in between. Undefined when there is none. */
export function changeFirst(context: WriteContext, filter: Filter, changes: Changes, at: string): Maybe<FoundAndChanged | undefined> {
  return context.session.atomically((session) => {
    const inner = within(context, session)
    const statement = statementOf(context, filter, 'first')
    return whenReady(session.row(statement, valuesOf(statement, filter, [])), (row) => {
      if (!row) return undefined
      const id = String(row[0])
      return whenReady(readRecord(inner, id), (before) => {
        if (!before) return undefined
        return whenReady(changeRecord(inner, id, changes, { at }), (after): FoundAndChanged => ({ id, before, after }))
      })
    })
  })
}

/** A record that meets a filter. */
export interface MatchingRecord {
  readonly id: string
  readonly record: StoredRecord
}

/**
 * The records that meet a filter, in the order of their ids, locked where the database locks rows, in two statements.
 * @throws ObjectQLError 400 when there are more than `maxAffected`.
 */
export function matchingRecords(
  context: WriteContext,
  filter: Filter,
  { maxAffected, isPurged = false }: FilteredDeleteOptions,
): Maybe<readonly MatchingRecord[]> {
  return whenReady(idsOf(context, filter), (ids) => {
    checked(ids.length, maxAffected)
    if (ids.length === 0) return []
    // What is in the trash cannot be put there again.
    const isTrashSeen = filter.deleted === 'only' || (filter.deleted === 'with' && isPurged)
    const byIds =
      context.plan.trash && isTrashSeen ? trashStatements(context.plan, context.session.dialect).records : context.statements.byIds
    return whenReady(context.session.run(byIds, [JSON.stringify(ids)]), ({ rows }) => {
      const recordById = new Map(rows.map((row) => [String(row[2]), storedRecord([row[0], row[1]])]))
      // No database promises an order, and hooks run in the same one everywhere.
      return ids.toSorted().flatMap((id) => {
        const record = recordById.get(id)
        return record ? [{ id, record }] : []
      })
    })
  })
}

/** The first record that meets a filter, locked where the database locks rows. */
export function firstRecord(context: WriteContext, filter: Filter): Maybe<MatchingRecord | undefined> {
  const statement = statementOf(context, filter, 'first')
  return whenReady(context.session.row(statement, valuesOf(statement, filter, [])), (row) => {
    if (!row) return undefined
    const id = String(row[0])
    return whenReady(readRecord(context, id), (record) => record && { id, record })
  })
}

/** With a limit the statement has to be undone when it did too much. */
function limited(session: Session, { maxAffected }: FilteredWriteOptions, work: (session: Session) => Maybe<number>): Maybe<number> {
  if (maxAffected === undefined) return work(session)
  return session.atomically((inner) => whenReady(work(inner), (count) => checked(count, maxAffected)))
}

function checked(count: number, maxAffected: number | undefined): number {
  if (maxAffected !== undefined && !(Number.isSafeInteger(maxAffected) && maxAffected >= 0))
    throw new ObjectQLError(400, 'INVALID_REQUEST', `"maxAffected" is a whole number from 0, not ${String(maxAffected)}.`)
  if (maxAffected === undefined || count <= maxAffected) return count
  throw new ObjectQLError(
    400,
    'INVALID_REQUEST',
    `The filter finds ${count} records and at most ${maxAffected} may be affected. Nothing was changed.`,
  )
}

const changesOf = (session: Session, statement: FilteredStatement, values: readonly SqlValue[]): Maybe<number> =>
  whenReady(session.run(statement, values), ({ changes }) => changes)

function idsOf(context: WriteContext, filter: Filter): Maybe<readonly string[]> {
  if (filter.ids) return filter.ids
  const statement = statementOf(context, filter, 'ids')
  return whenReady(context.session.run(statement, valuesOf(statement, filter, [])), ({ rows }) => rows.map((row) => String(row[0])))
}

function countIds(context: WriteContext, filter: Filter, { maxAffected }: FilteredWriteOptions): Maybe<number> {
  return whenReady(idsOf(context, filter), (ids) => checked(ids.length, maxAffected))
}

/** Records whose results are looked at by one statement. */
const CHECKED_AT_ONCE = 500

/** The records are picked and locked, changed, and their results looked at. */
function updateChecked(
  context: WriteContext,
  filter: Filter,
  changes: Changes,
  prepared: PreparedChanges,
  { maxAffected }: FilteredWriteOptions,
  at: string,
): Maybe<number> {
  const { plan, session } = context
  return whenReady(idsOf(context, filter), (ids) => {
    checked(ids.length, maxAffected)
    const update = pickedStatement(context, prepared.changed)
    const chunks: string[] = []
    for (let start = 0; start < ids.length; start += CHECKED_AT_ONCE) chunks.push(JSON.stringify(ids.slice(start, start + CHECKED_AT_ONCE)))
    const rollups = plan.rollups ? rollupsChangedBy(context, prepared.changed) : []
    const change = (): Maybe<number[]> =>
      inOrder(chunks, (chunk) =>
        whenReady(changesOf(session, update, valuesOf(update, { values: [chunk] }, prepared.parameters)), (count): Maybe<number> => {
          if (changes.increments.length === 0) return count
          return whenReady(session.run(context.statements.byIds, [chunk]), ({ rows }) => {
            for (const [json] of rows) checkResults(plan, changes.increments, JSON.parse(json as string) as RawRecord, at)
            return count
          })
        }),
      )
    const tracked = fieldsTracked(plan, prepared.changed)
    const ruled = plan.rules?.onUpdate(prepared.changed) ? plan.rules : undefined
    const kept = (): Maybe<number[]> => keepingHistory(context, tracked, ids, change)
    const counts = keepingChanged(context, rollups, ids, changes.values, () =>
      ruled ? ruled.updateMany(context, { ids, values: changes.values, changed: prepared.changed, at }, kept) : kept(),
    )
    return whenReady(counts, (all) => all.reduce((sum, count) => sum + count, 0))
  })
}
