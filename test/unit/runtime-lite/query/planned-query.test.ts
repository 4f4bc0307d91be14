import { beforeAll, describe, expect, test } from 'vitest'
import type { SqlValue } from '../../../../runtime-lite/object/object-plan.ts'
import type { Operand, Query, SlotValue } from '../../../../runtime-lite/query/ast.ts'
import { type PlannedQuery, plannedQuery, readPlannedQuery } from '../../../../runtime-lite/query/planned-query.ts'
import { guardsHold, QueryPlanCompiler, type RunnablePlan } from '../../../../runtime-lite/query/planner.ts'
import type { Dialect } from '../../../../runtime-lite/query/print/dialect.ts'
import { bindAll } from '../../../../runtime-lite/query/print/mark.ts'
import { mysqlDialect } from '../../../../runtime-lite/query/print/mysql.ts'
import { postgresDialect } from '../../../../runtime-lite/query/print/postgres.ts'
import { sqliteDialect } from '../../../../runtime-lite/query/print/sqlite.ts'
import { type CompiledWorld, compiledWorld } from '../../../support/language/engines.ts'
import { randomLanguageQuery } from '../../../support/language/random-language.ts'
import { OBJECTS, randomRows } from '../../../support/language/world.ts'
import { random as randomOf } from '../../../support/random.ts'

const DIALECTS: readonly (readonly [string, Dialect])[] = [
  ['SQLite', sqliteDialect],
  ['PostgreSQL', postgresDialect],
  ['MySQL', mysqlDialect('mysql')],
  ['MariaDB', mysqlDialect('mariadb')],
]
const OBJECT_BY_NAME = new Map(OBJECTS.map((object) => [object.name, object]))
const CONTEXT = { now: Date.parse('2024-06-01T00:00:00.000Z'), id: 'x' }
const LIMITS = { maxExpandDepth: 5, maxFilterDepth: 64, maxPageSize: 1000, defaultPageSize: 50, maxQueryCost: 1_000_000_000 }
const sign = (text: string): string => String(text.length)

let world: CompiledWorld
beforeAll(async () => {
  world = await compiledWorld(OBJECTS)
})

describe.each(DIALECTS)('plans as data on %s', (_name, dialect) => {
  const planner = (): QueryPlanCompiler =>
    new QueryPlanCompiler({ dialect, limits: LIMITS, loadedPlan: (name) => world.plans.get(name), sign })

  test('run the same statements with the same values', () => {
    let slots = 0
    for (let seed = 1; seed <= 400; seed++) {
      const random = randomOf(seed)
      const object = random.pick(OBJECTS)
      const { query, values } = randomLanguageQuery(random, { objects: OBJECT_BY_NAME, rows: randomRows(random, 3) }, object)
      const plan = planner().compile('list', world.plans.get(object.name)!, query)
      const again = readPlannedQuery(throughText(plannedQuery(plan)), dialect, sign)
      expect(outcome(again, values), `seed ${seed}`).toEqual(outcome(plan, values))
      slots += values.length
    }
    expect(slots).toBeGreaterThan(400)
  })

  test('go on from a cursor', () => {
    const query: Query = {
      orderBy: [{ by: { kind: 'field', path: [OBJECTS[0]!.fields[1]!.name] }, isDescending: true }],
      expand: [],
      isDistinct: false,
      total: 'exact',
      cursor: { kind: 'slot', index: 0, type: 'string' } satisfies Operand,
      limit: { kind: 'slot', index: 1, type: 'number' } satisfies Operand,
    }
    const plan = planner().compile('list', world.plans.get(OBJECTS[0]!.name)!, query)
    const again = readPlannedQuery(throughText(plannedQuery(plan)), dialect, sign)
    const cursor = plan.cursor!.codec.encode('{"0":"b","1":"id-7"}')
    expect(again.cursor!.first.sql).toBe(plan.cursor!.first.sql)
    expect(outcome(again, [cursor, 5])).toEqual(outcome(plan, [cursor, 5]))
    expect(again.bound.limit.bind([cursor, 5], CONTEXT)).toBe(6)
    expect(outcome(again, ['e30.x', 5]).failure).toMatch(/not one of this query/)
  })
})

/** What is left of a plan in a file. */
const throughText = (planned: PlannedQuery): PlannedQuery => JSON.parse(JSON.stringify(planned)) as PlannedQuery

function outcome(plan: RunnablePlan, values: readonly SlotValue[]) {
  try {
    return {
      result: plan.result,
      isEmpty: plan.isEmpty,
      sql: [plan.main.sql, plan.total?.sql],
      kinds: plan.main.kinds,
      values: bindAll(plan.main.parameters, values, CONTEXT).map(shown),
      counted: plan.total && bindAll(plan.total.parameters, values, CONTEXT).map(shown),
      isMet: guardsHold(plan, values, CONTEXT),
    }
  } catch (error) {
    return { failure: String(error) }
  }
}

const shown = (value: SqlValue): unknown => (value instanceof Uint8Array ? [...value] : value)
