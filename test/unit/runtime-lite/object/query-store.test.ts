import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Session } from '../../../../runtime-lite/database/session.ts'
import { createQueryStore, type QueryStore } from '../../../../runtime-lite/object/query-store.ts'
import { MissingPlan } from '../../../../runtime-lite/query/bind/bind-scope.ts'
import { parseQueryDocument } from '../../../../runtime-lite/query/parse/query-document.ts'
import { sqliteDialect } from '../../../../runtime-lite/query/print/sqlite.ts'
import { createTurnSession } from '../../../../runtime-lite/sqlite/session.ts'
import { createTurn, type Turn } from '../../../../runtime-lite/sqlite/turn.ts'
import { type CompiledWorld, compiledWorld } from '../../../support/language/engines.ts'
import { OBJECTS } from '../../../support/language/world.ts'
import { type Random, random, testSeed } from '../../../support/random.ts'
import { refusal } from '../../../support/url-query.ts'

const LIMITS = { maxExpandDepth: 3, maxFilterDepth: 16, maxPageSize: 1_000, defaultPageSize: 50 }

let world: CompiledWorld
let db: DatabaseSync
let turn: Turn
let people: QueryStore
let statements: string[] = []

/** A session that remembers what ran. */
const watched = (session: Session): Session => ({
  ...session,
  run(statement, values) {
    statements.push(statement.sql)
    return session.run(statement, values)
  },
  row(statement, values) {
    statements.push(statement.sql)
    return session.row(statement, values)
  },
})

beforeAll(async () => {
  world = await compiledWorld(OBJECTS)
  db = new DatabaseSync(':memory:', { enableForeignKeyConstraints: false })
  db.exec(world.schema('sqlite'))
  db.exec(`create table "_objectql" ("key" text primary key not null, "value" text not null) without rowid`)
  turn = createTurn(db)
  people = storeOf('person', (name) => world.plans.get(name))
})

afterAll(() => {
  turn.flush()
  db.close()
})

function storeOf(object: string, loadedPlan: (name: string) => ReturnType<CompiledWorld['plans']['get']>): QueryStore {
  const session = watched(createTurnSession(db, sqliteDialect, turn))
  return createQueryStore(world.plans.get(object)!, { session, limits: LIMITS, loadedPlan })
}

const insert = (id: string, name: string | null, age: number | null): void => {
  db.prepare(`insert into "person" ("id", "name", "age", "created_at", "updated_at", "_version") values (?, ?, ?, '2024', '2024', 1)`).run(
    id,
    name,
    age,
  )
}

interface Page {
  readonly items: readonly { readonly id: string; readonly age: number | null; readonly name: string | null }[]
  readonly total?: number
  readonly next_cursor?: string
}

function find(options: object): Page {
  statements = []
  const { query, values } = parseQueryDocument(options, { limits: LIMITS })
  const row = people.fromQuery('list', query, values)
  if (row instanceof Promise) throw new Error('An embedded database waited.')
  return JSON.parse(typeof row[0] === 'string' ? row[0] : Buffer.from(row[0] as Uint8Array).toString()) as Page
}

/** All ids, page by page; `between` runs between two of them. */
function walk(options: object, between: (seen: readonly string[]) => void = () => undefined): readonly string[] {
  const ids: string[] = []
  let cursor: string | undefined = ''
  while (cursor !== undefined) {
    const page = find({ ...options, cursor })
    ids.push(...page.items.map(({ id }) => id))
    cursor = page.next_cursor
    between(ids)
  }
  return ids
}

describe('pages by cursor', () => {
  const fields = ['age', 'name', 'id', 'company', 'created_at', 'manager.age']
  const randomOrder = (generator: Random): string =>
    Array.from({ length: generator.below(3) }, () => {
      const nulls = generator.pick(['', ' nulls first', ' nulls last'])
      return `${generator.pick(fields)} ${generator.pick(['asc', 'desc'])}${nulls}`
    })
      .filter((item, index, all) => all.findIndex((other) => other.split(' ')[0] === item.split(' ')[0]) === index)
      .join(',')

  beforeAll(() => {
    const generator = random(7)
    for (let index = 0; index < 60; index++)
      insert(
        `p${String(index).padStart(3, '0')}`,
        generator.chance(0.2) ? null : generator.pick(['a', 'B', 'Ä', '🔥']),
        generator.chance(0.2) ? null : generator.below(5),
      )
  })

  test('any order: page by page the same as at once', () => {
    const seed = testSeed()
    console.log(`cursor pages: OBJECTQL_SEED=${seed}`)
    const generator = random(seed)
    for (let round = 0; round < 60; round++) {
      const orderBy = randomOrder(generator)
      const where = generator.chance(0.5) ? { age: { $gte: 1 } } : {}
      const whole = find({ orderBy, where, limit: 1_000 }).items.map(({ id }) => id)
      expect(walk({ orderBy, where, limit: 1 + generator.below(20) }), orderBy).toEqual(whole)
    }
  })

  test('what is inserted or deleted meanwhile shifts nothing', () => {
    let round = 0
    const ids = walk({ orderBy: 'age desc', limit: 10 }, (seen) => {
      const last = seen.at(-1)!
      // Behind, before and at the place the client is.
      insert(`z${round}`, 'x', round % 2 === 0 ? 99 : -1)
      db.prepare('delete from "person" where "id" = ?').run(last)
      round++
    })
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.filter((id) => id.startsWith('p'))).toHaveLength(60)
    expect(ids).toContain('z1')
    expect(ids).not.toContain('z0')
  })

  test('a page, its total and the next cursor are two statements, known shapes parse nothing', () => {
    const page = find({ orderBy: 'name', limit: 5, cursor: '', count: true })
    expect(page.items).toHaveLength(5)
    expect(page.total).toBeGreaterThan(5)
    expect(statements).toHaveLength(2)
    const next = find({ orderBy: 'name', limit: 5, cursor: page.next_cursor! })
    expect(statements).toHaveLength(1)
    expect(next.items[0]!.id).not.toBe(page.items[4]!.id)
  })

  test('pages without a cursor are one statement and have no next_cursor', () => {
    expect(find({ limit: 2, count: true })).toEqual({ items: [expect.anything(), expect.anything()], total: expect.any(Number) })
    expect(statements).toHaveLength(1)
  })

  test('a cursor of another order is refused', () => {
    const { next_cursor: cursor } = find({ orderBy: 'name', limit: 5, cursor: '' })
    expect(refusal(() => find({ orderBy: 'name desc', limit: 5, cursor }))).toMatchObject({ status: 400, at: { parameter: 'cursor' } })
    expect(refusal(() => find({ cursor: 'made.up' }))).toMatchObject({ status: 400, at: { parameter: 'cursor' } })
  })

  test('the secret is kept in the database, so cursors outlive the process', () => {
    const { next_cursor: cursor } = find({ orderBy: 'name', limit: 5, cursor: '' })
    const before = people
    // The same database, opened by another process.
    people = storeOf('person', (name) => world.plans.get(name))
    expect(find({ orderBy: 'name', limit: 5, cursor }).items).toHaveLength(5)
    people = before
  })
})

describe('what the database is not asked for', () => {
  test.each([
    [{ where: { $and: [{ name: 'a' }, { name: 'b' }] } }, { items: [] }],
    [
      { where: { $and: [{ name: 'a' }, { name: 'b' }] }, count: true },
      { items: [], total: 0 },
    ],
    [{ where: { name: { $in: [] } } }, { items: [] }],
  ])('%j', (options, expected) => {
    expect(find(options)).toEqual(expected)
    expect(statements).toEqual([])
  })

  test('values are checked all the same', () => {
    expect(refusal(() => find({ where: { $and: [{ name: 'a' }, { name: 'b' }] }, limit: 5_000 })).message).toBe(
      '"$top" must be a whole number from 0 to 1000.',
    )
  })

  test('the same shape with other values is asked', () => {
    find({ where: { $and: [{ name: 'a' }, { name: 'a' }] } })
    expect(statements).toHaveLength(1)
  })
})

test('relations of any depth are one statement', () => {
  find({
    expand: { company: { expand: { region: true } }, reports: { limit: 2, expand: { manager: true } } },
    where: { 'manager.name': 'a' },
  })
  expect(statements).toHaveLength(1)
})

test('from a URL: one plan per shape, and what is missing is said before anything is done', () => {
  const url = '/api/person?$filter=age%20ge%201%20and%20manager/name%20eq%20%27a%27&$top=3'
  statements = []
  const bare = storeOf('person', (name) => (name === 'company' ? world.plans.get(name) : undefined))
  expect(() => bare.fromUrl('list', url, 12)).toThrow(MissingPlan)
  expect(statements).toEqual([])
  people.fromUrl('list', url, 12)
  people.fromUrl('list', url.replace('ge%201', 'ge%202'), 12)
  expect(statements).toHaveLength(2)
  expect(new Set(statements).size).toBe(1)
  expect(people.fromUrl('count', '/api/person?age=-77', 12)).toEqual([0])
  expect(people.fromUrl('get', '?select=id', 1, 'nobody')).toEqual([])
  expect(people.fromUrl('get', '?select=name', 1, 'p001')).toEqual([expect.stringMatching(/^\{"name":/), 1])
})
