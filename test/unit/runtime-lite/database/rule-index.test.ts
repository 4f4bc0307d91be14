import { createHash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { printSchema } from '../../../../compiler/6-emit/sql/print-schema.ts'
import type { UniqueRule } from '../../../../compiler/6-emit/sql/rule-index.ts'
import { migrateRemote } from '../../../../runtime-lite/database/migrate-remote.ts'
import { duplicatesOfIndex, ruleOfIndex } from '../../../../runtime-lite/database/rule-index.ts'
import type { SqlDriver } from '../../../../runtime-lite/database/session.ts'
import { mysql } from '../../../../runtime-lite/mysql/index.ts'
import { postgres } from '../../../../runtime-lite/postgres/index.ts'
import { migrate } from '../../../../runtime-lite/sqlite/migrate.ts'
import { isReachable, mysql as mysqlServer, postgres as postgresServer, type ScratchDatabase } from '../../../support/database-servers.ts'
import { appIr, objectIr } from '../../../support/ir.ts'
import { mysqlUrl, postgresUrl } from '../../../support/sources.ts'
import { compares, uniqueRule } from '../../../support/unique-rule.ts'

const schema = (dialect: 'sqlite' | 'postgres' | 'mysql', ...rules: readonly UniqueRule[]) => {
  const object = objectIr({ name: 'deal', fields: { name: 'text', status: 'text', amount: 'number' }, compiledRules: rules })
  const sql = printSchema(appIr([object]), dialect, 'test').text
  return { digest: createHash('sha256').update(sql).digest('hex'), sql }
}

const OPEN = compares('status', 'eq', 'open')
const ONE = uniqueRule('one_name', ['name'], { isCaseSensitive: false, scope: OPEN })
const PLAIN = uniqueRule('plain', ['name', 'amount'])

const rows = (...values: readonly string[]): string =>
  `insert into deal (id, name, status, amount, created_at, updated_at) values ${values
    .map((text) => `(${text}, 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00')`)
    .join(', ')}`

test('what an index looks at is read from its statement', () => {
  expect(ruleOfIndex('deal', 'deal_one_name_rule_0123abcd')).toBe('one_name')
  expect(ruleOfIndex('deal', 'deal_one_name_key')).toBeUndefined()
  expect(duplicatesOfIndex('create unique index "a, (b" on "de""al" ("na,me", (lower("x)")), "y") where "z" = \'), (\'')).toBe(
    'select "na,me", (lower("x)")), "y" from "de""al" where ("z" = \'), (\') and "na,me" is not null and (lower("x)")) is not null and "y" is not null group by "na,me", (lower("x)")), "y" having count(*) > 1',
  )
})

describe('SQLite', () => {
  test('holds a rule once records keep it, and says which one they break', () => {
    const db = new DatabaseSync(':memory:')
    migrate(db, schema('sqlite'))
    db.exec(rows("'1', 'Ada', 'open'", "'2', 'ADA', 'open'", "'3', 'ada', 'closed'"))
    expect(() => migrate(db, schema('sqlite', ONE))).toThrow(/The rule "one_name" of table "deal".+having count\(\*\) > 1/)
    db.exec("update deal set status = 'closed' where id = '2'")
    expect(migrate(db, schema('sqlite', ONE)).applied).toHaveLength(1)
    expect(() => db.exec(rows("'4', 'aDA', 'open'"))).toThrow(/UNIQUE/)
    // The same rule again, and one more: what is there stays.
    expect(migrate(db, schema('sqlite', ONE, PLAIN)).applied).toHaveLength(1)
    expect(migrate(db, schema('sqlite', PLAIN)).applied).toEqual([expect.stringMatching(/^drop index "deal_one_name_rule_/)])
    db.exec(rows("'4', 'aDA', 'open'"))
  })
})

const SERVERS = [
  { name: 'PostgreSQL', dialect: 'postgres', server: postgresServer, open: (database: ScratchDatabase) => postgres(postgresUrl(database)) },
  { name: 'MariaDB', dialect: 'mysql', server: mysqlServer, open: (database: ScratchDatabase) => mysql(mysqlUrl(database)) },
] as const

describe.each(SERVERS)('$name', ({ dialect, server, open }) => {
  const isThere = isReachable(server)
  let database: ScratchDatabase
  let driver: SqlDriver
  beforeAll(async () => {
    if (!isThere) return
    database = server.create('rule_index')
    driver = await open(database)
  })
  afterAll(async () => {
    if (!isThere) return
    await driver.close()
    database.drop()
  })

  test.skipIf(!isThere)('holds a rule once records keep it, and says which one they break', async () => {
    await migrateRemote(driver, schema(dialect))
    database.run(`${rows("'1', 'Ada', 'open'", "'2', 'ADA', 'open'", "'3', 'ada', 'closed'")};`)
    await expect(migrateRemote(driver, schema(dialect, ONE))).rejects.toThrow(/The rule "one_name" of table "deal".+having count\(\*\) > 1/)
    database.run("update deal set status = 'closed' where id = '2';")
    expect((await migrateRemote(driver, schema(dialect, ONE))).applied.length).toBeGreaterThan(0)
    expect(() => database.run(`${rows("'4', 'aDA', 'open'")};`)).toThrow(/uplicate/)
    await migrateRemote(driver, schema(dialect, ONE, PLAIN))
    const other = await migrateRemote(driver, schema(dialect, PLAIN))
    expect(other.applied).toEqual([expect.stringMatching(/drop (?:index|column) ."?(?:deal_one_name|_)/)])
    database.run(`${rows("'4', 'aDA', 'open'")};`)
    expect(() => database.run(`${rows("'5', 'aDA', 'open'")};`)).toThrow(/uplicate/)
    expect(await migrateRemote(driver, schema(dialect, PLAIN))).toEqual({ applied: [], refused: [] })
  })
})
