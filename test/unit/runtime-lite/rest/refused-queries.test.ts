import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HOSTILE } from '../../../support/hostile.ts'
import { appIr } from '../../../support/ir.ts'
import { randomLanguageQuery } from '../../../support/language/random-language.ts'
import { OBJECTS, randomRows, type World } from '../../../support/language/world.ts'
import { writeDocument, writeUrl } from '../../../support/language/write-language.ts'
import { type Random, random, testSeed } from '../../../support/random.ts'
import { type Answer, type RunningApp, runningApp } from '../../../support/running-app.ts'

const SEED = testSeed()
const CASES = Number(process.env['OBJECTQL_CASES'] ?? 3_000)
const bugs: unknown[] = []
let app: RunningApp
/** The same with room for queries of any size. */
let wide: RunningApp

beforeAll(async () => {
  app = await runningApp(appIr(OBJECTS), {
    api: { maxFilterDepth: 6, maxExpandDepth: 2, maxQueryCost: 60 },
    onError: (error) => bugs.push(error),
  })
  wide = await runningApp(appIr(OBJECTS), {
    api: { maxFilterDepth: 64, maxExpandDepth: 5, maxQueryCost: 1_000_000, maxUrlBytes: 100_000 },
    onError: (error) => bugs.push(error),
  })
}, 60_000)
afterAll(async () => {
  await app.close()
  await wide.close()
})

/** How a filter comes to the server. */
const DIALECTS = {
  odata: (filter: unknown) => app.request(`/api/company?$filter=${encodeURIComponent(String(filter))}`),
  'odata in a document': (filter: unknown) => post({ where: filter }),
  'JSON in a URL': (filter: unknown) => app.request(`/api/company?filter=${encodeURIComponent(JSON.stringify(filter))}`),
  document: (filter: unknown) => post({ where: filter }),
  'array in a URL': (filter: unknown) => app.request(`/api/company?filter=${encodeURIComponent(JSON.stringify(filter))}`),
  array: (filter: unknown) => post({ where: filter }),
  parameter: (filter: unknown) =>
    app.request(`/api/company?${new URLSearchParams(filter as Readonly<Record<string, string>>).toString().replaceAll('+', '%20')}`),
} as const

const post = (document: unknown): Promise<Answer> =>
  app.request('/api/company/query', { method: 'POST', headers: { 'content-type': 'application/json' }, body: document })

const nested = (levels: number, of: unknown): unknown => (levels === 0 ? of : { $not: nested(levels - 1, of) })
const arrays = (levels: number, of: unknown): unknown => (levels === 0 ? of : ['not', arrays(levels - 1, of)])
const many = <Item>(item: (index: number) => Item): Item[] => Array.from({ length: 90 }, (_, index) => item(index))

/** What is wrong, in each dialect that can say it: the filter, and where the answer says it is. */
const WRONG: Readonly<
  Record<string, Partial<Record<keyof typeof DIALECTS, readonly [filter: unknown, parameter: string, position?: number]>>>
> = {
  'a field that is not there': {
    odata: ["name eq 'a' and nmae eq 'b'", '$filter', 16],
    'odata in a document': ["name eq 'a' and nmae eq 'b'", 'where', 16],
    'JSON in a URL': [{ nmae: 'a' }, 'filter.nmae'],
    document: [{ $or: [{ name: 'a' }, { nmae: 'b' }] }, 'where.$or[1].nmae'],
    array: [[['name', '=', 'a'], 'or', ['nmae', '=', 'b']], 'where[2][0]'],
    'array in a URL': [['nmae', '=', 'b'], 'filter[0]'],
    parameter: [{ nmae: 'a' }, 'nmae'],
  },
  'a field behind a relation that is not there': {
    odata: ["region/nmae eq 'b'", '$filter', 0],
    document: [{ 'region.nmae': 'b' }, 'where.region.nmae'],
    'JSON in a URL': [{ region: { nmae: 'b' } }, 'filter.region.nmae'],
    array: [['region.nmae', '=', 'b'], 'where[0]'],
    parameter: [{ 'region.nmae': 'a' }, 'region.nmae'],
  },
  'a function that is not there': {
    odata: ['lenght(name) gt 3', '$filter', 0],
    'odata in a document': ['lenght(name) gt 3', 'where', 0],
    document: [{ $expr: [{ $call: ['lenght', { $field: 'name' }] }, '>', 3] }, 'where.$expr[0].$call[0]'],
    'JSON in a URL': [{ name: { $eq: { $call: ['lenght', 1] } } }, 'filter.name.$eq.$call[0]'],
    array: [['name', '=', { $call: ['lenght', 1] }], 'where[2].$call[0]'],
  },
  'an operator that is not there': {
    odata: ["name equals 'a'", '$filter', 5],
    document: [{ name: { $equals: 'a' } }, 'where.name.$equals'],
    'JSON in a URL': [{ name: { $equals: 'a' } }, 'filter.name.$equals'],
    array: [['name', '===', 'a'], 'where[1]'],
    'array in a URL': [['name', '===', 'a'], 'filter[1]'],
    parameter: [{ 'name[equals]': 'a' }, 'name[equals]'],
  },
  'a text for a number': {
    odata: ["employees gt 'many'", '$filter', 0],
    'odata in a document': ["employees gt 'many'", 'where', 0],
    document: [{ employees: { $gt: 'many' } }, 'where.employees'],
    'JSON in a URL': [{ employees: 'many' }, 'filter.employees'],
    array: [['employees', '>', 'many'], 'where[0]'],
    parameter: [{ 'employees[gt]': 'many' }, 'employees[gt]'],
  },
  'a number for a text': {
    odata: ['name eq 5', '$filter', 0],
    document: [{ name: 5 }, 'where.name'],
    array: [['name', '=', 5], 'where[0]'],
  },
  'what is no date': {
    odata: ['founded_on lt 2024-02-30', '$filter', 0],
    document: [{ founded_on: { $lt: '2024-02-30' } }, 'where.founded_on'],
    array: [['founded_on', '<', '2024-02-30'], 'where[0]'],
    parameter: [{ 'founded_on[lt]': '2024-02-30' }, 'founded_on[lt]'],
  },
  'an argument of the wrong kind': {
    odata: ['length(employees) gt 3', '$filter', 7],
    document: [{ $expr: [{ $call: ['length', { $field: 'employees' }] }, '>', 3] }, 'where.$expr[0].$call[1].$field'],
  },
  'fields of different kinds': {
    odata: ['name eq employees', '$filter', 0],
    document: [{ name: { $eq: { $field: 'employees' } } }, 'where.name'],
    array: [['name', '=', { $field: 'employees' }], 'where[0]'],
  },
  'too deep': {
    odata: [`${'('.repeat(20)}name eq 'a'${')'.repeat(20)}`, '$filter', 6],
    'odata in a document': [`${'not ('.repeat(20)}name eq 'a'${')'.repeat(20)}`, 'where'],
    document: [nested(20, { name: 'a' }), 'where.$not.$not.$not.$not.$not.$not.$not'],
    'JSON in a URL': [nested(20, { name: 'a' }), 'filter.$not.$not.$not.$not.$not.$not.$not'],
    array: [arrays(20, ['name', '=', 'a']), 'where[1][1][1][1][1][1][1]'],
  },
  'too costly': {
    odata: [many((index) => `name eq '${index}'`).join(' and '), 'query'],
    document: [{ $and: many((index) => ({ name: String(index) })) }, 'query'],
    'JSON in a URL': [{ $and: many((index) => ({ name: String(index) })) }, 'query'],
    array: [['and', ...many((index) => ['name', '=', String(index)])], 'query'],
    parameter: [Object.fromEntries(many((index) => [`people.reports.name${index}`, 'a'])), 'people.reports.name0'],
  },
}

const cases = Object.entries(WRONG).flatMap(([what, dialects]) =>
  Object.entries(dialects).map(([dialect, [filter, parameter, position]]) => ({
    what,
    dialect: dialect as keyof typeof DIALECTS,
    filter,
    parameter,
    position,
  })),
)

test.each(cases)('$what, as $dialect: 400 with its place', async ({ dialect, filter, parameter, position }) => {
  const { status, json } = await DIALECTS[dialect](filter)
  expect(status, JSON.stringify(json)).toBe(400)
  expect(json.errors[0], JSON.stringify(json)).toMatchObject({ parameter, ...(position === undefined ? {} : { position }) })
  expect(bugs).toEqual([])
})

describe(`queries that were broken (seed ${SEED})`, () => {
  test('are answered, or refused with a place: never more', async () => {
    const world: World = { objects: new Map(OBJECTS.map((object) => [object.name, object])), rows: randomRows(random(SEED), 5) }
    const statuses = new Map<number, number>()
    for (let index = 0; index < CASES; index++) {
      const one = random(SEED + index)
      const { name } = one.pick(OBJECTS)
      const { query, values } = randomLanguageQuery(one, world, world.objects.get(name)!)
      const isUrl = one.chance(0.5)
      const wrong = isUrl ? brokenUrl(one, writeUrl(one, query, values)) : brokenDocument(one, writeDocument(one, query, values))
      const { status, json } = isUrl
        ? await wide.request(`/api/${name}?${wrong}`)
        : await wide.request(`/api/${name}/query`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: wrong })
      const place = `seed ${SEED + index}: ${name} ${wrong.slice(0, 2000)}\n${JSON.stringify(json)?.slice(0, 1000)}`
      expect([200, 400, 404, 413, 414], place).toContain(status)
      expect(bugs, place).toEqual([])
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      if (status !== 400) continue
      if (json.code !== 'INVALID_JSON' && json.code !== 'INVALID_REQUEST') expect(typeof json.errors?.[0]?.parameter, place).toBe('string')
      const { position = 0 } = json.errors?.[0] ?? {}
      expect(position, place).toBeGreaterThanOrEqual(0)
      expect(position, place).toBeLessThanOrEqual(wrong.length)
    }
    for (const status of [200, 400]) expect(statuses.get(status) ?? 0, JSON.stringify([...statuses])).toBeGreaterThan(CASES / 20)
  }, 120_000)
})

/** One or two changes: letters gone, doubled, exchanged, or something hostile in between. */
function broken(one: Random, text: string): string {
  const at = one.below(text.length + 1)
  const length = one.pick([0, 0, 1, 1, 2])
  const more = one.pick(['', ...HOSTILE.filter((item) => item.length < 20), text.slice(at, at + 10)])
  const changed = `${text.slice(0, at)}${more}${text.slice(at + length)}`
  return one.chance(0.2) ? broken(one, changed) : changed
}

/** Valid JSON with other values or other keys in it, now and then what is no JSON. */
function brokenDocument(one: Random, document: unknown): string {
  const text = JSON.stringify(document)
  if (one.chance(0.1)) return broken(one, text)
  let left = one.below(text.match(/"/g)?.length ?? 1) >> 1
  const replaced = (value: unknown): unknown => {
    if (left-- === 0)
      return one.pick<unknown>([one.pick(HOSTILE).slice(0, 50), 0, -1.5, 1e300, null, true, [], {}, [value], { $eq: value }])
    if (Array.isArray(value)) return value.map(replaced)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [left-- === 0 ? broken(one, key) : key, replaced(item)] as const))
  }
  return JSON.stringify(replaced(document))
}

/** What is broken is the query, not HTTP. */
function brokenUrl(one: Random, text: string): string {
  const pairs = [...new URLSearchParams(text)]
  const at = one.below(pairs.length)
  const written = pairs.map(([name, value], index) => {
    if (index !== at) return [name, value]
    return one.chance(0.9) ? [name, broken(one, value)] : [broken(one, name), value]
  })
  return written.map((pair) => pair.map((part) => encodeURIComponent((part ?? '').toWellFormed())).join('=')).join('&')
}
