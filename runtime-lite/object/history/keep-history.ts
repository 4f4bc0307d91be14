import { currentUserId } from '../../context/request-context.ts'
import { inOrder } from '../../database/maybe.ts'
import { type Maybe, whenReady } from '../../database/session.ts'
import { isoInstant, uuidv7 } from '../../id.ts'
import { type ChangedFields, printSelectByIds } from '../../query/print/print-write.ts'
import type { ObjectPlan, RawRecord, SqlValue } from '../object-plan.ts'
import type { WriteContext } from '../write-context.ts'
import { HISTORY_CHUNKS, historyStatements } from './history-statements.ts'

/** The fields of a change whose former values are kept. */
export const fieldsTracked = ({ history }: ObjectPlan, { set, increment = [], multiply = [] }: ChangedFields): readonly string[] =>
  history?.filter((field) => set.includes(field) || increment.includes(field) || multiply.includes(field)) ?? []

/** Records looked at together. */
const RECORDS_AT_ONCE = 500

/** Changes records and keeps what some of their fields were before. In the transaction of the context, which locks the records. */
export function keepingHistory<Result>(
  context: WriteContext,
  fields: readonly string[],
  ids: readonly string[],
  change: () => Maybe<Result>,
): Maybe<Result> {
  if (fields.length === 0 || ids.length === 0) return change()
  return whenReady(recordsOf(context, ids, true), (before) =>
    whenReady(change(), (result) =>
      whenReady(recordsOf(context, ids, false), (after) =>
        whenReady(writeChanges(context, differences(context.plan, fields, before, after)), () => result),
      ),
    ),
  )
}

function recordsOf(
  { plan, session, statements }: WriteContext,
  ids: readonly string[],
  isLocked: boolean,
): Maybe<ReadonlyMap<string, RawRecord>> {
  const statement = isLocked && session.dialect.forUpdate !== '' ? printSelectByIds(plan, session.dialect, { isLocked }) : statements.byIds
  const starts = Array.from({ length: Math.ceil(ids.length / RECORDS_AT_ONCE) }, (_, index) => index * RECORDS_AT_ONCE)
  const read = inOrder(starts, (start) => session.run(statement, [JSON.stringify(ids.slice(start, start + RECORDS_AT_ONCE))]))
  return whenReady(
    read,
    (results) => new Map(results.flatMap(({ rows }) => rows.map(([json, , id]) => [String(id), JSON.parse(json as string) as RawRecord]))),
  )
}

type Row = readonly SqlValue[]

function differences(
  plan: ObjectPlan,
  fields: readonly string[],
  before: ReadonlyMap<string, RawRecord>,
  after: ReadonlyMap<string, RawRecord>,
): readonly Row[] {
  const at = isoInstant(Date.now())
  const by = currentUserId()
  const rows: Row[] = []
  for (const [id, record] of after)
    for (const field of fields) {
      const [old, now] = [before.get(id)?.[field], record[field]].map((value) => JSON.stringify(value ?? null)) as [string, string]
      if (old !== now) rows.push([uuidv7(), plan.name, id, field, old, now, by, at])
    }
  return rows
}

function writeChanges({ session }: WriteContext, rows: readonly Row[]): Maybe<unknown> {
  const { insert } = historyStatements(session.dialect)
  const chunks: (readonly Row[])[] = []
  for (let start = 0; start < rows.length; ) {
    const size = HISTORY_CHUNKS.find((count) => count <= rows.length - start) ?? 1
    chunks.push(rows.slice(start, start + size))
    start += size
  }
  return inOrder(chunks, (chunk) => session.run(insert(chunk.length), chunk.flat()))
}
