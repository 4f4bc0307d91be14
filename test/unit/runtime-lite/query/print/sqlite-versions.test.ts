import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import type { Dialect } from '../../../../../runtime-lite/query/print/dialect.ts'
import { sqliteDialect, sqliteDialectFor } from '../../../../../runtime-lite/query/print/sqlite.ts'
import { openBetterSqlite3 } from '../../../../../runtime-lite/sqlite/open-better-sqlite3.ts'

const TABLES = `
  create table "user" ("id" text primary key, "name" text, "is_active" integer);
  create table "ticket" ("id" text primary key, "subject" text, "owner" text, "is_open" integer);
  insert into "user" values ('u1', 'Ada "the first"', 1), ('u2', '{"a":1}', null);
  insert into "ticket" values ('t1', 'Quay', 'u1', 1), ('t2', 'Mole', 'u1', 0), ('t3', '[]', 'u2', null), ('t4', 'Pier', 'gone', 1), ('t5', 'Dock', null, 1);
`

const boolean = (dialect: Dialect, column: string): string => dialect.jsonValue(column, { kind: 'boolean' })

/** Tickets with their owner, who comes with all of his tickets. */
function nested(dialect: Dialect): string {
  const ticket = dialect.jsonObject([
    ['subject', '"subject"'],
    ['is_open', boolean(dialect, '"is_open"')],
  ])
  const tickets = { alias: 't2', from: '"ticket"', where: '"owner" = t1."id"', orderBy: '"id"', limit: '' }
  const owner = dialect.jsonObject([
    ['name', 't1."name"'],
    ['is_active', boolean(dialect, 't1."is_active"')],
    ['tickets', dialect.jsonArray(ticket, tickets)],
  ])
  const json = dialect.jsonObject([
    ['id', 't0."id"'],
    ['owner', dialect.jsonOne(owner, { alias: 't1', from: '"user" as t1', where: 't1."id" = t0."owner"' }, 't0."owner"')],
  ])
  return `select ${json} as json from "ticket" as t0 order by t0."id"`
}

const quay = { subject: 'Quay', is_open: true }
const mole = { subject: 'Mole', is_open: false }
const ada = { name: 'Ada "the first"', is_active: true, tickets: [quay, mole] }
const EXPECTED = [
  { id: 't1', owner: ada },
  { id: 't2', owner: ada },
  { id: 't3', owner: { name: '{"a":1}', is_active: null, tickets: [{ subject: '[]', is_open: null }] } },
  { id: 't4', owner: 'gone' },
  { id: 't5', owner: null },
]

describe.each(['node:sqlite', 'better-sqlite3'])('%s', (driver) => {
  const open = () => (driver === 'node:sqlite' ? new DatabaseSync(':memory:') : openBetterSqlite3('better-sqlite3::memory:'))

  test.each(['of all versions', 'of its version'])('records inside of records are JSON in the dialect %s', async (which) => {
    const db = await open()
    db.exec(TABLES)
    const { version } = db.prepare('select sqlite_version() as version').get() as { version: string }
    const dialect = which === 'of all versions' ? sqliteDialect : sqliteDialectFor(version)
    const rows = db.prepare(nested(dialect)).all() as { json: string }[]
    expect(rows.map(({ json }) => JSON.parse(json) as unknown)).toEqual(EXPECTED)
    db.close()
  })
})

test('from 3.54 on, and where nobody knows, the JSON of a subquery is said to be JSON', () => {
  for (const version of ['3.54.0', '3.54.1', '3.100.0', '4.0.0', '', 'undefined']) expect(sqliteDialectFor(version)).toBe(sqliteDialect)
  for (const version of ['3.45.0', '3.53.4', '3.53']) expect(sqliteDialectFor(version)).not.toBe(sqliteDialect)
})
