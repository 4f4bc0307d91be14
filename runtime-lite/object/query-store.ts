import type { StatementSync } from 'node:sqlite'
import type { Parameter } from '../query/filter-sql.ts'
import { parseUrlQuery } from '../query/parse-url-query.ts'
import { planCount, planGet, planList, type StatementPlan, targetsOf } from '../query/plan-query.ts'
import type { Query, SlotValue } from '../query/query.ts'
import { decodeLiteral, scanUrl } from '../query/scan-url.ts'
import { createShapeCache } from '../query/shape-cache.ts'
import { type Database, prepareArrays } from './database.ts'
import type { ObjectPlan, SqlValue } from './object-plan.ts'

type Operation = 'list' | 'get' | 'count'

interface Prepared {
  readonly statement: StatementSync
  readonly parameters: readonly Parameter[]
}

/** Shapes kept per object. */
const CACHED_SHAPES = 1000

/** Runs queries on one object: each shape is planned and prepared once. */
export interface QueryStore {
  /** The query string of `url` from `start` on. */
  fromUrl(
    operation: Operation,
    url: string,
    start: number,
    id?: string,
  ): readonly unknown[] | undefined | Promise<readonly unknown[] | undefined>
  fromQuery(
    operation: Operation,
    query: Query,
    values: readonly SlotValue[],
    id?: string,
  ): readonly unknown[] | undefined | Promise<readonly unknown[] | undefined>
}

export function createQueryStore(plan: ObjectPlan, database: Database): QueryStore {
  const { db, turn, limits } = database
  const cache = createShapeCache<Prepared>(CACHED_SHAPES)

  function prepare(operation: Operation, query: Query): Prepared {
    const { sql, parameters } = planFor(operation, query)
    return { statement: prepareArrays(db, sql), parameters }
  }

  function planFor(operation: Operation, query: Query): StatementPlan {
    if (operation === 'list') return planList(query, plan, database.planByName, limits)
    return operation === 'get' ? planGet(query, plan, database.planByName) : planCount(query, plan)
  }

  /** Plans of all objects that the query expands into, level by level. */
  function ensureTargets(query: Query): Promise<void> | undefined {
    if (query.expand.length === 0) return undefined
    const load = async (expand: Query['expand'], from: ObjectPlan): Promise<void> => {
      await database.ensurePlans(targetsOf(expand, from))
      for (const item of expand) {
        const target = Object.hasOwn(from.fields, item.field) ? from.fields[item.field]?.target : undefined
        if (target !== undefined && item.expand.length > 0) await load(item.expand, database.planByName(target))
      }
    }
    return load(query.expand, plan)
  }

  function run(prepared: Prepared, values: readonly SlotValue[], id: string | undefined): readonly unknown[] | undefined {
    const { parameters, statement } = prepared
    const bound: SqlValue[] = []
    for (const parameter of parameters)
      bound.push(parameter.slot < 0 ? (parameter as { readonly value: SqlValue }).value : bind(parameter, values))
    if (id !== undefined) bound.push(id)
    turn.read()
    try {
      return statement.get(...bound) as readonly unknown[] | undefined
    } catch (error) {
      throw turn.failed(error)
    }
  }

  return {
    fromUrl(operation, url, start, id) {
      const scanned = scanUrl(url, start)
      const key = `${operation}?${scanned.key}`
      const known = cache.get(key)
      if (known) return run(known, decoded(scanned.literals), id)
      const { query, extraValues, isShapeOnly } = parseUrlQuery(scanned, limits)
      const proceed = (): readonly unknown[] | undefined => {
        const shapeKey = isShapeOnly ? key : `${operation}${JSON.stringify(query)}`
        const prepared = cache.get(shapeKey) ?? prepare(operation, query)
        cache.set(shapeKey, prepared)
        return run(prepared, [...decoded(scanned.literals), ...extraValues], id)
      }
      const loading = ensureTargets(query)
      return loading ? loading.then(proceed) : proceed()
    },
    fromQuery(operation, query, values, id) {
      const proceed = (): readonly unknown[] | undefined => {
        const key = `${operation}${JSON.stringify(query)}`
        let prepared = cache.get(key)
        if (!prepared) {
          prepared = prepare(operation, query)
          cache.set(key, prepared)
        }
        return run(prepared, values, id)
      }
      const loading = ensureTargets(query)
      return loading ? loading.then(proceed) : proceed()
    },
  }
}

const bind = (parameter: Parameter, values: readonly SlotValue[]): SqlValue => {
  const value = values[parameter.slot]
  if (value === undefined || !('convert' in parameter)) throw new Error('A query parameter has no value.')
  return parameter.convert(value)
}

/** Literals of a URL are decoded only where they need it. */
const decoded = (literals: readonly string[]): readonly string[] => {
  for (const literal of literals)
    if (literal.includes('%') || literal.includes('+')) return literals.map((item) => decodeLiteral(item, '$filter'))
  return literals
}
