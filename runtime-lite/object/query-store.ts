import { queryError } from '../problem/problem.ts'
import type { Parameter } from '../query/filter-sql.ts'
import { parseUrlQuery } from '../query/parse-url-query.ts'
import { missingPlans, planCount, planGet, planList, type StatementPlan } from '../query/plan-query.ts'
import type { Query, SlotValue } from '../query/query.ts'
import { decodeLiteral, hasNeedlessEscape, scanUrl, withoutNeedlessEscapes } from '../query/scan-url.ts'
import { type Database, type Prepared, prepareArrays } from './database.ts'
import type { ObjectPlan, SqlValue } from './object-plan.ts'

export type Operation = 'list' | 'get' | 'count'

/** A row, or undefined for none. */
export type Row = readonly unknown[] | undefined

/**
 * Runs queries on one object: each shape is planned and prepared once. A promise means that nothing was done yet because plans
 * of related objects have to be loaded first: ask again once it resolves. So whatever was read is used in the same turn.
 */
export interface QueryStore {
  /** The query string of `url` from `start` on. */
  fromUrl(operation: Operation, url: string, start: number, id?: string): Row | Promise<undefined>
  fromQuery(operation: Operation, query: Query, values: readonly SlotValue[], id?: string): Row | Promise<undefined>
}

export function createQueryStore(plan: ObjectPlan, database: Database): QueryStore {
  const { db, turn, limits, statements } = database
  const prefixes: Readonly<Record<Operation, string>> = {
    list: `${plan.name}\0list?`,
    get: `${plan.name}\0get?`,
    count: `${plan.name}\0count?`,
  }

  function planFor(operation: Operation, query: Query): StatementPlan {
    if (operation === 'list') return planList(query, plan, database.loadedPlan, limits)
    return operation === 'get' ? planGet(query, plan, database.loadedPlan) : planCount(query, plan)
  }

  function prepare(operation: Operation, query: Query, key: string): Prepared {
    const { sql, parameters } = planFor(operation, query)
    const prepared = { statement: prepareArrays(db, sql), parameters, weight: sql.length + key.length }
    statements.set(key, prepared)
    return prepared
  }

  /** Structure as key, for queries that do not come as the text of a URL. */
  const structureKey = (operation: Operation, query: Query): string => `${plan.name}\0${operation}:${JSON.stringify(query)}`

  function run(prepared: Prepared, values: readonly SlotValue[], id: string | undefined): Row {
    const { parameters, statement } = prepared
    const bound: SqlValue[] = []
    for (const parameter of parameters)
      bound.push(parameter.slot < 0 ? (parameter as { readonly value: SqlValue }).value : bind(parameter, values))
    if (id !== undefined) bound.push(id)
    turn.read()
    try {
      return statement.get(...bound) as Row
    } catch (error) {
      throw turn.failed(error)
    }
  }

  function fromQuery(operation: Operation, query: Query, values: readonly SlotValue[], id: string | undefined): Row | Promise<undefined> {
    const key = structureKey(operation, query)
    const known = statements.get(key)
    if (known) return run(known, values, id)
    const missing = missingPlans(query.expand, plan, database.loadedPlan)
    if (missing.length > 0) return database.loadPlans(missing)
    return run(prepare(operation, query, key), values, id)
  }

  function fromUrl(operation: Operation, url: string, start: number, id: string | undefined): Row | Promise<undefined> {
    const scanned = scanUrl(url, start)
    const key = prefixes[operation] + scanned.key
    const known = statements.get(key)
    if (known) return run(known, decoded(scanned.literals), id)
    if (hasNeedlessEscape(scanned.key)) return fromUrl(operation, withoutNeedlessEscapes(url.slice(start)), 0, id)
    const { query, extraValues, isShapeOnly } = parseUrlQuery(scanned, limits)
    const literals = decoded(scanned.literals)
    if (!isShapeOnly) return fromQuery(operation, query, [...literals, ...extraValues], id)
    const missing = missingPlans(query.expand, plan, database.loadedPlan)
    if (missing.length > 0) return database.loadPlans(missing)
    return run(prepare(operation, query, key), literals, id)
  }

  return { fromUrl, fromQuery }
}

const bind = (parameter: Parameter, values: readonly SlotValue[]): SqlValue => {
  const value = values[parameter.slot]
  // The markers of a shape key are control characters: a target that holds them itself is no URL.
  if (value === undefined || !('convert' in parameter)) throw queryError('INVALID_QUERY', 'query', 'The query string is not a valid URL.')
  return parameter.convert(value)
}

/** Literals of a URL are decoded only where they need it. */
const decoded = (literals: readonly string[]): readonly string[] => {
  for (const literal of literals)
    if (literal.includes('%') || literal.includes('+')) return literals.map((item) => decodeLiteral(item, 'query'))
  return literals
}
