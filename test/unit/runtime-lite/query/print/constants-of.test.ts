import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { insert, remove, selectById, selectJson } from '../../../../../compiler/6-emit/sql/statements.ts'
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
    expect(constantsOf({ table: '"note"', fields }, sqliteDialect)).toEqual({
      json: selectJson(object),
      get: selectById(object).sql,
      insert: insert(object).sql,
      delete: remove(object).sql,
    })
  })

  test('they run, however odd the names are', () => {
    const db = new DatabaseSync(':memory:')
    db.exec(createTable(plan))
    const constants = constantsOf(plan, sqliteDialect)
    for (const sql of [constants.get, constants.insert, constants.delete]) expect(() => db.prepare(sql)).not.toThrow()
    expect(constants.json).not.toContain('secret')
  })

  test('other databases have their own quotes, placeholders and JSON', () => {
    expect(constantsOf(plan, postgresDialect).delete).toBe('delete from "or""der" where "id" = $1::text')
    expect(constantsOf(plan, postgresDialect).get).toContain('json_build_object')
    expect(constantsOf(plan, mysqlDialect('mysql')).delete).toBe('delete from `or"der` where `id` = ?')
  })
})
