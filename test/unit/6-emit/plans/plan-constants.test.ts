import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { beforeEach, describe, expect, it } from 'vitest'
import { planConstants } from '../../../../compiler/6-emit/plans/plan-constants.ts'
import { printSchema } from '../../../../compiler/6-emit/sql/print-schema.ts'
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

/** Columns in the order of the statement: that of the keys of an object. */
function insert(db: DatabaseSync, object: ObjectIr, values: Values): Values {
  const given = Object.assign(Object.create(null), { created_at: STAMP, updated_at: STAMP }, values) as Values
  const fields = Object.values(
    Object.fromEntries(object.fields.filter(({ column }) => column !== undefined).map((field) => [field.name, field])),
  )
  const parameters = fields.map((field) => stored(field, given[field.name]))
  const statements = planConstants(object)
  prepare(db, statements.insert).run(...parameters, 7)
  const [json, version] = prepare(db, statements.get).get(given['id'] as string) as unknown as [string, number]
  expect(version).toBe(7)
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
      const [json, version] = prepare(db, planConstants(every).get).get(`r${n}`) as unknown as [string, number]
      expect(JSON.parse(json)).toEqual(expected(every, record))
      expect(version).toBe(7)
      expect(Object.keys(JSON.parse(json) as Values)).toEqual(
        every.fields.filter((item) => item.column !== undefined && !item.isWriteOnly).map((item) => item.name),
      )
    }
  })

  it('leaves out write-only and formula fields', () => {
    const names = Object.keys(insert(db, every, { id: '1', a_password: 'secret', a_secret: 'secret' }))
    expect(names).not.toContain('a_password')
    expect(names).not.toContain('a_secret')
    expect(names).not.toContain('a_formula')
    expect(names).not.toContain('_version')
    expect(db.prepare(`select "a_password" from "every type"`).get()).toEqual({ a_password: 'secret' })
  })

  it('deletes', () => {
    insert(db, every, { id: '1' })
    const { delete: remove, get } = planConstants(every)
    expect(db.prepare(remove).run('1').changes).toBe(1)
    expect(db.prepare(remove).run('1').changes).toBe(0)
    expect(prepare(db, get).get('1')).toBeUndefined()
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
        const [json] = prepare(db, planConstants(object).get).get('x') as unknown as [string]
        expect(text(JSON.parse(json) as Values)).toBe(text(seen))
      }
      db.close()
    }
  })

  it('copes with more fields than a function takes arguments', () => {
    const object = objectIr({
      name: 'wide',
      fields: Object.fromEntries(Array.from({ length: 1200 }, (_, n) => [`f${n}`, n % 2 ? 'text' : 'json'])),
    })
    const db = open(object)
    const record: Values = { id: '1', f0: { a: [1] }, f1: 'x', f600: [], f1199: 'end', f1198: { z: 'Ü' } }
    const seen = insert(db, object, record)
    expect(seen).toEqual(expected(object, record))
  })

  it('is what a person would have written', () => {
    const object = objectIr({ name: 'case', fields: { [HOSTILE_NAMES[3]!]: 'text', open: 'boolean', tags: 'tags' } })
    expect(planConstants(object)).toEqual({
      json: JSON_TEXT,
      get: `select ${JSON_TEXT}, "_version" from "case" where "id" = ?`,
      insert: `insert into "case" ("id", "group", "open", "tags", "created_at", "updated_at", "_version") values (?, ?, ?, ?, ?, ?, ?)`,
      delete: 'delete from "case" where "id" = ?',
    })
  })

  it('has columns in the order in which plans list fields, numbers first', () => {
    const object = objectIr({ name: 'year', fields: { total: 'number', 2026: 'number', 2025: 'number' } })
    const db = open(object)
    expect(insert(db, object, { id: '1', total: 1, 2025: 2, 2026: 3 })).toMatchObject({ total: 1, 2025: 2, 2026: 3 })
    expect(planConstants(object).insert).toContain('("2025", "2026", "id", "total", ')
  })
})

const JSON_TEXT = `json_object('id', "id", 'group', "group", 'open', case "open" when 1 then json('true') when 0 then json('false') end, 'tags', json("tags"), 'created_at', "created_at", 'updated_at', "updated_at")`
