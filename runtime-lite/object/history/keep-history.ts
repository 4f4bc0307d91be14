import { currentUserId } from '../../context/request-context.ts'
import { inOrder } from '../../database/maybe.ts'
import { type Maybe, type Statement, whenReady } from '../../database/session.ts'
import { isoInstant, uuidv7 } from '../../id.ts'
import type { Dialect } from '../../query/print/dialect.ts'
import { columnOf, tableOf } from '../../query/print/names-of.ts'
import { parameterList } from '../../query/print/parameter-list.ts'
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

/**
 * Keeps that records went into the trash, or came back. `before` undefined: when each went is read, so call it first.
 */
export function keepDeletions(
  { plan, session }: WriteContext,
  ids: readonly string[],
  before: null | undefined,
  after: string | null,
): Maybe<unknown> {
  const { history, trash } = plan
  if (!history || !trash || ids.length === 0) return undefined
  const [by, at] = [currentUserId(), isoInstant(Date.now())]
  const field = Object.keys(plan.fields).find((name) => (plan.fields[name]?.column ?? name) === trash.column) ?? trash.column
  const rows = (was: ReadonlyMap<string, string>): readonly Row[] =>
    ids.map((id) => [uuidv7(), plan.name, id, field, JSON.stringify(was.get(id) ?? null), JSON.stringify(after), by, at])
  if (before === null) return writeChanges({ session }, rows(new Map()))
  return whenReady(session.run(deletedAtOf(plan, trash.column, session.dialect), [JSON.stringify(ids)]), (found) => {
    const was = new Map(found.rows.map(([id, text]) => [String(id), (JSON.parse(String(text)) as { at: string }).at]))
    return writeChanges({ session }, rows(was))
  })
}

/** List of ids → id, JSON text with the time of the deletion. */
function deletedAtOf(plan: ObjectPlan, column: string, dialect: Dialect): Statement {
  const list = parameterList(dialect)
  const id = dialect.quoteName(columnOf(plan, 'id'))
  const json = dialect.jsonText(dialect.jsonObject([['at', dialect.jsonValue(dialect.quoteName(column), { kind: 'datetime' })]]))
  const { sql, parameters } = list.finish(
    `select ${id}, ${json} from ${tableOf(plan, dialect)} where ${dialect.inList(id, list.extra('list'), 'id')}`,
  )
  return { sql, kinds: parameters.map(({ kind }) => kind), isRead: true }
}

function writeChanges({ session }: Pick<WriteContext, 'session'>, rows: readonly Row[]): Maybe<unknown> {
  const { insert } = historyStatements(session.dialect)
  const chunks: (readonly Row[])[] = []
  for (let start = 0; start < rows.length; ) {
    const size = HISTORY_CHUNKS.find((count) => count <= rows.length - start) ?? 1
    chunks.push(rows.slice(start, start + size))
    start += size
  }
  return inOrder(chunks, (chunk) => session.run(insert(chunk.length), chunk.flat()))
}
