import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Query } from '../../../../runtime-lite/query/ast.ts'
import { EMPTY_QUERY } from '../../../../runtime-lite/query/empty-query.ts'
import { parseQueryDocument } from '../../../../runtime-lite/query/parse/query-document.ts'
import { scanUrl } from '../../../../runtime-lite/query/parse/scan-url.ts'
import { parseUrlQuery } from '../../../../runtime-lite/query/parse/url-query.ts'
import { sha256Hex, shapeHash } from '../../../../runtime-lite/query/shape-hash.ts'
import { randomLanguageQuery } from '../../../support/language/random-language.ts'
import { OBJECTS, randomRows, type World } from '../../../support/language/world.ts'
import { writeDocument, writeUrl } from '../../../support/language/write-language.ts'
import { random, testSeed } from '../../../support/random.ts'

test('the digest is SHA-256', () => {
  for (let length = 0; length < 300; length += 7) {
    const text = 'aé🔥'.repeat(length).slice(0, length)
    expect(sha256Hex(text)).toBe(createHash('sha256').update(text).digest('hex'))
  }
})

const named = (path: string, extra: object = {}): Query => ({
  ...EMPTY_QUERY,
  where: {
    kind: 'compare',
    operator: 'eq',
    left: { kind: 'field', path: [path], ...extra },
    right: { kind: 'value', value: { kind: 'slot', index: 0, type: 'string' } },
  },
})

test('equal structures have equal hashes, wherever they were written', () => {
  const hash = shapeHash('user', 'list', named('name', { at: 4, parameter: '$filter' }))
  expect(hash).toMatch(/^[0-9a-f]{64}$/)
  expect(shapeHash('user', 'list', named('name'))).toBe(hash)
  expect(shapeHash('user', 'count', named('name'))).not.toBe(hash)
  expect(shapeHash('account', 'list', named('name'))).not.toBe(hash)
  expect(shapeHash('user', 'list', named('nam'))).not.toBe(hash)
  const { where, ...rest } = named('name')
  expect(shapeHash('user', 'list', { where: where!, ...rest })).toBe(hash)
})

const LIMITS = { maxFilterDepth: 32, maxExpandDepth: 4, maxPageSize: 1000, defaultPageSize: 50 }
const hashOfUrl = (text: string): string => shapeHash('user', 'list', parseUrlQuery(scanUrl(text, 0), LIMITS).query)
const hashOfDocument = (document: object): string => shapeHash('user', 'list', parseQueryDocument(document, { limits: LIMITS }).query)

test('a query has one hash however it comes', () => {
  const hash = hashOfDocument({ where: { status: 'open', age: { $gt: 5 } }, orderBy: { name: 'asc' }, select: ['id', 'name'], limit: 5 })
  for (const text of [
    "$filter=status eq 'open' and age gt 5&$orderby=name&$select=id,name&$top=5",
    "$top=7&$select=name,id&$orderby=name asc&$filter=3 lt age and (status eq 'closed')",
    'filter={"age":{"$gt":1},"status":"x"}&sort=name&fields=id,name&limit=1',
    "$filter=not (status ne 'open') and age gt 5&$orderby=name asc nulls first&$select=id,name&$top=5&$count=false",
  ])
    expect(hashOfUrl(text.replaceAll(' ', '%20').replaceAll('"', '%22').replaceAll('{', '%7B').replaceAll('}', '%7D')), text).toBe(hash)
  const others = [
    { where: { status: 'open' } },
    { where: { status: 'open', age: { $gte: 5 } }, orderBy: { name: 'asc' }, select: ['id', 'name'], limit: 5 },
  ]
  for (const other of others) expect(hashOfDocument(other)).not.toBe(hash)
  expect(hashOfDocument({ where: { $or: [{ a: 1 }, { b: 2 }] } })).not.toBe(hashOfDocument({ where: { a: 1, b: 2 } }))
})

const SEED = testSeed()

test(`random queries have one hash as URL, as document and as they are (seed ${SEED})`, () => {
  const world: World = { objects: new Map(OBJECTS.map((object) => [object.name, object])), rows: randomRows(random(SEED), 6) }
  const hashes = new Set<string>()
  for (let index = 0; index < 800; index++) {
    const one = random(SEED + index)
    const { query, values } = randomLanguageQuery(one, world, one.pick(OBJECTS))
    const hash = shapeHash('user', 'list', query)
    const url = writeUrl(one, query, values)
    expect(hashOfUrl(url), `seed ${SEED + index}: ${url}`).toBe(hash)
    const document = JSON.parse(JSON.stringify(writeDocument(one, query, values))) as object
    expect(hashOfDocument(document), `seed ${SEED + index}: ${JSON.stringify(document)}`).toBe(hash)
    hashes.add(hash)
  }
  expect(hashes.size).toBeGreaterThan(400)
})
