import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import type { BoundCondition, BoundQuery, BoundSort } from '../../../../../runtime-lite/query/bound.ts'
import { bindAll } from '../../../../../runtime-lite/query/print/mark.ts'
import { printList } from '../../../../../runtime-lite/query/print/print-query.ts'
import { sqliteDialect } from '../../../../../runtime-lite/query/print/sqlite.ts'
import { BoundMaker, createTable, planOf } from '../../../../support/bound-random.ts'
import { random } from '../../../../support/random.ts'

const plan = planOf('order', 'order', (fields) =>
  sqliteDialect.jsonObject(
    Object.entries(fields).map(
      ([name, field]) => [name, sqliteDialect.jsonValue(sqliteDialect.quoteName(field.column ?? name), field)] as const,
    ),
  ),
)
const db = new DatabaseSync(':memory:')
db.exec(`${createTable(plan)};
  create index by_select_at on "order" ("select", "at");
  create index by_text on "order" ("a""b");
  create index by_parent on "order" ("parent");
  create index by_at on "order" ("at")`)

const maker = new BoundMaker(random(1), plan)
const ALL: BoundCondition = { kind: 'constant', holds: true }

const query = (change: Partial<BoundQuery>): BoundQuery => ({
  plan,
  alias: 't0',
  where: ALL,
  orderBy: [sort('id')],
  isDistinct: false,
  limit: maker.parameter(20, 'integer'),
  total: 'none',
  hasKeys: false,
  guards: [],
  notes: [],
  ...change,
})

const sort = (name: string, isDescending = false): BoundSort => ({
  by: maker.column('t0', name),
  isDescending,
  nullsFirst: !isDescending,
  isNotNull: name === 'id' || name === 'at',
})

/** What SQLite is going to do, one line per step. */
function steps(bound: BoundQuery): string[] {
  const { sql, parameters } = printList(bound, sqliteDialect)
  return db
    .prepare(`explain query plan ${sql}`)
    .all(...bindAll(parameters, [], { now: 0 }))
    .map((row) => String(row['detail']))
}

const equals = (name: string, alias = 't0'): BoundCondition => ({
  kind: 'compare',
  operator: 'eq',
  left: maker.column(alias, name),
  right: maker.value('a', 'text', 'text'),
  orNull: false,
})

describe('indexes on SQLite', () => {
  test('equality and a sort by the next column need no sorting', () => {
    const plan = steps(query({ where: equals('select'), orderBy: [sort('at', true), sort('id', true)] }))
    expect(plan).toContain('SEARCH t0 USING INDEX by_select_at (select=?)')
    expect(plan.join()).not.toContain('TEMP B-TREE')
  })

  test('a page by cursor starts where the page before ended', () => {
    const cursor = { values: [maker.parameter('2024', 'datetime'), maker.parameter('r1', 'text')] }
    const behind = { cursor, hasKeys: true, orderBy: [sort('at', true), sort('id', true)] }
    expect(steps(query(behind))).toEqual(['SEARCH t0 USING INDEX by_at ((at,id)<(?,?))'])
    expect(steps(query({ ...behind, where: equals('select') }))).toEqual([
      'SEARCH t0 USING INDEX by_select_at (select=? AND (at,id)<(?,?))',
    ])
    const mixed = { ...behind, orderBy: [sort('at', true), sort('id')] }
    expect(steps(query(mixed))[0]).toBe('SEARCH t0 USING INDEX by_at (at<?)')
  })

  test('what a text starts with is a range', () => {
    const right = maker.value('ab', 'text', 'text')
    const where: BoundCondition = { kind: 'match', operator: 'startswith', left: maker.column('t0', 't"x'), right, isNegated: false }
    expect(steps(query({ where }))).toContain('SEARCH t0 USING INDEX by_text (a"b>? AND a"b<?)')
  })

  test('a list in one parameter is looked up item by item', () => {
    const where: BoundCondition = {
      kind: 'in',
      left: maker.column('t0', 't"x'),
      values: [],
      list: maker.parameter('["a"]', 'list'),
      isNegated: false,
    }
    expect(steps(query({ where }))).toContain('SEARCH t0 USING INDEX by_text (a"b=?)')
  })

  test('expanded relations are found by their keys', () => {
    const [one, many] = [maker.relation('t0', 'lookup'), maker.relation('t0', 'children')]
    const plan = steps(
      query({
        record: [
          { kind: 'one', key: 'one', relation: one, record: undefined },
          { kind: 'many', key: 'many', relation: many, record: undefined, where: ALL, orderBy: [], limit: maker.parameter(3, 'integer') },
        ],
      }),
    )
    expect(plan).toContain(`SEARCH ${one.alias} USING PRIMARY KEY (id=?)`)
    expect(plan).toContain(`SEARCH ${many.alias} USING INDEX by_parent (parent=?)`)
    expect(plan.join()).not.toContain('TEMP B-TREE')
  })

  test('related records that meet a condition are found by their keys', () => {
    for (const [kind, step] of [
      ['lookup', 'USING PRIMARY KEY (id=?)'],
      ['children', 'USING INDEX by_parent (parent=?)'],
    ] as const) {
      const relation = maker.relation('t0', kind)
      const where: BoundCondition = { kind: 'exists', relation, where: equals('j', relation.alias), isNegated: false }
      const found = steps(query({ where })).filter((line) => line.startsWith(`SEARCH ${relation.alias} `))
      expect(found.join()).toContain(step)
    }
  })

  test('a sort by a field of a related record reads that record by its key', () => {
    const by = maker.lookup('t0', (alias) => maker.column(alias, 'value'))
    const plan = steps(query({ orderBy: [{ by, isDescending: false, nullsFirst: true, isNotNull: false }, sort('id')] }))
    expect(plan.join('\n')).toMatch(/SEARCH t\d+ USING PRIMARY KEY \(id=\?\)/)
  })
})
