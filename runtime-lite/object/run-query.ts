import { type Maybe, type ResultRow, type RunResult, type Session, whenReady } from '../database/session.ts'
import { failureOf } from '../database/sql-error.ts'
import { queryError } from '../problem/problem.ts'
import type { SlotValue } from '../query/ast.ts'
import { operandValue } from '../query/bind/bind-value.ts'
import type { BindContext } from '../query/bound.ts'
import { guardsHold, type RunnablePlan } from '../query/planner.ts'
import { bindAll } from '../query/print/mark.ts'

/**
 * What an operation answers: a list [JSON of the page, as text or UTF-8], a get [JSON, version] or nothing, a count [number].
 */
export type Row = ResultRow

const NO_RECORD: Row = Object.freeze([])
const NO_RECORDS: Row = Object.freeze(['{"items":[]}'])
const NO_RECORDS_COUNTED: Row = Object.freeze(['{"items":[],"total":0}'])
const NONE: Row = Object.freeze([0])

/** Runs a plan for the values of one request. @throws ObjectQLError 400 for values that do not fit, or that the database cannot compute with. */
export function runQuery(plan: RunnablePlan, session: Session, values: readonly SlotValue[], id: string | undefined): Maybe<Row> {
  try {
    const row = answer(plan, session, values, id)
    return row instanceof Promise ? row.catch(refuse) : row
  } catch (error) {
    return refuse(error)
  }
}

/** Nothing is stored by a read: a value that the database refuses is part of the query. */
function refuse(error: unknown): never {
  if (failureOf(error)?.kind !== 'value') throw error
  const problem = queryError(
    'INVALID_QUERY',
    'query',
    'The database cannot compare or compute with a value of this query: it is out of range, too long or holds U+0000.',
  )
  problem.cause = error
  throw problem
}

function answer(plan: RunnablePlan, session: Session, values: readonly SlotValue[], id: string | undefined): Maybe<Row> {
  const context: BindContext = id === undefined ? { now: Date.now() } : { now: Date.now(), id }
  if (plan.result === 'rows') return runRows(plan, session, values, context)
  const bound = bindAll(plan.main.parameters, values, context)
  if (plan.isEmpty || (plan.guards.length > 0 && !guardsHold(plan, values, context))) return nothing(plan)
  const row = session.row(plan.main, bound)
  if (row instanceof Promise) return row.then((found) => answered(plan, found))
  return answered(plan, row)
}

function answered({ result }: RunnablePlan, row: ResultRow | undefined): Row {
  if (row === undefined) return NO_RECORD
  return result === 'count' && typeof row[0] !== 'number' ? [Number(row[0])] : row
}

function nothing({ result, bound }: RunnablePlan): Row {
  if (result === 'count') return NONE
  if (result === 'record') return NO_RECORD
  return bound.total === 'none' ? NO_RECORDS : NO_RECORDS_COUNTED
}

/** A row per record, joined to a page here. */
function runRows(plan: RunnablePlan, session: Session, values: readonly SlotValue[], context: BindContext): Maybe<Row> {
  const { cursor, total } = plan
  const statement = cursor && operandValue(cursor.operand, values) === '' ? cursor.first : plan.main
  const bound = bindAll(statement.parameters, values, context)
  const pageSize = cursor && Number(plan.bound.limit.bind(values, context)) - 1
  if (plan.isEmpty || (plan.guards.length > 0 && !guardsHold(plan, values, context))) return nothing(plan)
  const counted = total && session.row(total, bindAll(total.parameters, values, context))
  const found = session.run(statement, bound)
  const page = (result: RunResult, count: ResultRow | undefined): Row => [pageText(plan, result.rows, pageSize, count?.[0])]
  if (found instanceof Promise || counted instanceof Promise)
    return Promise.all([found, counted]).then(([rows, count]) => page(rows, count))
  return whenReady(found, (rows) => page(rows, counted))
}

/** A count, or what PostgreSQL expects: the answer of `explain (format json)`. */
function numberOf(total: unknown): string {
  if (typeof total !== 'string' || !total.startsWith('[')) return String(total)
  const [{ Plan: plan }] = JSON.parse(total) as [{ readonly Plan: { readonly 'Plan Rows': number } }]
  return String(plan['Plan Rows'])
}

function pageText({ cursor }: RunnablePlan, rows: readonly ResultRow[], pageSize: number | undefined, total: unknown): string {
  const hasMore = pageSize !== undefined && rows.length > pageSize
  const shown = hasMore ? rows.slice(0, pageSize) : rows
  let text = '{"items":['
  for (let index = 0; index < shown.length; index++) {
    if (index > 0) text += ','
    text += shown[index]?.[0]
  }
  text += ']'
  if (total !== undefined) text += `,"total":${numberOf(total)}`
  const last = shown.at(-1)
  if (hasMore && cursor && last) text += `,"next_cursor":"${cursor.codec.encode(String(last[1]))}"`
  return `${text}}`
}
