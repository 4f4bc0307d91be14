import { inOrder, recovering } from '../database/maybe.ts'
import { type Maybe, type Session, whenReady } from '../database/session.ts'
import { DatabaseFailure } from '../database/sql-error.ts'
import { isoInstant } from '../id.ts'
import { takeNumbers } from './autonumber/take-numbers.ts'
import type { ObjectPlan, RawRecord, SqlValue } from './object-plan.ts'
import { keepingInserted } from './summary/keep-rollups.ts'
import { referringToLive } from './trash/referring-to-live.ts'
import { type Created, explained, missingRecord, readRecord, storedRecord, type WriteContext, within } from './write-context.ts'

/** Writes a valid input. `at` is where it stands in the request. */
export function insertRecord(context: WriteContext, input: RawRecord, at: string): Maybe<Created> {
  const time = Date.now()
  const id = idFor(context, input)
  const { rules } = context.plan
  if (!rules?.onCreate) return insertChecked(context, { id, input, at }, time)
  return whenReady(
    rules.create(context, [{ id, input, at }], time, (inner) =>
      whenReady(insertChecked(inner, { id, input, at }, time), (created) => [created]),
    ),
    ([created]) => created as Created,
  )
}

const idFor = ({ database }: WriteContext, input: RawRecord): string => (typeof input['id'] === 'string' ? input['id'] : database.newId())

/** Its rules have been looked at. */
function insertChecked(context: WriteContext, record: NewRecord, time: number): Maybe<Created> {
  if (!context.plan.trashTargets) return insertLinked(context, record, time)
  return referringToLive(
    context,
    [record.input],
    () => record.at,
    (inner) => insertLinked(inner, record, time),
  )
}

/** Its lookups lead to records that are there. */
function insertLinked(context: WriteContext, { id, input, at }: NewRecord, time: number): Maybe<Created> {
  const { plan, statements } = context
  const values = valuesOf(context, id, input, time)
  const insert = (session: Session): Maybe<Created> =>
    whenReady(session.row(statements.insert, values), (row) => {
      if (row) return { id, record: storedRecord(row) }
      return whenReady(readRecord(within(context, session), id), (record): Created => {
        if (!record) throw missingRecord(plan, id)
        return { id, record }
      })
    })
  const record = (): RawRecord => (plan.rules?.plan.newRecord(id, input, isoInstant(time)) as RawRecord | undefined) ?? input
  if (!isKept(plan)) return explained(context, input, at, insert, record)
  const keep = (session: Session): Maybe<Created> =>
    session.atomically((inner) => keepInserted(within(context, inner), [values], time, () => insert(inner)))
  return explained(context, input, at, keep, record)
}

type NewRecord = import('../rules/write-rules.ts').NewRecord

/** New records bring something along besides themselves. */
const isKept = ({ autonumbers, rollups }: ObjectPlan): boolean => autonumbers !== undefined || rollups !== undefined

/** Numbers the records, inserts them, and works out what counts them. */
function keepInserted<Result>(
  context: WriteContext,
  rows: readonly SqlValue[][],
  time: number,
  insert: () => Maybe<Result>,
): Maybe<Result> {
  const keep = (): Maybe<Result> => keepingInserted(context, rows, insert)
  return context.plan.autonumbers ? whenReady(takeNumbers(context, rows, isoInstant(time)), keep) : keep()
}

/** Versions start at the clock, so that a record made again under an old id never matches an old ETag. */
function valuesOf({ plan }: WriteContext, id: string, input: RawRecord, time: number): SqlValue[] {
  const values = plan.insertValues(id, input, isoInstant(time))
  values.push(time)
  return values
}

/** Fewer records are written one by one. */
const FEW = 4

/** Rows of one INSERT: few different numbers, so that few statements are prepared. */
const CHUNKS = [256, 64, 16, FEW] as const

/**
 * Writes valid inputs, all or none, in few statements; their rules are looked at first. When they are refused, they are written again one by one, which tells which of
 * them is the reason; `pointerOf` says where each stands in the request.
 */
export function insertRecords(
  context: WriteContext,
  inputs: readonly RawRecord[],
  pointerOf: (index: number) => string,
): Maybe<readonly Created[]> {
  const time = Date.now()
  const { rules } = context.plan
  const records = inputs.map((input, index): NewRecord => ({ id: idFor(context, input), input, at: pointerOf(index) }))
  if (!rules?.onCreate) return insertAll(context, records, time)
  return rules.create(context, records, time, (inner) => insertAll(inner, records, time))
}

function insertAll(context: WriteContext, records: readonly NewRecord[], time: number): Maybe<readonly Created[]> {
  const { session } = context
  const oneByOne = (inner: Session): Maybe<readonly Created[]> =>
    inOrder(records, (record) => insertChecked(within(context, inner), record, time))
  if (records.length < FEW) return session.atomically(oneByOne)
  const inputs = records.map(({ input }) => input)
  const pointerOf = (index: number): string => records[index]?.at ?? ''
  const together = (linked: WriteContext): Maybe<readonly Created[]> =>
    linked.session.atomically((inner) => insertChunks(within(context, inner), records, time))
  return recovering(
    () => (context.plan.trashTargets ? referringToLive(context, inputs, pointerOf, together) : together(context)),
    (error) => {
      if (!(error instanceof DatabaseFailure) || error.status >= 500) throw error
      return session.atomically(oneByOne)
    },
  )
}

function insertChunks(context: WriteContext, records: readonly NewRecord[], time: number): Maybe<readonly Created[]> {
  const { statements } = context
  const ids = records.map(({ id }) => id)
  const chunks: { readonly start: number; readonly size: number }[] = []
  for (let start = 0; start < records.length; ) {
    const left = records.length - start
    const size = CHUNKS.find((count) => count <= left && count <= statements.maxRows) ?? 1
    chunks.push({ start, size })
    start += size
  }
  const rows = records.map(({ id, input }) => valuesOf(context, id, input, time))
  const insert = (): Maybe<readonly Created[]> => {
    const written = inOrder(chunks, ({ start, size }) =>
      insertChunk(context, ids.slice(start, start + size), rows.slice(start, start + size).flat()),
    )
    return whenReady(written, (all) => all.flat())
  }
  return isKept(context.plan) ? keepInserted(context, rows, time, insert) : insert()
}

function insertChunk(context: WriteContext, ids: readonly string[], values: readonly SqlValue[]): Maybe<readonly Created[]> {
  const { plan, session, statements } = context
  const statement = ids.length === 1 ? statements.insert : statements.insertMany(ids.length)
  return whenReady(session.run(statement, values), ({ rows }) => {
    if (!statement.returnsRows)
      return inOrder(ids, (id) =>
        whenReady(readRecord(context, id), (record): Created => {
          if (!record) throw missingRecord(plan, id)
          return { id, record }
        }),
      )
    if (ids.length === 1) return rows.map((row) => ({ id: ids[0] as string, record: storedRecord(row) }))
    // No database promises an order of what RETURNING gives.
    const recordById = new Map(rows.map((row) => [String(row[2]), storedRecord([row[0], row[1]])]))
    return ids.map((id) => {
      const record = recordById.get(id)
      if (!record) throw missingRecord(plan, id)
      return { id, record }
    })
  })
}
