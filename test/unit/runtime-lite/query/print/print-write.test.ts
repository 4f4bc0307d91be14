import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import type { SqlValue } from '../../../../../runtime-lite/object/object-plan.ts'
import type { BoundSort } from '../../../../../runtime-lite/query/bound.ts'
import { bindAll } from '../../../../../runtime-lite/query/print/mark.ts'
import { mysqlDialect } from '../../../../../runtime-lite/query/print/mysql.ts'
import { postgresDialect } from '../../../../../runtime-lite/query/print/postgres.ts'
import {
  type FilteredStatement,
  maxInsertRows,
  printDelete,
  printDeleteMany,
  printInsert,
  printLock,
  printSelectById,
  printSelectByIds,
  printSelectByKey,
  printSelectIds,
  printUpdate,
  printUpdateMany,
  printUpsert,
  type RecordFilter,
  storedFieldsOf,
  type WriteStatement,
} from '../../../../../runtime-lite/query/print/print-write.ts'
import { sqliteDialect } from '../../../../../runtime-lite/query/print/sqlite.ts'
import { type BoundScope, canonical, compareScopes, holds } from '../../../../support/bound-answer.ts'
import { BoundMaker, createTable, type Json, planOf, randomRows, storedValue } from '../../../../support/bound-random.ts'
import { random, testSeed } from '../../../../support/random.ts'

const seed = testSeed()

const plan = planOf('order', 'or"der', (fields) =>
  sqliteDialect.jsonObject(
    Object.entries(fields)
      .filter(([, field]) => !field.isWriteOnly)
      .map(([name, field]) => [name, sqliteDialect.jsonValue(sqliteDialect.quoteName(field.column ?? name), field)] as const),
  ),
)

const valuesOf = (row: Json, version = 1): SqlValue[] => [
  ...storedFieldsOf(plan).map((name) => storedValue(row[name], plan.fields[name]!)),
  version,
]

const visible = ({ secret: _secret, ...row }: Json): Json => row

class Store {
  readonly db = new DatabaseSync(':memory:')

  constructor(rows: readonly Json[] = [], more = '') {
    this.db.exec(createTable(plan) + more)
    for (const row of rows) this.run(printInsert(plan, sqliteDialect), valuesOf(row))
  }

  run(statement: WriteStatement, values: readonly SqlValue[]): { readonly rows: unknown[][]; readonly changes: number } {
    const prepared = this.db.prepare(statement.sql)
    expect(prepared.columns().length > 0).toBe(statement.returnsRows)
    if (!statement.returnsRows) return { rows: [], changes: Number(prepared.run(...values).changes) }
    prepared.setReturnArrays(true)
    const rows = prepared.all(...values) as unknown as unknown[][]
    return { rows, changes: rows.length }
  }

  filtered(statement: FilteredStatement, own: readonly SqlValue[] = []) {
    return this.run(statement, [...own, ...bindAll(statement.parameters, [], { now: 0 })])
  }

  /** Everything there is, with versions. */
  all(): ReadonlyMap<unknown, readonly [Json, unknown]> {
    const { rows } = this.run(printSelectByIds(plan, sqliteDialect), [
      JSON.stringify(
        this.db
          .prepare(`select "id" from ${plan.table}`)
          .all()
          .map((row) => row['id']),
      ),
    ])
    return new Map(rows.map(([json, version, id]) => [id, [JSON.parse(String(json)) as Json, version]]))
  }
}

describe(`statements of writes on SQLite, seed ${seed}`, () => {
  test('one record or as many as a statement takes', () => {
    const rows = randomRows(random(seed), 60)
    const store = new Store()
    const [first, ...rest] = rows
    store.run(printInsert(plan, sqliteDialect), valuesOf(first!, 7))
    const { rows: one } = store.run(printSelectById(plan, sqliteDialect), [first!['id'] as string])
    expect([JSON.parse(String(one[0]![0])), one[0]![1]]).toEqual([canonical(visible(first!)), 7])
    const { rows: many } = store.run(
      printInsert(plan, sqliteDialect, rest.length),
      rest.flatMap((row) => valuesOf(row)),
    )
    const byId = new Map(many.map(([json, , id]) => [id, JSON.parse(String(json))]))
    for (const row of rest) expect(byId.get(row['id'])).toEqual(canonical(visible(row)))
    const most = maxInsertRows(plan, sqliteDialect)
    expect(most * (storedFieldsOf(plan).length + 1)).toBeLessThanOrEqual(sqliteDialect.maxParameters)
    expect(() => store.db.prepare(printInsert(plan, sqliteDialect, most).sql)).not.toThrow()
  })

  test('updates change what is named, add to what is counted and mind the version', () => {
    const chance = random(seed + 1)
    const rows = randomRows(chance, 20)
    const store = new Store(rows)
    const current = new Map(rows.map((row) => [row['id'], { ...row }]))
    const versions = new Map(rows.map((row) => [row['id'], 1]))
    for (const patch of randomRows(chance, 200)) {
      const id = chance.pick(rows)['id'] as string
      const set = storedFieldsOf(plan).filter((name) => name !== 'id' && name !== 'key' && chance.chance(0.2))
      const increment = chance.chance(0.5) ? ['key'] : []
      const step = chance.below(9) - 4
      const ifVersion = chance.chance(0.3)
      const isCurrent = chance.chance(0.5)
      const before = versions.get(id)!
      const { changes } = store.run(printUpdate(plan, sqliteDialect, { set, increment }, { ifVersion }), [
        ...set.map((name) => storedValue(patch[name], plan.fields[name]!)),
        ...increment.map(() => step),
        id,
        ...(ifVersion ? [isCurrent ? before : before + 1] : []),
      ])
      if (ifVersion && !isCurrent) {
        expect(changes).toBe(0)
        continue
      }
      const record = current.get(id)! as { [name: string]: unknown }
      for (const name of set) record[name] = patch[name]
      if (increment.length > 0) record['key'] = Number(record['key'] ?? 0) + step
      versions.set(id, before + 1)
      const { rows: found } = store.run(printSelectById(plan, sqliteDialect), [id])
      expect([changes, JSON.parse(String(found[0]![0])), found[0]![1]]).toEqual([1, canonical(visible(record)), before + 1])
    }
    for (const [id, [json, version]] of store.all()) {
      expect(json).toEqual(canonical(visible(current.get(id)!)))
      expect(version).toBe(versions.get(id))
    }
  })

  test('an upsert inserts, or changes the record with the same key', () => {
    const rows = randomRows(random(seed + 2), 4).map((row, index) => ({ ...row, j: `key${index}`, key: index === 1 ? null : 10 }))
    const store = new Store(rows, `; create unique index u on ${plan.table} ("it's")`)
    const statement = printUpsert(plan, sqliteDialect, { key: ['j'], changed: { set: ['t"x'], increment: ['key'] }, rows: 3 })
    const inputs = [
      { ...rows[0]!, id: 'other', 't"x': 'changed', key: 5 },
      { ...rows[1]!, id: 'third', 't"x': null, key: 5 },
      { ...rows[2]!, id: 'new', j: 'fresh', key: 5 },
    ]
    const { rows: found } = store.run(
      statement,
      inputs.flatMap((row) => valuesOf(row, 100)),
    )
    const byId = new Map(found.map(([json, version, id]) => [id, { ...(JSON.parse(String(json)) as Json), version }]))
    expect(byId.get('r0')).toMatchObject({ id: 'r0', 't"x': 'changed', key: 15, version: 2 })
    expect(byId.get('r1')).toMatchObject({ id: 'r1', 't"x': null, key: 5, version: 2 })
    expect(byId.get('new')).toMatchObject({ id: 'new', j: 'fresh', key: 5, version: 100 })
    expect(store.all().size).toBe(5)
  })

  test('deletes say whether there was something', () => {
    const store = new Store(randomRows(random(seed + 3), 3))
    expect(store.run(printDelete(plan, sqliteDialect, { ifVersion: true }), ['r0', 2]).changes).toBe(0)
    expect(store.run(printDelete(plan, sqliteDialect, { ifVersion: true }), ['r0', 1]).changes).toBe(1)
    expect(store.run(printDelete(plan, sqliteDialect), ['r0']).changes).toBe(0)
    expect(store.run(printDelete(plan, sqliteDialect), ['r1']).changes).toBe(1)
    expect([...store.all().keys()]).toEqual(['r2'])
  })

  test('many are changed and deleted by any condition, as many as wanted', () => {
    for (let caseSeed = seed; caseSeed < seed + 60; caseSeed++) {
      const chance = random(caseSeed)
      const rows = randomRows(chance, 15)
      const maker = new BoundMaker(chance, plan)
      const where = maker.condition('t0', 2)
      const orderBy: readonly BoundSort[] = maker.sort('t0')
      const limit = chance.chance(0.5) ? chance.below(5) : undefined
      const filter: RecordFilter = {
        plan,
        alias: 't0',
        where,
        ...(limit === undefined ? {} : { orderBy, limit: maker.parameter(limit, 'integer') }),
      }
      const tables = { rows: new Map([['order', rows]]), now: 0 }
      const expected = rows
        .map((row): BoundScope => new Map([['t0', row]]))
        .filter((scope) => holds(where, scope, tables))
        .sort(limit === undefined ? () => 0 : compareScopes(orderBy, tables))
        .slice(0, limit)
        .map((scope) => scope.get('t0')!['id'])
      const store = new Store(rows)
      const picked = store.filtered(printSelectIds(filter, sqliteDialect))
      expect(new Set(picked.rows.map(([id]) => id)), `case ${caseSeed}`).toEqual(new Set(expected))
      const changed = store.filtered(printUpdateMany(filter, sqliteDialect, { set: ['new\nline'], increment: ['value'] }), ['mark', 1])
      expect(changed.changes).toBe(expected.length)
      const marked = [...store.all().values()].filter(([, version]) => version === 2).map(([json]) => json)
      expect(new Set(marked.map((json) => json['id']))).toEqual(new Set(expected))
      expect(marked.every((json) => json['new\nline'] === 'mark')).toBe(true)
      const other = new Store(rows)
      expect(other.filtered(printDeleteMany(filter, sqliteDialect)).changes).toBe(expected.length)
      expect(new Set(other.all().keys())).toEqual(new Set(rows.map((row) => row['id']).filter((id) => !expected.includes(id))))
    }
  })

  test('records by id and by key', () => {
    const rows = randomRows(random(seed + 4), 3)
    const store = new Store(rows)
    expect(store.run(printSelectById(plan, sqliteDialect), ['r1']).rows).toEqual([[expect.stringContaining('"r1"'), 1]])
    expect(store.run(printLock(plan, sqliteDialect), ['r1']).rows).toEqual([[1]])
    expect(store.run(printLock(plan, sqliteDialect), ['r9']).rows).toEqual([])
    expect(
      store.run(printSelectByKey(plan, sqliteDialect, ['id', 'at']), ['r2', rows[2]!['at'] as string]).rows.map(([, , id]) => id),
    ).toEqual(['r2'])
  })
})

describe('statements of writes on other databases', () => {
  const [mysql, mariadb] = [mysqlDialect('mysql'), mysqlDialect('mariadb')]

  test('what a guard asks for is compared one after the other: SQLite builds no table of it', () => {
    const { db } = new Store()
    const tables = (count: number, orNull = false): number => {
      const { sql } = printUpdate(plan, sqliteDialect, { set: ['j'] }, { guards: [{ field: 't"x', count, orNull }] })
      return db
        .prepare(`explain ${sql}`)
        .all()
        .filter(({ opcode }) => opcode === 'OpenEphemeral').length
    }
    const without = tables(0, true)
    for (const count of [1, 2, 3, 16]) expect([tables(count), tables(count, true)]).toEqual([without, without])
    // Of many values a table is found sooner.
    expect(tables(17)).toBe(without + 1)
  })

  test('rows come back where the database gives them', () => {
    expect(printInsert(plan, postgresDialect).sql).toMatch(/ returning .*"_version"$/s)
    expect(printInsert(plan, mysql).returnsRows).toBe(false)
    expect(printInsert(plan, mariadb).returnsRows).toBe(true)
    expect(printUpdate(plan, mariadb, { set: ['j'] }).returnsRows).toBe(false)
  })

  test('what is read to be changed is locked, and is no read', () => {
    for (const dialect of [postgresDialect, mysql]) {
      expect(printLock(plan, dialect)).toMatchObject({ sql: expect.stringMatching(/ for update$/), isRead: false })
      expect(printSelectById(plan, dialect).isRead).toBe(true)
      expect(printSelectById(plan, dialect, { isLocked: true })).toMatchObject({
        sql: expect.stringMatching(/ for update$/),
        isRead: false,
      })
    }
    expect(printLock(plan, sqliteDialect).isRead).toBe(true)
  })

  test('names are quoted as each database quotes them, values are parameters of the right kind', () => {
    const { sql, kinds } = printUpdate(plan, mysql, { set: ['t"x', 'flag', 'day'], increment: ['value'] }, { ifVersion: true })
    expect(sql).toContain('update `or"der` set `a"b` = ?')
    expect(kinds).toEqual(['text', 'boolean', 'date', 'real', 'text', 'integer'])
    expect(printUpdate(plan, postgresDialect, { set: ['j'] }).sql).toMatch(
      /^update "or""der" set "it's" = \$1::text, .* where "id" = \$2::text returning/s,
    )
  })
})
