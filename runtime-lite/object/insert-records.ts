import { inOrder, recovering } from '../database/maybe.ts'
import { type Maybe, type Session, whenReady } from '../database/session.ts'
import { DatabaseFailure } from '../database/sql-error.ts'
import { isoInstant } from '../id.ts'
import type { RawRecord, SqlValue } from './object-plan.ts'
import { type Created, explained, missingRecord, readRecord, storedRecord, type WriteContext, within } from './write-context.ts'

/** Writes a valid input. `at` is where it stands in the request. */
export function insertRecord(context: WriteContext, input: RawRecord, at: string): Maybe<Created> {
  const { plan, database, statements } = context
  const id = typeof input['id'] === 'string' ? input['id'] : database.newId()
  const values = valuesOf(context, id, input, Date.now())
  return explained(context, input, at, (session) =>
    whenReady(session.row(statements.insert, values), (row) => {
      if (row) return { id, record: storedRecord(row) }
      return whenReady(readRecord(within(context, session), id), (record): Created => {
        if (!record) throw missingRecord(plan, id)
        return { id, record }
      })
    }),
  )
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
 * Writes valid inputs, all or none, in few statements. When they are refused, they are written again one by one, which tells which of
 * them is the reason; `pointerOf` says where each stands in the request.
 */
export function insertRecords(
  context: WriteContext,
  inputs: readonly RawRecord[],
  pointerOf: (index: number) => string,
): Maybe<readonly Created[]> {
  const { session } = context
  const oneByOne = (inner: Session): Maybe<readonly Created[]> =>
    inOrder(inputs, (input, index) => insertRecord(within(context, inner), input, pointerOf(index)))
  if (inputs.length < FEW) return session.atomically(oneByOne)
  return recovering(
    () => session.atomically((inner) => insertChunks(within(context, inner), inputs)),
    (error) => {
      if (!(error instanceof DatabaseFailure) || error.status >= 500) throw error
      return session.atomically(oneByOne)
    },
  )
}

function insertChunks(context: WriteContext, inputs: readonly RawRecord[]): Maybe<readonly Created[]> {
  const { database, statements } = context
  const time = Date.now()
  const ids = inputs.map((input) => (typeof input['id'] === 'string' ? input['id'] : database.newId()))
  const chunks: { readonly start: number; readonly size: number }[] = []
  for (let start = 0; start < inputs.length; ) {
    const left = inputs.length - start
    const size = CHUNKS.find((count) => count <= left && count <= statements.maxRows) ?? 1
    chunks.push({ start, size })
    start += size
  }
  const written = inOrder(chunks, ({ start, size }) => {
    const values = inputs.slice(start, start + size).flatMap((input, index) => valuesOf(context, ids[start + index] as string, input, time))
    return insertChunk(context, ids.slice(start, start + size), values)
  })
  return whenReady(written, (all) => all.flat())
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
      // Half a surrogate pair is stored as U+FFFD.
      const record = recordById.get(id) ?? recordById.get(id.toWellFormed())
      if (!record) throw missingRecord(plan, id)
      return { id, record }
    })
  })
}
