import { describe, expect, test } from 'vitest'
import { explanationJson } from '../../../compiler/cli/explanation-json.ts'
import { explanationText } from '../../../compiler/cli/explanation-text.ts'
import { explainQuery } from '../../../compiler/explain/explain-query.ts'
import { memorySource } from '../../../compiler/explain/plan-source.ts'
import { readQuestion } from '../../../compiler/explain/read-question.ts'
import { objectPlans } from '../../../compiler/queries/object-plans.ts'
import type { SlotValue } from '../../../runtime-lite/query/ast.ts'
import { QueryPlanCompiler } from '../../../runtime-lite/query/planner.ts'
import { mysqlDialect } from '../../../runtime-lite/query/print/mysql.ts'
import { postgresDialect } from '../../../runtime-lite/query/print/postgres.ts'
import { sqliteDialect } from '../../../runtime-lite/query/print/sqlite.ts'
import { appIr } from '../../support/ir.ts'
import { compiledWorld } from '../../support/language/engines.ts'
import { randomLanguageQuery } from '../../support/language/random-language.ts'
import { OBJECTS, randomRows, type World } from '../../support/language/world.ts'
import { writeDocument, writeUrl } from '../../support/language/write-language.ts'
import { random, testSeed } from '../../support/random.ts'

const SEED = testSeed()
const COUNT = 300
const APP = appIr(OBJECTS)
const LIMITS = { maxExpandDepth: 5, maxFilterDepth: 64, maxPageSize: 1000, defaultPageSize: 50, maxQueryCost: 1_000_000_000 }
const DIALECTS = [sqliteDialect, postgresDialect, mysqlDialect('mysql'), mysqlDialect('mariadb')]
const NOW = Date.parse('2024-06-01T00:00:00.000Z')

test('the plans it works with are those that a compile writes', async () => {
  const { plans } = await compiledWorld(OBJECTS)
  const loadedPlan = objectPlans(APP)
  expect(plans.size).toBe(APP.objects.length)
  for (const [name, written] of plans) {
    const plan = loadedPlan(name)!
    for (const key of ['name', 'label', 'table', 'fields', 'json', 'get', 'methods'] as const) expect(plan[key], key).toEqual(written[key])
    expect(plan.children).toEqual(written.children ?? {})
    expect(plan.indexes ?? []).toEqual(written.indexes ?? [])
    expect(plan.searchable ?? []).toEqual(written.searchable ?? [])
  }
})

describe(`any query can be explained (seed ${SEED})`, () => {
  const world: World = { objects: new Map(OBJECTS.map((object) => [object.name, object])), rows: randomRows(random(SEED), 10) }
  const loadedPlan = objectPlans(APP)

  test('its statements are those that a server runs, and every database takes them', async () => {
    const { schema } = await compiledWorld(OBJECTS)
    const memory = memorySource(schema('sqlite'))
    for (let index = 0; index < COUNT; index++) {
      const one = random(SEED + index)
      const object = one.pick(OBJECTS).name
      const { query, values } = randomLanguageQuery(one, world, world.objects.get(object)!)
      const isUrl = one.chance(0.5)
      const text = isUrl
        ? `${one.pick(['', '/', '/api/', 'http://localhost:3000/api/'])}${object}?${writeUrl(one, query, values)}`
        : JSON.stringify({ object, ...writeDocument(one, query, values) })
      const asked = readQuestion({ text, app: APP, limits: LIMITS, basePath: '/api' })
      expect(asked.question.object).toBe(object)
      for (const dialect of DIALECTS) {
        const explained = explainQuery({ question: asked.question, loadedPlan, limits: LIMITS, dialect, without: new Set(), now: NOW })
        const planner = new QueryPlanCompiler({ dialect, limits: LIMITS, loadedPlan })
        const plan = planner.compile('list', loadedPlan(object)!, asked.question.query)
        expect(explained.statements[0]!.statement.sql, text).toBe(plan.main.sql)
        const line = explanationJson(explained, asked, false)
        expect(line.split('\n')).toHaveLength(2)
        const parsed = JSON.parse(line)
        expect(parsed.statements[0].parameters).toHaveLength(plan.main.parameters.length)
        expect(
          valuesIn(
            parsed.statements.map(({ parameters }: { parameters: unknown }) => parameters),
            values,
          ),
        ).toEqual([])
        const shown = explanationText(asked, [explained], { showValues: true, hasColor: false })
        expect(shown).toContain(plan.main.sql)
        expect(shown).not.toContain('\u001b')
        if (dialect !== sqliteDialect) continue
        const steps = await memory.plan(
          plan.main,
          explained.statements[0]!.parameters.map(({ value }) => value),
          false,
        )
        expect(steps.length).toBeGreaterThan(0)
      }
    }
    await memory.close()
  }, 120_000)
})

/** Values that are nothing else: words of two letters are in everything. */
const valuesIn = (shown: unknown, values: readonly SlotValue[]): readonly SlotValue[] => {
  const text = JSON.stringify(shown)
  return values.filter((value) => typeof value === 'string' && value.length > 4 && text.includes(JSON.stringify(value).slice(1, -1)))
}
