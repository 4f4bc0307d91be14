import { describe, expect, test } from 'vitest'
import { ObjectQLError } from '../../../../../runtime-lite/problem/problem.ts'
import { randomLanguageQuery } from '../../../../support/language/random-language.ts'
import { OBJECTS, randomRows, type World } from '../../../../support/language/world.ts'
import { writeDocument, writeUrl } from '../../../../support/language/write-language.ts'
import { QUERY_LIMITS, queryOfDocument, queryOfUrl } from '../../../../support/parsed-query.ts'
import { type Random, random, testSeed } from '../../../../support/random.ts'

const SEED = testSeed()
const LIMITS = { ...QUERY_LIMITS, maxFilterDepth: 1e9, maxExpandDepth: 4 }

/** Characters and words that mean something somewhere. */
// biome-ignore format: a list
const PIECES = ["'", '(', ')', ',', '=', ';', '&', '$', '.', '/', ':', '-', ' ', '%27', '%', '%zz', '[', ']', '{', '}', '"', '\\', '\u0000', '\u0001', '\u0003', '💥', '\ud800', ' and ', ' or ', 'not ', 'null', ' eq ', ' in (', 'any(c:', '0', '-1', 'true', '$filter=', ' desc', ' nulls last', ' as x', '__proto__', 'constructor']

function mangled(one: Random, text: string): string {
  let result = text
  for (let count = 1 + one.below(4); count > 0; count--) {
    const at = one.below(result.length + 1)
    const to = Math.min(result.length, at + one.below(one.chance(0.2) ? 30 : 3))
    const piece = one.chance(0.3) ? result.slice(one.below(result.length + 1)).slice(0, 10) : one.pick(PIECES)
    result = result.slice(0, at) + piece + result.slice(to)
  }
  return result
}

/** What is refused is refused in the one way there is, with a place inside the text. */
function attempt(run: () => unknown, text: string, info: string): boolean {
  try {
    run()
    return true
  } catch (error) {
    expect(error, info).toBeInstanceOf(ObjectQLError)
    const { status, errors } = error as ObjectQLError
    expect(status, info).toBe(400)
    const [place] = errors ?? []
    expect(place, info).toHaveProperty('parameter')
    const position = (place as { readonly position?: number }).position ?? 0
    expect(position, info).toBeGreaterThanOrEqual(0)
    expect(position, info).toBeLessThanOrEqual(text.length)
    return false
  }
}

describe(`mangled queries (seed ${SEED})`, () => {
  const world: World = { objects: new Map(OBJECTS.map((object) => [object.name, object])), rows: randomRows(random(SEED), 8) }

  test('query strings', () => {
    let taken = 0
    for (let index = 0; index < 4000; index++) {
      const one = random(SEED + index)
      const { query, values } = randomLanguageQuery(one, world, one.pick(OBJECTS))
      const text = mangled(one, writeUrl(one, query, values))
      if (attempt(() => queryOfUrl(text, LIMITS), text, `seed ${SEED + index}: ${text}`)) taken++
    }
    expect(taken).toBeGreaterThan(20)
  })

  test('documents', () => {
    let taken = 0
    for (let index = 0; index < 3000; index++) {
      const one = random(SEED + index)
      const { query, values } = randomLanguageQuery(one, world, one.pick(OBJECTS))
      const text = mangled(one, JSON.stringify(writeDocument(one, query, values)))
      let document: unknown
      try {
        document = JSON.parse(text)
      } catch {
        continue
      }
      if (attempt(() => queryOfDocument(document, { limits: LIMITS }), text, `seed ${SEED + index}: ${text}`)) taken++
    }
    expect(taken).toBeGreaterThan(20)
  })

  test('text of random pieces', () => {
    for (let index = 0; index < 1000; index++) {
      const one = random(SEED + index)
      const text = Array.from({ length: one.below(12) }, () =>
        one.chance(0.3) ? one.pick(['a', 'b/c', 'length', 'x']) : one.pick(PIECES),
      ).join('')
      for (const name of ['$filter', '$orderby', '$expand', 'groupBy', 'aggregate', '$select', 'a[in]'])
        attempt(() => queryOfUrl(`${name}=${text}`, LIMITS), `${name}=${text}`, `seed ${SEED + index}: ${name}=${text}`)
      for (const name of ['where', 'orderBy', 'expand', 'groupBy', 'aggregate', 'select'])
        attempt(() => queryOfDocument({ [name]: text }, { limits: LIMITS }), text, `seed ${SEED + index}: ${name}=${text}`)
    }
  })
})

describe('whatever the limits say, deep nesting is refused and does not overflow the stack', () => {
  const MANY = 20_000
  const nested = (open: string, inner: string, close = ''): string => open.repeat(MANY) + inner + close.repeat(MANY)
  const around = (wrap: (inner: unknown) => unknown, innermost: unknown): unknown => {
    let value = innermost
    for (let depth = 0; depth < MANY; depth++) value = wrap(value)
    return value
  }

  test.each([
    ['parentheses', nested('(', 'a eq 1', ')')],
    ['not', nested('not ', 'a eq 1')],
    ['minus', nested('- ', 'a eq 1')],
    ['calls', `${nested('abs(', 'a', ')')} eq 1`],
    ['arguments', `${nested('concat(a,', 'a', ')')} eq 1`],
    ['calculations', `a${' add 1'.repeat(MANY)} eq 1`],
    ['any', Array.from({ length: MANY }, (_, index) => `c/any(v${index}:`).join('') + ')'.repeat(MANY)],
  ])('$filter: %s', (_, text) => {
    expect(attempt(() => queryOfDocument({ where: text }, { limits: LIMITS }), text, '')).toBe(false)
    expect(attempt(() => queryOfUrl(`$filter=${encodeURIComponent(text)}`, LIMITS), text, '')).toBe(false)
  })

  test.each<[string, (inner: unknown) => unknown]>([
    ['lists', (inner) => [inner]],
    ['$and', (inner) => ({ $and: [inner] })],
    ['$not', (inner) => ({ $not: inner })],
    ['relations', (inner) => ({ a: inner })],
    ['$some', (inner) => ({ a: { $some: inner } })],
    ['$not of a field', (inner) => ({ a: { $not: inner } })],
  ])('where: %s', (_, wrap) => {
    expect(attempt(() => queryOfDocument({ where: around(wrap, { a: 1 }) }, { limits: LIMITS }), '', '')).toBe(false)
  })

  test('calls in JSON, and relations to expand', () => {
    const call = around((inner) => ({ $call: ['abs', inner] }), 1)
    expect(attempt(() => queryOfDocument({ where: { a: call } }, { limits: LIMITS }), '', '')).toBe(false)
    expect(attempt(() => queryOfDocument({ orderBy: { by: call } }, { limits: LIMITS }), '', '')).toBe(false)
    const expand = around((inner) => ({ a: { expand: inner } }), 'a')
    expect(attempt(() => queryOfDocument({ expand }, { limits: LIMITS }), '', '')).toBe(false)
    expect(attempt(() => queryOfDocument({ expand: 'a.'.repeat(MANY) }, { limits: LIMITS }), 'a.'.repeat(MANY), '')).toBe(false)
    const items = around((inner) => [inner], 'a')
    for (const name of ['orderBy', 'groupBy', 'aggregate', 'select', 'expand'])
      expect(attempt(() => queryOfDocument({ [name]: items }, { limits: LIMITS }), '', '')).toBe(false)
  })

  test('long chains of one joiner are taken', () => {
    const text = Array.from({ length: MANY }, () => 'a eq 1').join(' or ')
    expect(queryOfDocument({ where: text }).query.where).toMatchObject({ kind: 'or' })
    expect(queryOfDocument({ where: `(a eq 1)${' eq false'.repeat(MANY)}` }).query.where).toMatchObject({ kind: 'compare' })
  })
})
