import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { prepareRemote } from '../../../../runtime-lite/database/prepare-remote.ts'
import type { SqlDriver } from '../../../../runtime-lite/database/session.ts'
import { mysql } from '../../../../runtime-lite/mysql/index.ts'
import { postgres } from '../../../../runtime-lite/postgres/index.ts'
import { isReachable, mysql as mysqlServer, postgres as postgresServer, type ScratchDatabase } from '../../../support/database-servers.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..', '..')

const SERVERS = [
  {
    name: 'PostgreSQL',
    server: postgresServer,
    open: (database: string) =>
      postgres(`postgres://${process.env['PGUSER'] ?? 'postgres'}@${process.env['PGHOST'] ?? '127.0.0.1'}/${database}`),
    schema: 'schema.postgres.sql',
    quote: '"',
    number: 'bigint',
    instant: 'timestamptz(3)',
    options: '',
  },
  {
    name: 'MySQL',
    server: mysqlServer,
    open: (database: string) => mysql(`mysql://${process.env['MYSQL_USER'] ?? 'root'}@127.0.0.1/${database}`),
    schema: 'schema.mysql.sql',
    quote: '`',
    number: 'bigint',
    instant: 'datetime(3)',
    options: ' engine = innodb default character set utf8mb4 collate utf8mb4_bin',
  },
] as const

describe.each(SERVERS)('starting on $name', ({ server, open, schema, quote, number, instant, options }) => {
  const isThere = isReachable(server)
  let database: ScratchDatabase
  let driver: SqlDriver

  beforeAll(async () => {
    if (!isThere) return
    database = server.create('prepare_remote')
    driver = await open(database.name)
  })
  afterAll(async () => {
    if (!isThere) return
    await driver.close()
    database.drop()
  })

  const q = (text: string): string => text.replaceAll('"', quote)
  const id = quote === '"' ? 'text' : 'varchar(255)'
  /** A schema of one table `thing` (and another), as the compiler prints it. */
  const script = (columns: readonly string[], rest = ''): string =>
    q(
      `create table "thing" (\n  "id" ${id} primary key not null${columns.map((column) => `,\n  ${column}`).join('')}\n)${options};\n${rest}`,
    )
  const told: string[] = []
  let digests = 0
  const prepare = (sql: string, by: SqlDriver = driver): Promise<string[]> => {
    told.length = 0
    return prepareRemote(by, { digest: `d${++digests}`, sql }, (message) => void told.push(message)).then(() => [...told])
  }
  const reset = (): void => {
    database.run(
      quote === '"'
        ? 'drop schema public cascade; create schema public;'
        : `drop database ${database.name}; create database ${database.name};`,
    )
  }
  const count = async (sql: string): Promise<number> =>
    Number((await driver.session.row({ sql: q(sql), kinds: [], isRead: true }, []))?.[0])

  test.skipIf(!isThere)('several processes at once create the whole sample application once', { timeout: 60_000 }, async () => {
    const sql = readFileSync(join(ROOT, 'generated', schema), 'utf8')
    const others = await Promise.all([open(database.name), open(database.name)])
    const warn = (message: string): never => {
      throw new Error(message)
    }
    await Promise.all([driver, ...others].map((by) => prepareRemote(by, { digest: 'sample', sql }, warn)))
    expect(database.run(q(`select "value" from "_objectql" where "key" = 'cursor_secret'`)).trim()).toMatch(/^[\w-]{43}$/)
    expect(await count('select count(*) from "account"')).toBe(0)
    // A current database is not looked at, and its schema is not read.
    const unread = (): never => {
      throw new Error('read')
    }
    await prepareRemote(driver, { digest: 'sample', sql: unread }, warn)
    // The same schema under another digest: nothing to do.
    expect(await prepare(sql)).toEqual([])
    for (const other of others) await other.close()
  })

  test.skipIf(!isThere)('adds tables, columns, indexes and references, and makes columns wider', async () => {
    reset()
    await prepare(script(['"name" varchar(5)', '"kind" varchar(9)']))
    database.run(q(`insert into "thing" ("id", "name") values ('a', 'short'), ('b', 'b')`))
    const more = [
      '"name" varchar(60)',
      '"kind" varchar(9)',
      `"size" ${number}`,
      `"made_at" ${instant} not null`,
      `"_version" ${number} not null default 1`,
      `"parent" ${id}`,
    ]
    const rest = `create unique index "thing_name_key" on "thing" ("name");\ncreate table "other" (\n  "id" ${id} primary key not null\n)${options};\nalter table "thing" add constraint "thing_parent_fkey" foreign key ("parent") references "other" ("id") on delete set null;\n`
    expect(await prepare(script(more, rest))).toEqual([])
    expect(await count('select count(*) from "thing" where "made_at" is not null and "_version" = 1 and "size" is null')).toBe(2)
    database.run(q(`update "thing" set "name" = 'longer than five characters' where "id" = 'a'`))
    expect(() => database.run(q(`update "thing" set "name" = 'b' where "id" = 'a'`))).toThrow(/duplicate/i)
    expect(() => database.run(q(`update "thing" set "parent" = 'nobody'`))).toThrow(/foreign key/)
    // An index that changes its columns is made again; a narrower column stays as it is.
    const changed = `create unique index "thing_name_key" on "thing" ("name", "kind");\n`
    expect(await prepare(script(['"name" varchar(5)', ...more.slice(1)], changed))).toEqual([])
    database.run(q(`update "thing" set "name" = 'b'`))
  })

  test.skipIf(!isThere)('tells what is no longer in the schema, and drops nothing', async () => {
    reset()
    await prepare(
      script(['"name" varchar(5)', '"empty" varchar(5)'], `create table "other" (\n  "id" ${id} primary key not null\n)${options};\n`),
    )
    database.run(
      q(
        `insert into "thing" ("id", "name") values ('a', 'a'); insert into "other" ("id") values ('o'); create table "foreign" ("x" int); insert into "foreign" values (1);`,
      ),
    )
    expect(await prepare(script([]))).toHaveLength(2)
    expect([...told].sort()[0]).toContain('"name" of table "thing"')
    expect([...told].sort()[1]).toContain('The table "other"')
    expect(await count('select count("name") from "thing"')).toBe(1)
  })

  test.skipIf(!isThere).each([
    ['a column of another type', [`"name" ${number}`], '', /"name" of table "thing" is .*; the schema needs bigint/],
    [
      'values that are not unique',
      ['"name" varchar(9)'],
      'create unique index "thing_name_key" on "thing" ("name");\n',
      /"name" of table "thing" is to be unique/,
    ],
  ] as const)('refuses %s before anything is changed', async (_, columns, rest, message) => {
    reset()
    await prepare(script(['"name" varchar(9)']))
    database.run(q(`insert into "thing" ("id", "name") values ('a', 'same'), ('b', 'same')`))
    const failing = prepare(script([...columns, '"added" varchar(9)'], rest))
    await expect(failing).rejects.toThrow(message)
    await expect(failing).rejects.toMatchObject({ name: 'MigrationError', refused: [{ isBlocking: true }] })
    await expect(count('select count("added") from "thing"')).rejects.toThrow()
    // Still refused at the next start.
    await expect(prepare(script([...columns], rest))).rejects.toThrow(message)
  })

  test.skipIf(!isThere)('refuses a view in place of a table, and a column that nobody would fill in', async () => {
    reset()
    database.run(q(`create view "thing" as select 'x' as "id"`))
    await expect(prepare(script([]))).rejects.toThrow(/"thing" is a view/)
    reset()
    database.run(q(`create table "thing" ("id" ${id} primary key, "needed" int not null, "filled" int not null default 3)`))
    await expect(prepare(script([]))).rejects.toThrow(/"needed" of table "thing" is NOT NULL without a default/)
    reset()
    database.run(q(`create table "thing" ("id" ${id})`))
    await expect(prepare(script([]))).rejects.toThrow(/"id" of table "thing" is not the primary key/)
  })

  test.skipIf(!isThere)('leaves out a reference that rows do not keep, and says so', async () => {
    reset()
    await prepare(script([`"parent" ${id}`]))
    database.run(q(`insert into "thing" ("id", "parent") values ('a', 'nobody')`))
    const rest = `alter table "thing" add constraint "thing_parent_fkey" foreign key ("parent") references "thing" ("id") on delete set null;\n`
    expect(await prepare(script([`"parent" ${id}`], rest))).toEqual([expect.stringContaining('some rows refer to nothing there')])
    database.run(q(`update "thing" set "parent" = 'a'`))
    expect(await prepare(script([`"parent" ${id}`], rest))).toEqual([])
    expect(() => database.run(q(`update "thing" set "parent" = 'nobody'`))).toThrow(/foreign key/)
  })

  test.skipIf(!isThere)('drops columns that are computed from others, and repeats what can be repeated', async () => {
    reset()
    await prepare(script(['"a" bigint', '"sum" bigint generated always as ("a" + 1) stored']))
    database.run(q(`insert into "thing" ("id", "a") values ('x', 1)`))
    expect(await count('select "sum" from "thing"')).toBe(2)
    const trigger =
      quote === '"'
        ? `create or replace function raise() returns trigger language plpgsql as 'begin new."a" := new."a" + 1; return new; end';\ndrop trigger if exists "t" on "thing";\ncreate trigger "t" before update on "thing" for each row execute function raise();\n`
        : 'create or replace trigger "t" before update on "thing" for each row set new."a" = new."a" + 1;\n'
    expect(await prepare(script(['"a" bigint'], trigger))).toEqual([])
    expect(await prepare(script(['"a" bigint', '"b" bigint'], trigger))).toEqual([])
    await expect(count('select "sum" from "thing"')).rejects.toThrow()
    database.run(q(`update "thing" set "b" = 1`))
    expect(await count('select "a" from "thing"')).toBe(2)
  })
})
