import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ObjectQLError } from '../../runtime-lite/problem/problem.ts'
import type { Query, SlotValue } from '../../runtime-lite/query/ast.ts'
import { EMPTY_QUERY } from '../../runtime-lite/query/empty-query.ts'
import { parseQueryDocument } from '../../runtime-lite/query/parse/query-document.ts'
import { decodeLiteral, scanUrl } from '../../runtime-lite/query/parse/scan-url.ts'
import { parseUrlQuery } from '../../runtime-lite/query/parse/url-query.ts'
import { type QueryPlan, QueryPlanCompiler } from '../../runtime-lite/query/planner.ts'
import { bindAll } from '../../runtime-lite/query/print/mark.ts'
import { mysqlDialect } from '../../runtime-lite/query/print/mysql.ts'
import { postgresDialect } from '../../runtime-lite/query/print/postgres.ts'
import { sqliteDialect } from '../../runtime-lite/query/print/sqlite.ts'
import { HOSTILE } from '../support/hostile.ts'
import { fill, NOW } from '../support/language/answer.ts'
import { type CompiledWorld, compiledWorld, type Engine, sqliteEngine } from '../support/language/engines.ts'
import { randomLanguageQuery } from '../support/language/random-language.ts'
import { OBJECTS, randomRows, type World } from '../support/language/world.ts'
import { writeDocument, writeUrl } from '../support/language/write-language.ts'
import { type Random, random, testSeed } from '../support/random.ts'

const SEED = testSeed()
const CASES = Number(process.env['OBJECTQL_CASES'] ?? 4_000)
const LIMITS = { maxExpandDepth: 5, maxFilterDepth: 64, maxPageSize: 1000, defaultPageSize: 50, maxQueryCost: 1_000_000_000 }
const DIALECTS = [
  ['SQLite', sqliteDialect],
  ['PostgreSQL', postgresDialect],
  ['MySQL', mysqlDialect('mysql')],
  ['MariaDB', mysqlDialect('mariadb')],
] as const

/** In every value, so that it can be looked for. No name and no word of SQL has it. */
const CANARY = 'zq7x'
const NUMBERS = [918273645, -918273645.25, 9.18273645e21, 918273645]

let compiled: CompiledWorld
let engine: Engine

beforeAll(async () => {
  compiled = await compiledWorld(OBJECTS)
  engine = sqliteEngine(compiled)
  const rows = randomRows(random(SEED), 8)
  for (const list of rows.values())
    for (const row of list) Object.assign(row, { created_at: '2024-05-01T00:00:00.000Z', updated_at: '2024-05-02T10:00:00.500Z' })
  await fill(engine, compiled, { objects: new Map(), rows })
}, 60_000)
afterAll(() => engine.close())

interface Parsed {
  readonly query: Query
  readonly values: readonly SlotValue[]
}

/** As the server reads a query string. */
function parsedUrl(text: string): Parsed {
  const scanned = scanUrl(text, 0)
  const { query, extraValues } = text === '' ? { query: EMPTY_QUERY, extraValues: [] } : parseUrlQuery(scanned, LIMITS)
  return { query, values: [...scanned.literals.map((literal) => decodeLiteral(literal, 'query')), ...extraValues] }
}

const parsedDocument = (document: unknown): Parsed => parseQueryDocument(JSON.parse(JSON.stringify(document)), { limits: LIMITS })

const planned = (object: string, query: Query, dialect: (typeof DIALECTS)[number][1]): QueryPlan =>
  new QueryPlanCompiler({
    dialect,
    limits: LIMITS,
    loadedPlan: (name) => compiled.plans.get(name),
    sign: (text) => text.slice(0, 8),
  }).compile('list', compiled.plans.get(object)!, query)

const textsOf = ({ main, total, cursor }: QueryPlan): readonly string[] =>
  [main, total, cursor?.first].flatMap((one) => (one ? [one.sql] : []))

/** Runs a plan as the server would. Values may be refused with 400; nothing else may happen. */
async function run(plan: QueryPlan, values: readonly SlotValue[]): Promise<boolean> {
  let bound: ReturnType<typeof bindAll>
  try {
    bound = bindAll(plan.main.parameters, values, { now: NOW })
  } catch (error) {
    if (error instanceof ObjectQLError && error.status === 400) return false
    throw error
  }
  await engine.run(plan.main, bound)
  return true
}

function hostileText(one: Random): string {
  const text = one.pick(HOSTILE)
  const short = text.length > 3000 && one.chance(0.9) ? text.slice(0, 100) : text
  // Lone surrogates have no percent-encoding.
  return one.pick([`${CANARY}${short}`, `${short}${CANARY}`, `${short.slice(0, 3)}${CANARY}${short}`]).toWellFormed()
}

/** Another value of the same sort, which leaves the structure of a query as it is. */
function hostileValue(one: Random, value: SlotValue): SlotValue {
  if (typeof value === 'object') return value.map((item) => hostileValue(one, item) as string | number)
  if (typeof value === 'number') return one.pick(NUMBERS)
  return typeof value === 'string' ? hostileText(one) : value
}

/** Page sizes are read as whole numbers wherever they stand. */
function pagingSlots(query: unknown, slots = new Set<number>()): ReadonlySet<number> {
  if (typeof query !== 'object' || query === null) return slots
  for (const [key, value] of Object.entries(query)) {
    if ((key === 'limit' || key === 'offset') && value?.kind === 'slot') slots.add(value.index)
    else pagingSlots(value, slots)
  }
  return slots
}

const isTold = (text: string): boolean => text.includes(CANARY) || /918273645|9\.18273645/.test(text)

describe(`the text of a statement (seed ${SEED})`, () => {
  test('holds no value of a request and is the same for all of them, in every dialect', async () => {
    const world: World = { objects: new Map(OBJECTS.map((object) => [object.name, object])), rows: randomRows(random(SEED), 8) }
    let executed = 0
    const shapes = new Set<string>()
    for (let index = 0; index < CASES; index++) {
      const seed = SEED + index
      const one = random(seed)
      const object = one.pick(OBJECTS)
      const { query, values } = randomLanguageQuery(one, world, object)
      const paging = pagingSlots(query)
      const others = values.map((value, slot) => (paging.has(slot) ? one.below(1000) : hostileValue(one, value)))
      // The same pen for both: the spelling must not depend on the values.
      const writes = (given: readonly SlotValue[]): Parsed =>
        seed % 2 === 0 ? parsedUrl(writeUrl(random(seed), query, given)) : parsedDocument(writeDocument(random(seed), query, given))
      const place = `seed ${seed}, ${object.name}: ${inspect({ query, values, others }, { depth: 20 }).slice(0, 4000)}`
      const [harmless, hostile] = [writes(values), writes(others)]
      for (const [, dialect] of DIALECTS) {
        const plan = planned(object.name, hostile.query, dialect)
        for (const text of textsOf(plan)) expect(isTold(text), `${place}\n${text}`).toBe(false)
        expect(textsOf(plan), place).toEqual(textsOf(planned(object.name, harmless.query, dialect)))
        expect(placeholders(plan.main.sql, dialect.placeholders), place).toBe(plan.main.parameters.length)
        if (dialect !== sqliteDialect) continue
        shapes.add(plan.main.sql)
        try {
          if (await run(plan, hostile.values)) executed++
        } catch (error) {
          expect.fail(`${place}\n${plan.main.sql}\n${inspect(error)}`)
        }
      }
    }
    // Refused values would prove little.
    expect(executed).toBeGreaterThan(CASES / 5)
    expect(shapes.size).toBeGreaterThan(CASES / 3)
  }, 600_000)

  test('takes names that clients make up as parameters, or as plain words in quotes', async () => {
    const one = random(SEED)
    let executed = 0
    for (let index = 0; index < CASES; index++) {
      const { shown, read } = madeUp(one)
      for (const [name, dialect] of DIALECTS) {
        let plan: QueryPlan
        let parsed: Parsed
        try {
          parsed = read()
          plan = planned('company', parsed.query, dialect)
        } catch (error) {
          expect(isRefusal(error), `${shown} ${inspect(error)}`).toBe(true)
          continue
        }
        for (const sql of textsOf(plan)) {
          expect(withoutLiterals(sql), `${name}: ${sql}`).not.toContain(CANARY)
          // What is in quotes are words: nothing that any setting of any database could end a literal with, or that is no text.
          expect(Array.from(sql).filter(isControl), `${name}: ${sql}`).toEqual([])
          for (const literal of literalsIn(sql).filter((one) => one.includes(CANARY)))
            expect(literal).toMatch(/^[\p{L}\p{N}\p{M}_ .$@:/-]+$/u)
        }
        expect(placeholders(plan.main.sql, dialect.placeholders)).toBe(plan.main.parameters.length)
        if (dialect === sqliteDialect && (await run(plan, parsed.values))) executed++
      }
    }
    expect(executed).toBeGreaterThan(CASES / 10)
  }, 300_000)
})

/** A query with a hostile name where a client may put any name: it is read anew for each database. */
function madeUp(one: Random): { readonly shown: string; readonly read: () => Parsed } {
  const text = one.chance(0.2) ? `${CANARY}_${one.pick(['É', 'İ', 'ﷺ', 'select', 'c0', 'x'.repeat(50)])}` : hostileText(one)
  const path = `details.${text}`
  const document = one.pick<unknown>([
    { where: { [path]: 'a' } },
    { where: { details: { [text]: { $in: [1, 'a'] } } } },
    { where: [path, '=', 1] },
    { where: { $expr: [{ $call: ['length', { $field: path }] }, '>', 1] } },
    { select: ['id', path] },
    { select: ['id', path], distinct: true },
    { select: [`region.${text}`] },
    { orderBy: [{ field: path, order: 'desc' }] },
    { orderBy: { [text]: 'asc' } },
    { groupBy: [{ field: 'stage', alias: text }] },
    { groupBy: ['stage'], aggregate: [{ function: 'count', alias: text }], orderBy: { [text]: 'desc' }, having: { [text]: { $gt: 1 } } },
    { groupBy: [{ field: path, alias: 'g' }] },
    { groupBy: [{ field: 'founded_on', dateGranularity: text }] },
    { aggregate: [{ function: text, field: 'revenue', alias: 'a' }] },
    { search: text, searchFields: ['name', 'odd "name"'] },
    { search: { query: text, fields: ['name'], operator: 'or' } },
    { search: text, searchFields: [text] },
    { cursor: text, orderBy: ['name'] },
    { expand: { [text]: true } },
    { expand: { people: { where: { [text]: 1 }, select: [text] } } },
    { where: { stage: text, name: { $like: text }, tags: { $contains: text } } },
    { where: { name: { [`$${text}`]: 1 } } },
    { where: { [text]: 1 } },
    { where: `details/${text} eq 1` },
    { [text]: 1 },
  ])
  if (one.chance(0.5)) return { shown: JSON.stringify(document), read: () => parsedDocument(document) }
  const parameters = Object.entries(document as object).map(([name, value]) => [
    name === 'where' ? 'filter' : name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  const more = one.pick([
    [],
    [[text, 'a']],
    [[`name[${text}]`, 'a']],
    [['stage', text]],
    [['$search', text]],
    [['$select', `details/${text}`]],
  ])
  const query = [...parameters, ...more].map(([name, value]) => `${encodeURIComponent(name!)}=${encodeURIComponent(value!)}`).join('&')
  return { shown: query, read: () => parsedUrl(query) }
}

const isControl = (char: string): boolean => char < ' ' || char === '\x7f'

const isRefusal = (error: unknown): boolean => error instanceof ObjectQLError && error.status === 400 && (error.errors?.length ?? 0) > 0

const LITERAL = /\bE'(?:\\[\s\S]|''|[^'\\])*'|'(?:''|[^'])*'/g
const literalsIn = (sql: string): readonly string[] =>
  (sql.match(LITERAL) ?? []).map((literal) => literal.slice(literal.indexOf("'") + 1, -1))
const withoutLiterals = (sql: string): string => sql.replaceAll(LITERAL, "''")

/** How many values a text takes. */
function placeholders(sql: string, kind: 'numbered' | 'ordered'): number {
  const bare = withoutLiterals(sql).replaceAll(/"(?:""|[^"])*"|`(?:``|[^`])*`/g, '')
  return kind === 'ordered' ? bare.split('?').length - 1 : new Set(bare.match(/\$\d+/g) ?? []).size
}
