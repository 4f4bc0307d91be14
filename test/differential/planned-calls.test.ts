import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { objectPlans } from '../../compiler/queries/object-plans.ts'
import { planCall } from '../../compiler/queries/plan-call.ts'
import { plansAhead } from '../../runtime-lite/query/ahead/plans-ahead.ts'
import type { Query, SlotValue } from '../../runtime-lite/query/ast.ts'
import type { Dialect } from '../../runtime-lite/query/print/dialect.ts'
import { mysqlDialect } from '../../runtime-lite/query/print/mysql.ts'
import { postgresDialect } from '../../runtime-lite/query/print/postgres.ts'
import { sqliteDialect } from '../../runtime-lite/query/print/sqlite.ts'
import { appIr } from '../support/ir.ts'
import { answer, fill } from '../support/language/answer.ts'
import { difference } from '../support/language/difference.ts'
import { compiledWorld, sqliteEngine } from '../support/language/engines.ts'
import { interpret } from '../support/language/interpret.ts'
import { randomLanguageQuery } from '../support/language/random-language.ts'
import { remoteEngines } from '../support/language/remote-engines.ts'
import { OBJECTS, randomRows, type World } from '../support/language/world.ts'
import { type Random, random, testSeed } from '../support/random.ts'

const CASES = Number(process.env['OBJECTQL_CASES'] ?? 2_000)
const LIMITS = { maxExpandDepth: 5, maxFilterDepth: 64, maxPageSize: 1000, defaultPageSize: 50, maxQueryCost: 1_000_000_000 }
const DIALECTS: readonly (readonly [string, Dialect])[] = [
  ['sqlite', sqliteDialect],
  ['postgres', postgresDialect],
  ['mysql', mysqlDialect('mysql')],
  ['mariadb', mysqlDialect('mariadb')],
]

/** Plans that went through a file as text, found by a query whose conditions stand in another order, against the interpreter. */
test('what was planned ahead answers as the interpreter does', async () => {
  const seed = testSeed()
  console.log(`planned calls: OBJECTQL_SEED=${seed} OBJECTQL_CASES=${CASES}`)
  const generator = random(seed)
  const compiled = await compiledWorld(OBJECTS)
  const remote = await remoteEngines(compiled, 'ahead')
  const embedded = sqliteEngine(compiled)
  const engines = [embedded, ...remote]
  const world: World = { objects: new Map(OBJECTS.map((object) => [object.name, object])), rows: stamped(randomRows(generator, 25)) }
  // The objects as the compiler sees them, who has not printed their plans yet.
  const scope = { loadedPlan: objectPlans(appIr([...OBJECTS])), limits: LIMITS, dialects: DIALECTS }
  const failures: string[] = []
  let planned = 0
  try {
    await Promise.all(engines.map((engine) => fill(engine, compiled, world)))
    for (let index = 0; index < CASES; index++) {
      const { name: object } = generator.pick(OBJECTS)
      const { query, values } = randomLanguageQuery(generator, world, world.objects.get(object)!, false)
      const made = planCall({ object, operation: 'list', query }, scope)
      if (made && 'reason' in made) throw new Error(made.reason)
      if (made === undefined) continue
      const plans = [{ shape: made.shape, ...JSON.parse(JSON.stringify(made.statements)) }]
      const asked = inAnotherOrder(generator, query, values)
      const expected = interpret(world, object, query, values)
      planned++
      for (const engine of engines) {
        const ahead = plansAhead({ hash: { object, operation: 'list', source: 'test', plans } }, engine.dialect, () => '')!
        const planner = { compile: () => ahead(object, 'list', asked.query) ?? missing() }
        const found = await answer(engine, planner, compiled, object, asked.query, asked.values).catch((error: Error) => error)
        const parted = found instanceof Error ? found.message : difference(expected, found)
        if (parted !== undefined)
          failures.push(`Seed ${seed}, case ${index}, ${engine.name}, ${object}\n${inspect(asked, { depth: 30 })}\n${parted}`)
      }
    }
  } finally {
    for (const engine of engines) await engine.close()
  }
  const shown = failures.toSorted((a, b) => a.length - b.length).slice(0, 3)
  expect(shown, `${failures.length} of ${planned}\n${shown.join('\n\n')}`).toEqual([])
  expect(planned).toBeGreaterThan(CASES / 2)
}, 600_000)

const missing = (): never => {
  throw new Error('The plan was not found.')
}

/** The same query: conditions, and the slots with their values, in another order. */
function inAnotherOrder(generator: Random, query: Query, values: readonly SlotValue[]): { query: Query; values: readonly SlotValue[] } {
  const order = shuffled(
    generator,
    values.map((_value, index) => index),
  )
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== 'object' || value === null) return value
    const node = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]))
    if (node['kind'] === 'slot') return { ...node, index: order.indexOf(node['index'] as number) }
    return node['kind'] === 'and' || node['kind'] === 'or' ? { ...node, parts: shuffled(generator, node['parts'] as unknown[]) } : node
  }
  return { query: walk(query) as Query, values: order.map((index) => values[index]!) }
}

function stamped(rows: ReturnType<typeof randomRows>): World['rows'] {
  for (const list of rows.values())
    for (const row of list) Object.assign(row, { created_at: '2024-05-01T00:00:00.000Z', updated_at: '2024-05-02T10:00:00.500Z' })
  return rows
}

function shuffled<Item>(generator: Random, items: readonly Item[]): readonly Item[] {
  return items
    .map((item): [number, Item] => [generator.below(2 ** 30), item])
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item)
}
