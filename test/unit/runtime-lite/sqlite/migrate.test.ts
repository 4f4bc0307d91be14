import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { ObjectIr } from '../../../../compiler/ir/object.ts'
import { readShape } from '../../../../runtime-lite/sqlite/database-shape.ts'
import { migrate, planMigration, type SqliteSchema } from '../../../../runtime-lite/sqlite/migrate.ts'
import { appIr, type FieldSketch } from '../../../support/ir.ts'
import { randomApp } from '../../../support/random-ir.ts'
import { essence, fresh, insert, NOW, rows, schema, schemaOf, table } from '../../../support/sqlite-schema.ts'

const account = (fields: Record<string, FieldSketch> = {}): ObjectIr => table('account', { name: 'text', ...fields })

describe('an empty database', () => {
  it('gets everything, once', () => {
    const db = new DatabaseSync(':memory:')
    const wanted = schemaOf(randomApp(3))
    expect(planMigration(db, wanted).refused).toEqual([])
    const { applied } = migrate(db, wanted)
    expect(applied.length).toBeGreaterThan(6)
    expect(essence(db)).toEqual(fresh(wanted))
    expect(migrate(db, wanted)).toEqual({ applied: [], refused: [] })
    expect(planMigration(db, wanted)).toEqual({ statements: [], refused: [] })
  })

  it('does not read the schema when nothing has changed, and does when somebody changed a table', () => {
    const db = new DatabaseSync(':memory:')
    const wanted = schema(account())
    migrate(db, wanted)
    const unread: SqliteSchema = { digest: wanted.digest, sql: () => expect.unreachable('the schema was read') }
    migrate(db, unread)
    db.exec('alter table "account" drop column "name"')
    expect(migrate(db, wanted).applied).toEqual(['alter table "account" add column "name" text'])
    migrate(db, unread)
  })
})

describe('additive changes', () => {
  it('adds columns, keys, references and indexes', () => {
    const db = new DatabaseSync(':memory:')
    migrate(db, schema(account()))
    insert(db, 'account', { id: '1', name: 'Ann' })
    const wanted = schema(
      account({
        code: { type: 'text', isUnique: true },
        active: 'boolean',
        tags: 'tags',
        owner: { type: 'lookup', reference: { object: 'user', onDelete: 'cascade' } },
      }),
      table('user', { name: 'text' }, [{ fields: ['name'], where: 'name is not null', name: 'named' }]),
    )
    const { refused } = migrate(db, wanted)
    expect(refused).toEqual([])
    expect(essence(db)).toEqual(fresh(wanted))
    expect(rows(db, 'select * from "account"')).toEqual([
      { id: '1', name: 'Ann', created_at: NOW, updated_at: NOW, _version: 1, code: null, active: null, tags: null, owner: null },
    ])
    expect(() => db.exec(`update "account" set "owner" = 'nobody'`)).toThrow(/FOREIGN KEY/)
  })

  it('changes, drops and renames indexes freely', () => {
    const db = new DatabaseSync(':memory:')
    migrate(
      db,
      schema(
        table('a', { x: 'text', y: 'text' }, [
          { fields: ['x'], name: 'one' },
          { fields: ['y'], name: 'two' },
        ]),
      ),
    )
    const wanted = schema(
      table('a', { x: 'text', y: 'text' }, [
        { fields: ['x', 'y'], name: 'one' },
        { fields: ['y'], isUnique: true, name: 'three' },
      ]),
    )
    migrate(db, wanted)
    expect(essence(db)).toEqual(fresh(wanted))
  })

  it('leaves a dropped table or column without data behind no more than its data', () => {
    const db = new DatabaseSync(':memory:')
    migrate(
      db,
      schema(
        account({ old: { type: 'text', annotations: { index: true } }, boss: { type: 'lookup', reference: { object: 'user' } } }),
        table('user', {}),
      ),
    )
    insert(db, 'account', { id: '1', name: 'Ann' })
    const wanted = schema(account())
    expect(migrate(db, wanted).refused).toEqual([])
    expect(essence(db)).toEqual(fresh(wanted))
    expect(rows(db, 'select "name" from "account"')).toEqual([{ name: 'Ann' }])
  })

  it('makes a text field a reference and back, keeping values', () => {
    const db = new DatabaseSync(':memory:')
    const plain = schema(account({ owner: { type: 'text', annotations: { index: true } } }), table('user', {}))
    migrate(db, plain)
    insert(db, 'user', { id: 'u1' })
    insert(db, 'account', { id: '1', owner: 'u1' })
    for (const onDelete of ['restrict', 'cascade', 'set-null'] as const) {
      const wanted = schema(account({ owner: { type: 'lookup', reference: { object: 'user', onDelete } } }), table('user', {}))
      expect(migrate(db, wanted).refused).toEqual([])
      expect(essence(db)).toEqual(fresh(wanted))
      expect(rows(db, 'select "owner" from "account"')).toEqual([{ owner: 'u1' }])
    }
    migrate(db, plain)
    expect(essence(db)).toEqual(fresh(plain))
    expect(rows(db, 'select "owner" from "account"')).toEqual([{ owner: 'u1' }])
  })
})

describe('destructive changes', () => {
  const withData = (
    fields: Record<string, FieldSketch>,
    row: Record<string, string | number | null>,
    ...others: ObjectIr[]
  ): DatabaseSync => {
    const db = new DatabaseSync(':memory:')
    migrate(db, schema(table('invoice line', fields), ...others))
    insert(db, 'invoice line', { id: '1', ...row })
    return db
  }

  it('keeps a dropped column that holds data, and adds the rest', () => {
    const db = withData({ old: { type: 'text', annotations: { index: true } } }, { old: 'x' })
    const wanted = schema(table('invoice line', { fresh: 'text' }))
    const { applied, refused } = migrate(db, wanted)
    expect(applied).toEqual(
      ['alter table "invoice line" add column "fresh" text', 'drop index "invoice_line_old_idx_c7d2"'].map((text) =>
        expect.stringContaining(text.slice(0, 30)),
      ),
    )
    expect(refused).toEqual([
      {
        kind: 'dropped-column',
        table: 'invoice line',
        column: 'old',
        isBlocking: false,
        allowDrop: 'invoice line.old',
        message: `"old" of table "invoice line" is no longer in the schema but holds data, so it stays. To drop it: objectql migrate --allow-drop 'invoice line.old'`,
      },
    ])
    expect(rows(db, 'select "old" from "invoice line"')).toEqual([{ old: 'x' }])
    expect(migrate(db, wanted, { allowDrop: ['invoice line.old'] })).toEqual({
      applied: ['alter table "invoice line" drop column "old"'],
      refused: [],
    })
    expect(essence(db)).toEqual(fresh(wanted))
  })

  it('keeps a dropped table that has rows', () => {
    const db = withData(
      { owner: { type: 'lookup', reference: { object: 'user', onDelete: 'cascade' } } },
      { owner: null },
      table('user', {}),
    )
    insert(db, 'user', { id: 'u' })
    db.exec(`update "invoice line" set "owner" = 'u'`)
    const wanted = schema(table('note', {}))
    const refused = migrate(db, wanted).refused
    expect(refused.map(({ kind, allowDrop, isBlocking }) => [kind, allowDrop, isBlocking])).toEqual([
      ['dropped-table', 'user', false],
      ['dropped-table', 'invoice line', false],
    ])
    // Dropping the target alone would delete the rows that refer to it.
    expect(migrate(db, wanted, { allowDrop: ['user'] }).refused.map(({ message }) => message)).toContainEqual(
      expect.stringContaining(
        '"user" is still referred to by "owner" of table "invoice line". To drop both: objectql migrate --allow-drop \'invoice line\' --allow-drop user',
      ),
    )
    expect(rows(db, 'select count(*) as n from "invoice line"')).toEqual([{ n: 1 }])
    expect(migrate(db, wanted, { allowDrop: ['user', 'invoice line'] }).refused).toEqual([])
    expect(essence(db)).toEqual(fresh(wanted))
  })

  it('drops tables that refer to each other', () => {
    const a = (onDelete: 'restrict' | 'cascade'): ObjectIr[] => [
      table('a', { b: { type: 'lookup', reference: { object: 'b', onDelete } } }),
      table('b', { a: { type: 'lookup', reference: { object: 'a', onDelete } } }),
      table('c', {}),
    ]
    for (const onDelete of ['restrict', 'cascade'] as const) {
      const db = new DatabaseSync(':memory:')
      migrate(db, schema(...a(onDelete)))
      insert(db, 'a', { id: '1' })
      insert(db, 'b', { id: '1', a: '1' })
      db.exec(`update "a" set "b" = '1'`)
      const wanted = schema(table('c', {}))
      expect(migrate(db, wanted).refused).toHaveLength(2)
      expect(migrate(db, wanted, { allowDrop: ['a', 'b'] }).refused).toEqual([])
      expect(essence(db)).toEqual(fresh(wanted))
    }
  })

  it('keeps what a table that has to stay refers to', () => {
    const link = (object: string): FieldSketch => ({ type: 'lookup', reference: { object, onDelete: 'cascade' } })
    const db = new DatabaseSync(':memory:')
    migrate(db, schema(table('a', { b: link('b') }), table('b', {}), table('c', { a: link('a') })))
    insert(db, 'b', { id: 'b' })
    insert(db, 'a', { id: 'a', b: 'b' })
    insert(db, 'c', { id: 'c', a: 'a' })
    // c.a leaves the schema with a value in it, so it keeps a, and a keeps b.
    const wanted = schema(table('c', {}))
    const { refused } = migrate(db, wanted, { allowDrop: ['a', 'b'] })
    expect(refused.map(({ message }) => message)).toEqual([
      '"a" of table "c" is no longer in the schema but holds data, so it stays. To drop it: objectql migrate --allow-drop c.a',
      'The table "a" is still referred to by "a" of table "c". To drop both: objectql migrate --allow-drop c.a --allow-drop a',
      'The table "b" is still referred to by "b" of table "a". To drop both: objectql migrate --allow-drop a --allow-drop b',
    ])
    expect(rows(db, 'select (select count(*) from a) + (select count(*) from b) + (select count(*) from c) as n')).toEqual([{ n: 3 }])
    expect(migrate(db, wanted, { allowDrop: ['a', 'b', 'c.a'] }).refused).toEqual([])
    expect(essence(db)).toEqual(fresh(wanted))
    expect(rows(db, 'select count(*) as n from c')).toEqual([{ n: 1 }])
  })

  it.each<[string, FieldSketch, string | number, FieldSketch, unknown]>([
    ['text to number', 'text', 'seven', 'number', null],
    ['text to number, when it is one', 'text', '7.5', 'number', 7.5],
    ['number to text', 'number', 7, 'text', '7.0'],
    ['one to many', 'select', 'open', 'multiselect', '["open"]'],
    ['many to one', 'multiselect', '["open"]', 'select', 'open'],
    ['text to JSON', 'text', 'not { json', 'json', '["not { json"]'],
  ])('refuses %s until told', (_, from, value, to, converted) => {
    const db = withData({ f: from, other: 'text' }, { f: value, other: 'kept' })
    const wanted = schema(table('invoice line', { f: to, other: 'text', added: 'text' }))
    expect(() => migrate(db, wanted)).toThrow(
      /"f" of table "invoice line" is .* and holds values that are not .* objectql migrate --allow-drop 'invoice line\.f'/,
    )
    expect(readShape(db).tables.get('invoice line')?.columns.has('added')).toBe(false)
    expect(migrate(db, wanted, { allowDrop: ['invoice line.f'] }).refused).toEqual([])
    expect(essence(db)).toEqual(fresh(wanted))
    expect(rows(db, 'select "f", "other" from "invoice line"')).toEqual([{ f: converted, other: 'kept' }])
  })

  it('changes the type of a column without values', () => {
    const db = withData({ f: { type: 'text', isUnique: true } }, { f: null })
    const wanted = schema(table('invoice line', { f: { type: 'number', isUnique: true } }))
    expect(migrate(db, wanted).refused).toEqual([])
    expect(essence(db)).toEqual(fresh(wanted))
  })

  it('refuses a unique key over values that occur twice, with the query that finds them', () => {
    const db = withData({ code: 'text', on: 'boolean' }, { code: 'x', on: 1 })
    insert(db, 'invoice line', { id: '2', code: 'x', on: 0 })
    insert(db, 'invoice line', { id: '3', code: null })
    insert(db, 'invoice line', { id: '4', code: null })
    const wanted = schema(table('invoice line', { code: { type: 'text', isUnique: true }, on: 'boolean' }))
    const { refused, statements } = planMigration(db, wanted)
    expect(statements).toEqual([])
    expect(refused.map(({ kind, isBlocking }) => [kind, isBlocking])).toEqual([['duplicate-values', true]])
    const query = /Find and change them: (.*)$/.exec(refused[0]!.message)![1]!
    expect(rows(db, query)).toEqual([{ code: 'x', 'count(*)': 2 }])
    expect(() => migrate(db, wanted)).toThrow(/to be unique/)
    // Unique only where the flag is set: fine.
    migrate(
      db,
      schema(
        table('invoice line', { code: 'text', on: 'boolean' }, [{ fields: ['code'], isUnique: true, where: 'on = true', name: 'live' }]),
      ),
    )
    db.exec(`delete from "invoice line" where "id" = '2'`)
    migrate(db, wanted)
    expect(essence(db)).toEqual(fresh(wanted))
  })

  it('refuses a reference that values do not keep', () => {
    const db = withData({ owner: 'text' }, { owner: 'nobody' }, table('user', {}))
    const wanted = schema(table('invoice line', { owner: { type: 'lookup', reference: { object: 'user' } } }), table('user', {}))
    expect(migrate(db, wanted).refused).toMatchObject([{ kind: 'dangling-reference', allowDrop: 'invoice line.owner', isBlocking: false }])
    expect(rows(db, 'select "owner" from "invoice line"')).toEqual([{ owner: 'nobody' }])
    expect(migrate(db, wanted, { allowDrop: ['invoice line.owner'] }).refused).toEqual([])
    expect(rows(db, 'select "owner" from "invoice line"')).toEqual([{ owner: null }])
    expect(essence(db)).toEqual(fresh(wanted))
  })

  it('says so when there is nothing to drop', () => {
    const db = withData({ a: 'text' }, { a: 'x' })
    const wanted = schema(table('invoice line', { a: 'text' }))
    expect(
      migrate(db, wanted, { allowDrop: ['invoice line.b', 'invoice line', 'invoice line.a', 'invoice line.id'] }).refused.map(
        ({ kind, table: name }) => [kind, name],
      ),
    ).toEqual(['invoice line.b', 'invoice line', 'invoice line.a', 'invoice line.id'].map((name) => ['nothing-to-drop', name]))
    expect(rows(db, 'select "a" from "invoice line"')).toEqual([{ a: 'x' }])
  })
})

describe("somebody else's tables", () => {
  it('adopts what fits and leaves the rest alone', () => {
    const db = new DatabaseSync(':memory:')
    db.exec(`create table "account" (id varchar(255) primary key, name varchar(255), price float, active boolean, meta json, born date, extra integer default 5, unique (name));
      create table "foreign" (n integer); create index "extra_index" on "account" (extra); create view "v" as select * from "account";
      create trigger "t" after insert on "account" begin select 1; end;
      insert into "account" (id, name, price, active, meta, born) values ('1', 'Ann', 1.5, 1, '{"a":1}', '2020-01-01')`)
    const wanted = schema(
      account({
        name: { type: 'text', isUnique: true },
        price: 'currency',
        active: 'boolean',
        meta: 'json',
        born: 'date',
        owner: { type: 'lookup', reference: { object: 'account' } },
      }),
    )
    const { applied, refused } = migrate(db, wanted, { now: NOW })
    expect(refused).toEqual([])
    expect(applied).toEqual([
      'alter table "account" add column "owner" text references "account" ("id") on delete set null',
      `alter table "account" add column "created_at" text not null default '${NOW}'`,
      `alter table "account" add column "updated_at" text not null default '${NOW}'`,
      'alter table "account" add column "_version" integer not null default 1',
      'create index "account_owner_idx" on "account" ("owner")',
      expect.stringMatching(/^create trigger "account_cleared" /),
    ])
    expect(rows(db, 'select * from "account"')).toEqual([
      {
        id: '1',
        name: 'Ann',
        price: 1.5,
        active: 1,
        meta: '{"a":1}',
        born: '2020-01-01',
        extra: 5,
        owner: null,
        created_at: NOW,
        updated_at: NOW,
        _version: 1,
      },
    ])
    expect(migrate(db, wanted)).toEqual({ applied: [], refused: [] })
    expect(planMigration(db, wanted)).toEqual({ statements: [], refused: [] })
    // Fields that leave the schema: an empty column we added goes, theirs stay without a word.
    const less = schema(account({ name: { type: 'text', isUnique: true } }))
    expect(migrate(db, less)).toMatchObject({ refused: [] })
    expect([...readShape(db).tables.get('account')!.columns.keys()]).toEqual(expect.arrayContaining(['price', 'active', 'meta', 'born']))
    migrate(db, schema(table('other', {})))
    expect(readShape(db).tables.has('account')).toBe(true)
    expect([...readShape(db).tables.keys()]).toContain('foreign')
    expect(readShape(db).tables.get('account')?.columns.has('extra')).toBe(true)
    expect(readShape(db).tables.get('account')?.columns.has('owner')).toBe(false)
    expect(
      readShape(db)
        .tables.get('account')
        ?.indexes.some(({ name }) => name === 'extra_index'),
    ).toBe(true)
  })

  it.each([
    ['create table account (id integer primary key, name text)', /"id" of table "account" is INTEGER and identifies its rows/],
    ['create table account (name text)', /has no column "id"/],
    [
      'create table account (id text primary key, name text, tenant text not null)',
      /"tenant" of table "account" is NOT NULL without a default .*--allow-drop account\.tenant/,
    ],
    [
      'create table account (id text, name text, tenant text not null, unique (tenant, name))',
      /"tenant" of table "account" is NOT NULL without a default[^:]*$/m,
    ],
    ['create view account as select 1 as id', /"account" is a view/],
    [
      `create table account (id text, name text); insert into account values ('1', 'a'), ('1', 'b')`,
      /"id" of table "account" is to be unique/,
    ],
    [
      `create table account (id text primary key, name int); insert into account values ('1', 5)`,
      /"name" of table "account" is INT and holds values that are not text/,
    ],
  ])('refuses %s', (sql, message) => {
    const db = new DatabaseSync(':memory:')
    db.exec(sql)
    const before = rows(db, 'select name, sql from sqlite_schema')
    expect(() => migrate(db, schema(account()))).toThrow(message)
    expect(rows(db, 'select name, sql from sqlite_schema')).toEqual(before)
  })

  it('gives an id that is no key a unique index, so that references hold', () => {
    const db = new DatabaseSync(':memory:')
    db.exec('create table account (n integer primary key, id text, name text)')
    migrate(db, schema(account({ parent: { type: 'tree', reference: { object: 'account' } } })))
    insert(db, 'account', { id: '1' })
    insert(db, 'account', { id: '2', parent: '1' })
    expect(() => insert(db, 'account', { id: '1' })).toThrow(/UNIQUE/)
    expect(() => insert(db, 'account', { id: '3', parent: 'x' })).toThrow(/FOREIGN KEY/)
  })
})

describe('several processes at once', () => {
  it('end with one schema and no error', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'objectql-migrate-'))
    try {
      const app = appIr(
        Array.from({ length: 30 }, (_, n) =>
          table(`object_${String(n).padStart(2, '0')}`, {
            name: { type: 'text', isUnique: true },
            next: { type: 'lookup', reference: { object: `object_${String((n + 1) % 30).padStart(2, '0')}` } },
          }),
        ),
      )
      const wanted = schemaOf(app)
      writeFileSync(join(folder, 'schema.sql'), (wanted.sql as () => string)())
      writeFileSync(
        join(folder, 'start.ts'),
        `import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { migrate } from ${JSON.stringify(new URL('../../../../runtime-lite/sqlite/migrate.ts', import.meta.url).href)}
const db = new DatabaseSync(${JSON.stringify(join(folder, 'app.db'))}, { timeout: 10 })
const { applied } = migrate(db, { digest: '${wanted.digest}', sql: readFileSync(${JSON.stringify(join(folder, 'schema.sql'))}, 'utf8') })
console.log(applied.length)
`,
      )
      const run = promisify(execFile)
      const results = await Promise.all(Array.from({ length: 5 }, () => run(process.execPath, [join(folder, 'start.ts')])))
      const counts = results.map(({ stdout }) => Number(stdout)).sort((a, b) => b - a)
      expect(counts[0]).toBe(120)
      expect(counts.slice(1)).toEqual([0, 0, 0, 0])
      const db = new DatabaseSync(join(folder, 'app.db'))
      expect(essence(db)).toEqual(fresh(wanted))
      db.close()
    } finally {
      rmSync(folder, { recursive: true })
    }
  }, 60_000)
})
