import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { printSchema } from '../../../../../compiler/6-emit/sql/print-schema.ts'
import type { SqlValue } from '../../../../../runtime-lite/object/object-plan.ts'
import type { FunctionName } from '../../../../../runtime-lite/query/ast.ts'
import type { BoundSearch, Parameter } from '../../../../../runtime-lite/query/bound.ts'
import { parameterList } from '../../../../../runtime-lite/query/print/parameter-list.ts'
import { sqliteDialect } from '../../../../../runtime-lite/query/print/sqlite.ts'
import { appIr, objectIr } from '../../../../support/ir.ts'

const fixed = (value: SqlValue): Parameter => ({ kind: 'text', key: String(value), bind: () => value })

/** The value of one expression over parameters. */
function value(print: (list: ReturnType<typeof parameterList>, ...params: string[]) => string, ...values: readonly SqlValue[]): unknown {
  const list = parameterList(sqliteDialect)
  const { sql, parameters } = list.finish(`select ${print(list, ...values.map((one) => list.print(fixed(one))))} as v`)
  return new DatabaseSync(':memory:').prepare(sql).get(...parameters.map((one) => one.bind([], { now: 0 })))!['v']
}

describe('what only SQLite has', () => {
  test('texts are whole behind a NUL character', () => {
    const text = 'a\0b😀\0'
    expect(value((_list, x) => sqliteDialect.call('length', [x!], ['text']), text)).toBe(5)
    const part = (from: number, count: number): unknown =>
      value((_list, x, a, b) => sqliteDialect.call('substring', [x!, a!, b!], ['text', 'number', 'number']), text, from, count)
    for (let from = -1; from < 7; from++)
      for (let count = -1; count < 7; count++) {
        const start = Math.max(0, from)
        expect(part(from, count), `${from} ${count}`).toBe([...text].slice(start, start + Math.max(0, count)).join(''))
      }
    const like = (pattern: string): unknown => value((list, x, p) => sqliteDialect.like(x!, p!, false, list.derive), text, pattern)
    expect([like('a_b%'), like('a\0b_\0'), like('a'), like('a%b')]).toEqual([1, 1, 0, 0])
  })

  test('functions of functions stay as long as they are written, and as fast', () => {
    const nested = (depth: number): string => {
      let sql = sqliteDialect.quoteText('abcdefghijklmnopqrstuvwxyz')
      for (let level = 0; level < depth; level++) sql = sqliteDialect.call('substring', [sql, '1'], ['text', 'number'])
      return sql
    }
    const growth = nested(20).length - nested(19).length
    expect(nested(40).length - nested(39).length).toBe(growth)
    const db = new DatabaseSync(':memory:')
    // Twice the work per level would never end.
    expect(db.prepare(`select ${nested(40)} as v`).get()!['v']).toBe('')
    expect(db.prepare(`select ${nested(25)} as v`).get()!['v']).toBe('z')
  })

  test('what is beyond all doubles is null in JSON, as is what is no number', () => {
    const json = (name: FunctionName, ...args: readonly number[]): unknown =>
      value(
        (_list, ...params) => {
          const result = sqliteDialect.call(
            name,
            params,
            params.map(() => 'number' as const),
          )
          return sqliteDialect.jsonObject([['r', sqliteDialect.jsonOf(result, 'number')]])
        },
        ...args,
      )
    expect([json('mul', 1e200, 1e200), json('sub', -1.5e308, 1.5e308)]).toEqual(['{"r":null}', '{"r":null}'])
    expect([json('divby', 1, 0), json('mod', 1, 0), json('div', 0, 0)]).toEqual(Array(3).fill('{"r":null}'))
    expect(JSON.parse(String(json('mul', 1e154, 1e154)))).toEqual({ r: 1e308 })
    expect(JSON.parse(String(json('round', 0.49999999999999994)))).toEqual({ r: 0 })
    expect(JSON.parse(String(json('round', -2.5)))).toEqual({ r: -3 })
  })

  test('long patterns are refused with a reason, not with an error of the database', () => {
    expect(() => value((list, x, p) => sqliteDialect.like(x!, p!, false, list.derive), 'a', '%'.repeat(50_001))).toThrow(/50000 bytes/)
  })

  test('long chains are no deeper than SQLite takes', async () => {
    const { joined } = await import('../../../../../runtime-lite/query/print/print-condition.ts')
    const db = new DatabaseSync(':memory:')
    for (const joiner of ['and', 'or'] as const)
      expect(
        db
          .prepare(
            `select ${joined(
              Array.from({ length: 20_000 }, () => '1'),
              joiner,
            )} as v`,
          )
          .get()!['v'],
      ).toBe(1)
  })

  test('full-text search finds words, in any case, whatever they stand between', () => {
    const db = new DatabaseSync(':memory:')
    const object = objectIr({ name: 'note', table: 'no"te', fields: { title: 'text', "bo'dy": 'text' }, searchable: ['title', "bo'dy"] })
    db.exec(printSchema(appIr([object]), 'sqlite', 'test').text)
    const notes = [
      ['1', 'Hello, World-wide web', null],
      ['2', 'hello', 'WORLD (wide)'],
      ['3', null, 'helloworld'],
      ['4', 'NOT a "quoted" AND', 'x:y^2 {z}*\x07bell'],
      ['5', 'été', ''],
    ]
    const insert = db.prepare(`insert into "no""te" ("id", "title", "bo'dy", "created_at", "updated_at") values (?, ?, ?, '', '')`)
    for (const [id, title, body] of notes) insert.run(id!, title!, body!)
    const find = (text: string, operator: 'and' | 'or', isIndexed: boolean): string => {
      const search = {
        plan: { table: '"no""te"' },
        alias: 't0',
        columns: ['title', "bo'dy"],
        operator,
        isIndexed,
      } as unknown as BoundSearch
      const list = parameterList(sqliteDialect)
      const condition = sqliteDialect.search(search, list.print(fixed(text)), list.derive)
      const { sql, parameters } = list.finish(`select group_concat("id", '' order by "id") as v from "no""te" as t0 where ${condition}`)
      expect(sql).not.toContain(text)
      return String(db.prepare(sql).get(...parameters.map((one) => one.bind([], { now: 0 })))!['v'] ?? '')
    }
    for (const isIndexed of [true, false]) {
      const both = (text: string): readonly [string, string] => [find(text, 'and', isIndexed), find(text, 'or', isIndexed)]
      expect(both('HELLO world')).toEqual(['12', '12'])
      expect(both('web wide')).toEqual(['1', '12'])
      expect(both('not "and"')).toEqual(['4', '4'])
      expect(both('y:x')).toEqual(['4', '4'])
      expect(both('bell\x01')).toEqual(['4', '4'])
      expect(both('2*')).toEqual(['4', '4'])
      expect(both('worl')).toEqual(['', ''])
      expect(both('été')).toEqual(['5', '5'])
      expect(both('-- " \' ( )')).toEqual(['', ''])
      expect(both('title:hello')).toEqual(['', '12'])
    }
  })
})
