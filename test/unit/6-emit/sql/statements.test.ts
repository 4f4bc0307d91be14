import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { beforeEach, describe, expect, it } from 'vitest'
import { printSchema } from '../../../../compiler/6-emit/sql/print-schema.ts'
import * as statements from '../../../../compiler/6-emit/sql/statements.ts'
import { storageOf } from '../../../../compiler/6-emit/sql/storage.ts'
import { FIELD_TYPES } from '../../../../compiler/ir/field-type.ts'
import type { FieldIr, ObjectIr } from '../../../../compiler/ir/object.ts'
import { appIr, objectIr } from '../../../support/ir.ts'
import { random } from '../../../support/random.ts'
import { HOSTILE_NAMES, randomApp } from '../../../support/random-ir.ts'

type Values = Record<string, unknown>

const open = (...objects: ObjectIr[]): DatabaseSync => {
  const db = new DatabaseSync(':memory:', { enableForeignKeyConstraints: false })
  db.exec(printSchema(appIr(objects), 'sqlite', 'test').text)
  return db
}

const prepare = (db: DatabaseSync, sql: string): StatementSync => {
  const statement = db.prepare(sql)
  statement.setReturnArrays(true)
  return statement
}

/** How a value goes into its column, written down a second time on purpose. */
function stored(field: FieldIr, value: unknown): SQLInputValue {
  if (value === undefined || value === null) return null
  if (storageOf(field).kind === 'json') return JSON.stringify(value)
  return typeof value === 'boolean' ? Number(value) : (value as SQLInputValue)
}

function bind(object: ObjectIr, params: readonly string[], values: Values): SQLInputValue[] {
  return params.map((name) =>
    name === '_version' ? ((values['_version'] as number) ?? 1) : stored(object.fields.find((field) => field.name === name)!, values[name]),
  )
}

function insert(db: DatabaseSync, object: ObjectIr, values: Values): Values {
  const { sql, params } = statements.insert(object)
  const [json, version] = prepare(db, sql).get(
    ...bind(object, params, Object.assign(Object.create(null), { created_at: STAMP, updated_at: STAMP }, values) as Values),
  ) as unknown as [string, number]
  expect(version).toBe(values['_version'] ?? 1)
  return JSON.parse(json) as Values
}

const STAMP = '2026-01-02T03:04:05.678Z'

/** What a client must see: every readable field, null where nothing was given, and JSON's idea of a number. */
function expected(object: ObjectIr, values: Values): Values {
  const entries = object.fields
    .filter((field) => field.column !== undefined && !field.isWriteOnly)
    .map((field) => [field.name, { created_at: STAMP, updated_at: STAMP, ...values }[field.name] ?? null] as const)
  return JSON.parse(JSON.stringify(Object.fromEntries(entries))) as Values
}

const every = objectIr({ name: 'every type', fields: Object.fromEntries(FIELD_TYPES.map((type) => [`a_${type}`, type])) })

const TEXTS = [
  '',
  ' ',
  'plain',
  `it's "quoted" \\ /`,
  'tab\tline\nreturn\r\b\f',
  '\u0001\u001f\u007f\u0080',
  'a\u0000b',
  '\u2028\u2029',
  '客户 🔥 e\u0301 𝔘',
  '0123',
  '1e5',
  'null',
  'true',
  '{"a":1}',
  '[1]',
  'x'.repeat(100_000),
]
const NUMBERS = [
  0,
  -0,
  1,
  -1,
  0.1,
  0.1 + 0.2,
  1e21,
  -1e21,
  1e-7,
  5e-324,
  Number.MAX_VALUE,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
  123456789.12345678,
  2 ** 53 + 2,
  100,
]
const JSONS = [
  {},
  [],
  { a: null, b: [1.5, true, { c: '"' }], 客: '\u0000' },
  [null],
  5,
  1e21,
  'text',
  'null',
  false,
  [[[[]]]],
  { '': { '': {} } },
  -0.5,
]

function valuesFor(field: FieldIr): readonly unknown[] {
  switch (storageOf(field).kind) {
    case 'integer':
      return NUMBERS.filter(Number.isInteger)
    case 'double':
    case 'decimal':
      return NUMBERS
    case 'boolean':
      return [true, false]
    case 'json':
      return JSONS
    default:
      return TEXTS
  }
}

describe('one record', () => {
  let db: DatabaseSync
  beforeEach(() => {
    db = open(every)
  })

  it.each(
    every.fields
      .filter((field) => field.column !== undefined && field.name !== 'id' && !field.isImplicit)
      .map((field) => [field.type, field] as const),
  )('round-trips %s', (_, field) => {
    const values = [null, ...valuesFor(field)]
    for (const [n, value] of values.entries()) {
      const record = { id: `r${n}`, [field.name]: value }
      expect(insert(db, every, record)).toEqual(expected(every, record))
      const [json, version] = prepare(db, statements.selectById(every).sql).get(`r${n}`) as unknown as [string, number]
      expect(JSON.parse(json)).toEqual(expected(every, record))
      expect(version).toBe(1)
      expect(Object.keys(JSON.parse(json) as Values)).toEqual(
        every.fields.filter((item) => item.column !== undefined && !item.isWriteOnly).map((item) => item.name),
      )
    }
    // The same records as a page.
    const [page, count] = prepare(db, statements.listText(every, { orderBy: '"created_at", "id"' })).get(1000, 0) as unknown as [
      Uint8Array,
      number,
    ]
    const items = (JSON.parse(Buffer.from(page).toString()) as { items: Values[] }).items
    expect(count).toBe(values.length)
    expect(new Map(items.map((item) => [item['id'], item[field.name]]))).toEqual(
      new Map(values.map((value, n) => [`r${n}`, field.isWriteOnly ? undefined : expected(every, { [field.name]: value })[field.name]])),
    )
  })

  it('leaves out write-only and formula fields', () => {
    const names = Object.keys(insert(db, every, { id: '1', a_password: 'secret', a_secret: 'secret' }))
    expect(names).not.toContain('a_password')
    expect(names).not.toContain('a_secret')
    expect(names).not.toContain('a_formula')
    expect(names).not.toContain('_version')
    expect(db.prepare(`select "a_password" from "every type"`).get()).toEqual({ a_password: 'secret' })
  })

  it('reads by a unique key', () => {
    insert(db, every, { id: '1', a_email: 'a@b.c' })
    const { sql, params } = statements.selectByUnique(every, every.fields.find((field) => field.name === 'a_email') as never)
    expect(params).toEqual(['a_email'])
    expect(JSON.parse((prepare(db, sql).get('a@b.c') as unknown as [string])[0])).toMatchObject({ id: '1' })
    expect(prepare(db, sql).get('nobody')).toBeUndefined()
  })

  it('updates what is present, clears with null, counts the version', () => {
    insert(db, every, { id: '1', a_text: 'old', a_number: 5, a_tags: ['x'], _version: 7 })
    const fields = every.fields.filter((field) => ['a_text', 'a_tags'].includes(field.name)) as never
    const { sql, params } = statements.update(every, fields)
    expect(params).toEqual(['a_text', 'a_tags', 'updated_at', 'id'])
    const later = '2027-01-01T00:00:00.000Z'
    const [json, version] = prepare(db, sql).get('new', null, later, '1') as unknown as [string, number]
    expect(JSON.parse(json)).toEqual({ ...expected(every, { id: '1', a_text: 'new', a_number: 5 }), updated_at: later })
    expect(version).toBe(8)
    const guarded = statements.update(every, fields, { ifVersion: true })
    expect(guarded.params.at(-1)).toBe('_version')
    expect(prepare(db, guarded.sql).get('x', null, later, '1', 7)).toBeUndefined()
    expect(prepare(db, guarded.sql).get('x', null, later, '1', 8)).toBeDefined()
  })

  it('deletes', () => {
    insert(db, every, { id: '1' })
    insert(db, every, { id: '2' })
    expect(db.prepare(statements.remove(every).sql).run('1').changes).toBe(1)
    expect(db.prepare(statements.remove(every).sql).run('1').changes).toBe(0)
    expect(db.prepare(statements.remove(every, { ifVersion: true }).sql).run('2', 5).changes).toBe(0)
    expect(prepare(db, statements.countText(every)).get()).toEqual([1])
  })
})

describe('a page', () => {
  it('is filtered, sorted, cut and counted', () => {
    const object = objectIr({ name: 'j', fields: { j: 'text', n: { type: 'number', column: 'N°' }, on: 'boolean' } })
    const db = open(object)
    const page = (sql: string, ...params: SQLInputValue[]): unknown =>
      JSON.parse(Buffer.from((prepare(db, sql).get(...params) as unknown as [Uint8Array])[0]).toString())
    expect(page(statements.listText(object), 10, 0)).toEqual({ items: [] })
    for (let n = 0; n < 30; n++)
      insert(db, object, {
        id: `k${String(n).padStart(2, '0')}`,
        j: `t${29 - n}`,
        n,
        on: n % 3 === 0 ? true : n % 3 === 1 ? false : null,
      })
    const parts = { where: '"N°" >= ? and "on" = ?', orderBy: '"N°" desc', withTotal: true }
    expect(page(statements.listText(object, parts), 10, 1, 10, 1, 2, 1)).toEqual({
      items: [24, 21].map((n) => expected(object, { id: `k${n}`, j: `t${29 - n}`, n, on: true })),
      total: 6,
    })
    expect(prepare(db, statements.countText(object, parts.where)).get(10, 1)).toEqual([6])
    // Sorted by a column that no index has and whose name is that of the statement's own alias.
    expect((page(statements.listText(object, { orderBy: '"j"' }), 3, 0) as { items: Values[] }).items.map((item) => item['j'])).toEqual([
      't0',
      't1',
      't10',
    ])
  })
})

describe('relations', () => {
  const user = objectIr({
    name: 'user',
    fields: { name: 'text', active: 'boolean', tags: 'tags', password: 'password', boss: { type: 'user', reference: { object: 'user' } } },
  })
  const task = objectIr({
    name: 'task',
    fields: {
      title: 'text',
      owner: { type: 'lookup', column: 'owner id', reference: { object: 'user' } },
      team: { type: 'lookup', isList: true, reference: { object: 'user' } },
    },
  })
  const field = (object: ObjectIr, name: string): FieldIr => object.fields.find((item) => item.name === name)!

  it('expands one, nested ones and lists; ids of missing records stay', () => {
    const db = open(user, task)
    const ann = insert(db, user, { id: 'u1', name: 'Ann "A"', active: true, tags: ['a', '"'], password: 'x', boss: 'u2' })
    const bob = insert(db, user, { id: 'u2', name: null, boss: 'gone' })
    insert(db, task, { id: '1', title: 'b', owner: 'u1', team: ['u2', 'nobody', 'u1', 'u1'] })
    insert(db, task, { id: '2', title: 'a', owner: 'gone', team: [] })
    insert(db, task, { id: '3', title: 'c' })
    const expand = [
      {
        field: field(task, 'owner'),
        target: user,
        expand: [{ field: field(user, 'boss'), target: user, expand: [{ field: field(user, 'boss'), target: user }] }],
      },
      { field: field(task, 'team'), target: user },
    ]
    for (const orderBy of ['"id"', 'length("title"), "id"']) {
      const sql = statements.listText(task, { json: statements.expandJson(task, expand), orderBy })
      const { items } = JSON.parse(Buffer.from((prepare(db, sql).get(10, 0) as unknown as [Uint8Array])[0]).toString()) as {
        items: Values[]
      }
      expect(items).toEqual([
        expected(task, { id: '1', title: 'b', owner: { ...ann, boss: { ...bob, boss: 'gone' } }, team: [bob, 'nobody', ann, ann] }),
        expected(task, { id: '2', title: 'a', owner: 'gone', team: [] }),
        expected(task, { id: '3', title: 'c', owner: null, team: null }),
      ])
      expect(Object.keys(items[0]!)).toEqual(Object.keys(expected(task, {})))
    }
  })
})

describe('any object', () => {
  it('round-trips records of random objects with hostile names', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const app = randomApp(seed)
      const { pick, chance } = random(seed)
      const db = open(...app.objects)
      for (const object of app.objects) {
        const record: Values = Object.create(null) as Values
        for (const item of object.fields)
          if (item.column !== undefined && !item.isImplicit && chance(0.7)) record[item.name] = pick(valuesFor(item).slice(0, 12))
        record['id'] = 'x'
        const seen = insert(db, object, record)
        // As text: a field may be called __proto__.
        const text = (values: Values): string =>
          JSON.stringify(
            object.fields
              .filter((item) => item.column !== undefined && !item.isWriteOnly)
              .map((item) => [item.name, Object.getOwnPropertyDescriptor(values, item.name)?.value ?? null]),
          )
        expect(text(seen), `seed ${seed}, ${object.name}`).toBe(text({ ...record, created_at: STAMP, updated_at: STAMP }))
        const [page] = prepare(db, statements.listText(object)).get(10, 0) as unknown as [Uint8Array]
        expect(text((JSON.parse(Buffer.from(page).toString()) as { items: Values[] }).items[0]!)).toBe(text(seen))
      }
      db.close()
    }
  })

  it('copes with more fields than a function takes arguments', () => {
    const object = objectIr({
      name: 'wide',
      fields: Object.fromEntries(Array.from({ length: 1200 }, (_, n) => [`f${n}`, n % 2 ? 'text' : 'json'])),
    })
    const child = objectIr({ name: 'child', fields: { wide: { type: 'lookup', reference: { object: 'wide' } } } })
    const db = open(object, child)
    const record: Values = { id: '1', f0: { a: [1] }, f1: 'x', f600: [], f1199: 'end', f1198: { z: 'Ü' } }
    const seen = insert(db, object, record)
    expect(seen).toEqual(expected(object, record))
    insert(db, child, { id: 'c', wide: '1' })
    const sql = statements.listText(child, { json: statements.expandJson(child, [{ field: child.fields[1]!, target: object }]) })
    const [page] = prepare(db, sql).get(1, 0) as unknown as [Uint8Array]
    expect((JSON.parse(Buffer.from(page).toString()) as { items: Values[] }).items[0]!['wide']).toEqual(seen)
  })

  it('is what a person would have written', () => {
    const object = objectIr({ name: 'case', fields: { [HOSTILE_NAMES[3]!]: 'text', open: 'boolean', tags: 'tags' } })
    expect(statements.selectById(object)).toEqual({
      sql: `select json_object('id', "id", 'group', "group", 'open', json(case "open" when 1 then 'true' when 0 then 'false' end), 'tags', json("tags"), 'created_at', "created_at", 'updated_at', "updated_at"), "_version" from "case" where "id" = ?`,
      params: ['id'],
    })
    expect(statements.remove(object)).toEqual({ sql: 'delete from "case" where "id" = ?', params: ['id'] })
  })
})
