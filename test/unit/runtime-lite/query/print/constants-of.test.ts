import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { planConstants } from '../../../../../compiler/6-emit/plans/plan-constants.ts'
import type { ObjectPlan } from '../../../../../runtime-lite/object/object-plan.ts'
import { constantsOf } from '../../../../../runtime-lite/query/print/constants-of.ts'
import { mysqlDialect } from '../../../../../runtime-lite/query/print/mysql.ts'
import { postgresDialect } from '../../../../../runtime-lite/query/print/postgres.ts'
import { sqliteDialect } from '../../../../../runtime-lite/query/print/sqlite.ts'
import { createTable, planOf } from '../../../../support/bound-random.ts'
import { objectIr } from '../../../../support/ir.ts'

const plan = planOf('order', 'or"der', () => '')

describe('statements that depend on the schema alone', () => {
  test('on SQLite they are what the compiler writes', () => {
    const object = objectIr({
      name: 'note',
      fields: { 'ti"tle': 'text', flag: 'boolean', data: 'json', tags: 'tags', "it's": 'number', pin: 'password' },
    })
    const fields: ObjectPlan['fields'] = {
      id: { kind: 'id' },
      'ti"tle': { kind: 'text' },
      flag: { kind: 'boolean' },
      data: { kind: 'json' },
      tags: { kind: 'list' },
      "it's": { kind: 'real' },
      pin: { kind: 'text', ...(object.fields.find(({ name }) => name === 'pin')?.isWriteOnly ? { isWriteOnly: true } : {}) },
      created_at: { kind: 'datetime' },
      updated_at: { kind: 'datetime' },
    }
    expect(constantsOf({ table: '"note"', fields }, sqliteDialect)).toEqual(planConstants(object))
  })

  test('they run, however odd the names are', () => {
    const db = new DatabaseSync(':memory:')
    db.exec(createTable(plan))
    const constants = constantsOf(plan, sqliteDialect)
    for (const sql of [constants.get, constants.insert, constants.delete]) expect(() => db.prepare(sql)).not.toThrow()
    expect(constants.json).not.toContain('secret')
  })

  test('records of more fields than a function of SQLite takes', () => {
    const names = Array.from({ length: 1_200 }, (_, index) => `f${index}`)
    const fields: ObjectPlan['fields'] = {
      id: { kind: 'id' },
      ...Object.fromEntries(names.map((name) => [name, { kind: 'json' } as const])),
    }
    const db = new DatabaseSync(':memory:')
    db.exec(`create table wide ("id" text primary key, ${names.map((name) => `"${name}"`).join(', ')}, "_version" integer) without rowid`)
    const constants = constantsOf({ table: '"wide"', fields }, sqliteDialect)
    const values = names.map((_name, index) => (index % 3 === 0 ? null : JSON.stringify({ '{': [index, '}'] })))
    const record = Object.fromEntries([['id', 'a'], ...names.map((name, index) => [name, index % 3 === 0 ? null : { '{': [index, '}'] }])])
    // SQLite reads a new record back.
    db.prepare(constants.insert).run('a', ...values, 1)
    expect(JSON.parse(String(Object.values(db.prepare(constants.get).get('a')!)[0]))).toEqual(record)
  })

  test('other databases have their own quotes, placeholders and JSON', () => {
    expect(constantsOf(plan, postgresDialect).delete).toBe('delete from "or""der" where "id" = $1::text')
    expect(constantsOf(plan, postgresDialect).get).toContain('json_build_object')
    expect(constantsOf(plan, mysqlDialect('mysql')).delete).toBe('delete from `or"der` where `id` = ?')
  })
})
