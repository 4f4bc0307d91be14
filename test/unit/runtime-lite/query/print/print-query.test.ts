import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import type { BoundQuery, Parameter } from '../../../../../runtime-lite/query/bound.ts'
import { bindAll } from '../../../../../runtime-lite/query/print/mark.ts'
import { printCount, printGet, printGroups, printList, type ReadStatement } from '../../../../../runtime-lite/query/print/print-query.ts'
import { sqliteDialect } from '../../../../../runtime-lite/query/print/sqlite.ts'
import { type BoundScope, type BoundTables, canonical, compareScopes, evaluate, holds, shown } from '../../../../support/bound-answer.ts'
import { BoundMaker, columnOf, createTable, type Json, planOf, randomRows, storedValue } from '../../../../support/bound-random.ts'
import { random, testSeed } from '../../../../support/random.ts'

const seed = testSeed()
const NOW = Date.UTC(2024, 5, 1)

const plan = planOf('order', 'or"der', (fields) =>
  sqliteDialect.jsonObject(
    Object.entries(fields)
      .filter(([, field]) => !field.isWriteOnly)
      .map(([name, field]) => [name, sqliteDialect.jsonValue(sqliteDialect.quoteName(field.column ?? name), field)] as const),
  ),
)

function database(rows: readonly Json[]): DatabaseSync {
  const db = new DatabaseSync(':memory:')
  db.exec(createTable(plan))
  const names = Object.keys(plan.fields)
  const insert = db.prepare(
    `insert into ${plan.table} (${names.map((name) => sqliteDialect.quoteName(columnOf(name))).join(', ')}) values (${names.map(() => '?').join(', ')})`,
  )
  for (const row of rows) insert.run(...names.map((name) => storedValue(row[name], plan.fields[name]!)))
  return db
}

function run(db: DatabaseSync, statement: ReadStatement): unknown[][] {
  const prepared = db.prepare(statement.sql)
  prepared.setReturnArrays(true)
  return prepared.all(...bindAll(statement.parameters, [], { now: NOW })) as unknown as unknown[][]
}

/** The items of a list, whichever form it came in. */
function page(db: DatabaseSync, statement: ReadStatement): { readonly items: readonly Json[]; readonly total?: number } {
  const rows = run(db, statement)
  if (!statement.isPage) return { items: rows.map(([json]) => JSON.parse(String(json)) as Json) }
  return JSON.parse(Buffer.from(rows[0]![0] as Uint8Array).toString()) as { items: Json[] }
}

interface Case {
  readonly query: BoundQuery
  readonly maker: BoundMaker
  readonly found: readonly BoundScope[]
  readonly tables: BoundTables
}

function randomCase(caseSeed: number, rows: readonly Json[], change: Partial<BoundQuery> = {}): Case {
  const maker = new BoundMaker(random(caseSeed), plan)
  const { chance, pick } = maker.random
  const query: BoundQuery = {
    plan,
    alias: 't0',
    where: chance(0.2) ? { kind: 'constant', holds: true } : maker.condition('t0', 2),
    orderBy: maker.sort('t0'),
    ...(chance(0.3) ? {} : { record: maker.members('t0', 2) }),
    isDistinct: false,
    limit: maker.parameter(pick([0, 1, 5, 100]), 'integer'),
    ...(chance(0.3) ? { offset: maker.parameter(2, 'integer') } : {}),
    total: pick(['none', 'exact', 'estimated']),
    hasKeys: false,
    guards: [],
    notes: [],
    ...change,
  }
  const tables: BoundTables = { rows: new Map([['order', rows]]), now: NOW }
  const found = rows
    .map((row): BoundScope => new Map([['t0', row]]))
    .filter((scope) => holds(query.where, scope, tables))
    .sort(compareScopes(query.orderBy, tables))
  return { query, maker, found, tables }
}

const numberOf = (parameter: Parameter | undefined): number => Number(parameter?.bind([], { now: NOW }) ?? 0)

const slice = ({ query, found }: Case): readonly BoundScope[] =>
  found.slice(numberOf(query.offset), numberOf(query.offset) + numberOf(query.limit))

/** What the test of a case says when it fails. */
const about = (caseSeed: number, { sql }: ReadStatement): string => `case ${caseSeed}: ${sql.replaceAll('\0', '\\0')}`

describe(`statements of queries on SQLite, seed ${seed}`, () => {
  const rows = randomRows(random(seed), 40)
  const db = database(rows)
  const cases = Array.from({ length: 300 }, (_, index) => seed + index)

  test('lists are what the interpreter says', () => {
    for (const caseSeed of cases) {
      const one = randomCase(caseSeed, rows)
      const statement = printList(one.query, sqliteDialect)
      const answer = page(db, statement)
      const expected = slice(one).map((scope) => shown(plan, one.query.record, 't0', scope, one.tables))
      expect(canonical(answer.items), about(caseSeed, statement)).toEqual(canonical(expected))
      expect(answer.total, about(caseSeed, statement)).toBe(one.query.total === 'none' ? undefined : one.found.length)
      expect(run(db, printCount(one.query, sqliteDialect))).toEqual([[one.found.length]])
    }
  })

  test('pages by cursor go through all records once, in order', () => {
    for (const caseSeed of cases.slice(0, 150)) {
      const all = randomCase(caseSeed, rows, { hasKeys: true })
      const { maker, query } = all
      const ids = { record: [{ kind: 'value', key: 'id', of: maker.column('t0', 'id') }] } as const
      const seen: unknown[] = []
      let cursor: BoundQuery['cursor']
      for (let turn = 0; turn < 100; turn++) {
        const { offset: _offset, ...rest } = query
        const next: BoundQuery = { ...rest, ...ids, limit: maker.parameter(4, 'integer'), ...(cursor ? { cursor } : {}) }
        const statement = printList(next, sqliteDialect)
        expect(statement.isPage).toBe(false)
        const found = run(db, statement)
        seen.push(...found.map(([json]) => (JSON.parse(String(json)) as Json)['id']))
        const last = found.at(-1)
        if (found.length < 4 || !last) break
        const keys = JSON.parse(String(last[1])) as Readonly<Record<string, string | number | boolean | null>>
        const values = query.orderBy.map((_item, index) => {
          const key = keys[String(index)]!
          return maker.parameter(typeof key === 'boolean' ? Number(key) : key, typeof key === 'string' ? 'text' : 'real')
        })
        cursor = { values }
      }
      expect(seen, `case ${caseSeed}`).toEqual(all.found.map((scope) => scope.get('t0')!['id']))
    }
  })

  test('a record by id, with its version', () => {
    for (const caseSeed of cases.slice(0, 60)) {
      const id = rows[caseSeed % rows.length]!['id'] as string
      const maker = new BoundMaker(random(caseSeed), plan)
      const parameter: Parameter = { kind: 'text', key: 'id', bind: (_values, context) => context.id ?? null }
      const one = randomCase(caseSeed, rows, {
        where: {
          kind: 'compare',
          operator: 'eq',
          left: maker.column('t0', 'id'),
          right: { kind: 'parameter', parameter, value: 'text' },
          orNull: false,
        },
      })
      const statement = printGet(one.query, sqliteDialect)
      const prepared = db.prepare(statement.sql)
      prepared.setReturnArrays(true)
      const get = (wanted: string) =>
        prepared.get(...bindAll(statement.parameters, [], { now: NOW, id: wanted })) as unknown as unknown[] | undefined
      const [json, version] = get(id)!
      const scope: BoundScope = new Map([['t0', rows.find((row) => row['id'] === id)!]])
      expect(canonical(JSON.parse(String(json)))).toEqual(canonical(shown(plan, one.query.record, 't0', scope, one.tables)))
      expect(version).toBe(1)
      expect(get('nobody')).toBeUndefined()
    }
  })

  test('equal rows once', () => {
    for (const caseSeed of cases.slice(0, 100)) {
      const maker = new BoundMaker(random(caseSeed), plan)
      const names = ['select', 'j', 'flag', 'value', 'tags'].filter(() => maker.random.chance(0.5))
      if (names.length === 0) names.push('select')
      const record = [
        ...names.map((name) => ({ kind: 'value', key: name, of: maker.column('t0', name) }) as const),
        { kind: 'value', key: 'sum', of: { kind: 'call', name: 'length', args: [maker.column('t0', 'j')], value: 'number' } } as const,
      ]
      const orderBy = names
        .filter((name) => name !== 'tags')
        .map((name) => ({ by: maker.column('t0', name), isDescending: maker.random.chance(0.5), nullsFirst: true, isNotNull: false }))
      const one = randomCase(caseSeed, rows, { record, orderBy, isDistinct: true, limit: maker.parameter(100, 'integer'), total: 'exact' })
      const { offset: _offset, ...query } = one.query
      const answer = page(db, printList(query, sqliteDialect))
      const expected = new Set(one.found.map((scope) => JSON.stringify(shown(plan, record, 't0', scope, one.tables))))
      expect(answer.items.length, `case ${caseSeed}`).toBe(expected.size)
      expect(new Set(answer.items.map((item) => JSON.stringify(item)))).toEqual(expected)
      expect(answer.total).toBe(expected.size)
      // In order, by what is selected.
      const keys = (items: readonly Json[]): unknown[] =>
        items.map((item) => names.filter((name) => name !== 'tags').map((name) => item[name]))
      const ordered = one.found.map((scope) => shown(plan, record, 't0', scope, one.tables))
      const firsts = [...new Set(ordered.map((item) => JSON.stringify(keys([item]))))]
      expect([...new Set(answer.items.map((item) => JSON.stringify(keys([item]))))]).toEqual(firsts)
    }
  })

  test('groups, aggregates with filters, conditions on groups', () => {
    for (const caseSeed of cases.slice(0, 200)) {
      const one = randomCase(caseSeed, rows, { orderBy: [], hasKeys: false })
      const { maker, tables, found } = one
      const { chance, pick } = maker.random
      const filter = maker.condition('t0', 1)
      const unit = pick(['day', 'week', 'month', 'quarter', 'year'] as const)
      const by = [
        { alias: 'Status', of: maker.column('t0', 'select') },
        { alias: 'status', of: maker.column('t0', 'day'), granularity: unit },
      ].filter(() => chance(0.6))
      const query: BoundQuery = {
        ...one.query,
        limit: maker.parameter(1000, 'integer'),
        total: 'exact',
        orderBy: by.map(({ alias }) => ({
          by: { kind: 'alias', name: alias, value: 'text' },
          isDescending: true,
          nullsFirst: false,
          isNotNull: false,
        })),
        group: {
          by,
          aggregates: [
            { alias: 'count', function: 'count' },
            { alias: 'c0', function: 'count', of: maker.column('t0', 'value'), filter },
            { alias: 'odd"', function: 'count_distinct', of: maker.column('t0', 'j') },
            { alias: 'sum', function: 'sum', of: maker.column('t0', 'value'), scale: 2 },
            { alias: 'avg', function: 'avg', of: maker.column('t0', 'key'), filter },
            { alias: 'least', function: 'min', of: maker.column('t0', 't"x') },
            { alias: 'most', function: 'max', of: maker.column('t0', 'flag') },
          ],
          having: {
            kind: 'compare',
            operator: 'gt',
            left: { kind: 'alias', name: 'count', value: 'number' },
            right: maker.value(1, 'integer', 'number'),
            orNull: false,
          },
        },
      }
      const { offset: _offset, ...whole } = query
      const statement = printGroups(whole, sqliteDialect)
      const answer = page(db, statement)
      const groups = new Map<string, { readonly key: Json; readonly scopes: BoundScope[] }>()
      if (by.length === 0) groups.set('{}', { key: {}, scopes: [] })
      for (const scope of found) {
        const key = Object.fromEntries(
          by.map(({ alias, of, granularity }) => [
            alias,
            granularity ? firstDay(evaluate(of, scope, tables), unit) : evaluate(of, scope, tables),
          ]),
        )
        const known = groups.get(JSON.stringify(key)) ?? { key, scopes: [] }
        known.scopes.push(scope)
        groups.set(JSON.stringify(key), known)
      }
      const expected = [...groups.values()]
        .filter(({ scopes }) => scopes.length > 1)
        .map(({ key, scopes }) => {
          const kept = scopes.filter((scope) => holds(filter, scope, tables))
          const values = (name: string, of: readonly BoundScope[]): unknown[] =>
            of.map((scope) => scope.get('t0')![name]).filter((value) => value !== null)
          const sum = (of: unknown[]): number => of.reduce((total: number, value) => total + Number(value), 0)
          const amounts = values('value', scopes)
          const keys = values('key', kept)
          const texts = (values('t"x', scopes) as string[]).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
          const flags = values('flag', scopes)
          return {
            ...key,
            count: scopes.length,
            c0: values('value', kept).length,
            'odd"': new Set(values('j', scopes)).size,
            sum: amounts.length === 0 ? null : expect.closeTo(sum(amounts), 1),
            avg: keys.length === 0 ? null : expect.closeTo(sum(keys) / keys.length, 6),
            least: texts[0] ?? null,
            most: flags.length === 0 ? null : flags.includes(true),
          }
        })
      const byKey = (items: readonly Json[]): Json[] => [...items].sort((a, b) => (keyText(a) < keyText(b) ? -1 : 1))
      const keyText = (item: Json): string => JSON.stringify([item['Status'], item['status']])
      expect(byKey(answer.items), about(caseSeed, statement)).toEqual(byKey(expected))
      expect(answer.total).toBe(expected.length)
      expect(run(db, printCount(whole, sqliteDialect))).toEqual([[expected.length]])
    }
  })

  test('no statement has a value or a name of a client in its text', () => {
    const secret = 'S3CR3T'
    for (const caseSeed of cases.slice(0, 300)) {
      const one = randomCase(caseSeed, rows)
      const maker = one.maker
      const parameter = maker.parameter
      maker.parameter = (value, kind) =>
        parameter.call(maker, kind === 'list' || kind === 'path' ? JSON.stringify([secret]) : kind === 'text' ? secret : value, kind)
      const query = { ...one.query, where: maker.condition('t0', 3), record: maker.members('t0', 2), orderBy: maker.sort('t0') }
      const { sql, parameters } = printList(query, sqliteDialect)
      expect(sql).not.toContain(secret)
      expect(sql).not.toContain('\0')
      expect(sql.split('?').length - 1 - (sql.split("'?'").length - 1) - (sql.split("'[?]'").length - 1)).toBe(parameters.length)
    }
  })
})

function firstDay(value: unknown, unit: 'day' | 'week' | 'month' | 'quarter' | 'year'): string | null {
  if (value === null) return null
  const [year, month, day] = String(value).split('-').map(Number) as [number, number, number]
  const start = {
    day: [month, day],
    week: [month, day - ((new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7)],
    month: [month, 1],
    quarter: [month - ((month - 1) % 3), 1],
    year: [1, 1],
  }[unit] as [number, number]
  return new Date(Date.UTC(year, start[0] - 1, start[1])).toISOString().slice(0, 10)
}
