import { describe, expect, test } from 'vitest'
import type { Query, SlotValue } from '../../../../../runtime-lite/query/ast.ts'
import { parseQueryDocument } from '../../../../../runtime-lite/query/parse/query-document.ts'
import { scanUrl } from '../../../../../runtime-lite/query/parse/scan-url.ts'
import { parseUrlQuery } from '../../../../../runtime-lite/query/parse/url-query.ts'
import { normalQuery } from '../../../../support/language/normal-query.ts'
import { randomLanguageQuery } from '../../../../support/language/random-language.ts'
import { OBJECTS, randomRows, type World } from '../../../../support/language/world.ts'
import { writeDocument, writeUrl } from '../../../../support/language/write-language.ts'
import { random, testSeed } from '../../../../support/random.ts'

const LIMITS = { maxFilterDepth: 32, maxExpandDepth: 4, maxPageSize: 1000, defaultPageSize: 50 }
const SEED = testSeed()
const COUNT = 1500

/** Literals of a URL as they are bound: decoded. */
const decoded = (literals: readonly string[]): readonly string[] =>
  literals.map((literal) => decodeURIComponent(literal.replaceAll('+', ' ')))

describe(`whatever a query says, it says in every dialect (seed ${SEED})`, () => {
  const world: World = { objects: new Map(OBJECTS.map((object) => [object.name, object])), rows: randomRows(random(SEED), 12) }
  const cases = Array.from({ length: COUNT }, (_, index) => {
    const one = random(SEED + index)
    return { one, index, ...randomLanguageQuery(one, world, one.pick(OBJECTS)) }
  })

  test('as a query string', () => {
    for (const { one, index, query, values } of cases) {
      const text = writeUrl(one, query, values)
      const scanned = scanUrl(text, 0)
      const parsed = parseUrlQuery(scanned, LIMITS)
      const found = normalQuery(parsed.query, [...decoded(scanned.literals), ...parsed.extraValues])
      expect(found, `seed ${SEED + index}: ${decodeURIComponent(text.replaceAll('+', ' '))}`).toEqual(normalQuery(query, values))
    }
  })

  test('as a JSON document', () => {
    for (const { one, index, query, values } of cases) {
      const document = writeDocument(one, query, values)
      const parsed = parseQueryDocument(JSON.parse(JSON.stringify(document)), { limits: LIMITS })
      expect(normalQuery(parsed.query, parsed.values), `seed ${SEED + index}: ${JSON.stringify(document)}`).toEqual(
        normalQuery(query, values),
      )
    }
  })

  test('as a named query without parameters, where values are constants', () => {
    for (const { one, index, query, values } of cases.slice(0, 300)) {
      const document = writeDocument(one, query, values)
      const parsed = parseQueryDocument(JSON.parse(JSON.stringify(document)), { limits: LIMITS, parameters: [] })
      expect(parsed.values).toEqual([])
      expect(normalQuery(parsed.query, []), `seed ${SEED + index}`).toEqual(normalQuery(query, values))
    }
  })

  test('two query strings that differ in literals alone have one key', () => {
    for (const { one, query, values } of cases.slice(0, 300)) {
      const text = writeUrl(one, query, values)
      const scanned = scanUrl(text, 0)
      const parsed = parseUrlQuery(scanned, LIMITS)
      if (!parsed.isShapeOnly) continue
      // Other literals, the same structure: positions aside, the parser must not see them.
      const others = scanned.literals.map(() => '7')
      const again = parseUrlQuery({ key: scanned.key, literals: others }, LIMITS)
      expect(withoutPlaces(again.query)).toEqual(withoutPlaces(parsed.query))
      expect(slotsOf(parsed.query).every((slot) => slot < scanned.literals.length)).toBe(true)
    }
  })
})

const withoutPlaces = (query: Query): unknown =>
  JSON.parse(JSON.stringify(query, (key, value: unknown) => (key === 'at' ? undefined : value)))

function slotsOf(query: Query): readonly number[] {
  const slots: number[] = []
  JSON.stringify(query, (_, value: unknown) => {
    if (typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'slot')
      slots.push((value as unknown as { index: number }).index)
    return value
  })
  return slots
}

test('the writers write values of every kind', () => {
  const values: SlotValue[] = ["it's 100%+ & more", -5, 1e21, '']
  const slot = (index: number) => ({ kind: 'slot', index, type: 'string' }) as const
  const left = { kind: 'field', path: ['name'] } as const
  const query: Query = {
    where: { kind: 'in', left, values: values.map((_, index) => slot(index)) },
    orderBy: [],
    expand: [],
    isDistinct: false,
    total: 'none',
  }
  for (let seed = 0; seed < 50; seed++) {
    const scanned = scanUrl(writeUrl(random(seed), query, values), 0)
    const parsed = parseUrlQuery(scanned, LIMITS)
    expect(normalQuery(parsed.query, [...decoded(scanned.literals), ...parsed.extraValues])).toEqual(normalQuery(query, values))
  }
})
