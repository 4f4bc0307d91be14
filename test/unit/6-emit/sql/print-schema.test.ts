import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { printSchema } from '../../../../compiler/6-emit/sql/print-schema.ts'
import { tablesOf } from '../../../../compiler/6-emit/sql/table.ts'
import type { Dialect } from '../../../../compiler/config/config.ts'
import { FIELD_TYPES } from '../../../../compiler/ir/field-type.ts'
import { isReachable, mysql, postgres } from '../../../support/database-servers.ts'
import { appIr, type FieldSketch, objectIr } from '../../../support/ir.ts'
import { randomApp } from '../../../support/random-ir.ts'

const schema = (app: Parameters<typeof printSchema>[0], dialect: Dialect): string => printSchema(app, dialect, 'test').text
/** The part about one table, without comments. */
const statements = (text: string): string[] => text.split('\n').filter((line) => line !== '' && !line.startsWith('--'))
const comments = (text: string): string[] => text.split('\n').filter((line) => line.startsWith('--'))

const lookup = (object: string, onDelete: 'set-null' | 'cascade' | 'restrict' = 'set-null'): FieldSketch => ({
  type: 'lookup',
  reference: { object, onDelete },
})

describe('tables', () => {
  it('prints a table per dialect', () => {
    const app = appIr([
      objectIr({
        name: 'case',
        fields: {
          order: { type: 'text', value: { kind: 'string', maxLength: 40 } },
          open: 'boolean',
          total: 'currency',
          due: 'date',
          tags: 'tags',
        },
      }),
    ])
    expect(statements(schema(app, 'sqlite')).join('\n')).toBe(`create table "case" (
  "id" text primary key not null,
  "order" text,
  "open" integer,
  "total" real,
  "due" text,
  "tags" json text,
  "created_at" text not null,
  "updated_at" text not null,
  "_version" integer not null default 1
) without rowid;`)
    expect(statements(schema(app, 'postgres')).join('\n')).toBe(`create table "case" (
  "id" text collate "C" primary key not null,
  "order" varchar(40) collate "C",
  "open" boolean,
  "total" numeric(18,2),
  "due" date,
  "tags" jsonb,
  "created_at" timestamptz(3) not null,
  "updated_at" timestamptz(3) not null,
  "_version" bigint not null default 1
);`)
    expect(statements(schema(app, 'mysql')).join('\n')).toBe(`create table \`case\` (
  \`id\` varchar(255) primary key not null,
  \`order\` varchar(40),
  \`open\` tinyint(1),
  \`total\` decimal(18,2),
  \`due\` date,
  \`tags\` json,
  \`created_at\` datetime(3) not null,
  \`updated_at\` datetime(3) not null,
  \`_version\` bigint not null default 1
) engine = innodb default character set utf8mb4 /*!80017 collate utf8mb4_0900_bin *//*M!100202 collate utf8mb4_nopad_bin */;`)
  })

  it('prints targets of references first, and tables in a circle all the same', () => {
    const app = appIr([
      objectIr({ name: 'a', fields: { z: lookup('z') } }),
      objectIr({ name: 'b', fields: { c: lookup('c') } }),
      objectIr({ name: 'c', fields: { b: lookup('b'), self: { type: 'tree', reference: { object: 'c' } } } }),
      objectIr({ name: 'z' }),
    ])
    expect(tablesOf(app, 'postgres').map((table) => table.name)).toEqual(['z', 'a', 'c', 'b'])
    expect(statements(schema(app, 'postgres')).filter((line) => line.startsWith('alter'))).toHaveLength(4)
  })

  it('refuses deletion where a required reference cannot be cleared, and says so', () => {
    const app = appIr([
      objectIr({ name: 'a' }),
      objectIr({ name: 'b', fields: { a: { type: 'lookup', isRequired: true, reference: { object: 'a', onDelete: 'set-null' } } } }),
    ])
    for (const dialect of ['sqlite', 'postgres', 'mysql'] as const) {
      expect(schema(app, dialect)).toMatch(/references ["`]a["`] \(["`]id["`]\) on delete restrict/)
      expect(comments(schema(app, dialect)).join()).toContain('"a" is required and cannot be set to null')
    }
  })

  it('has no foreign key for external, polymorphic and multiple references or another data source', () => {
    const app = appIr([
      objectIr({ name: 'a', datasource: 'other' }),
      objectIr({ name: 'b' }),
      objectIr({
        name: 'c',
        fields: {
          external: { type: 'lookup', reference: { authored: ['users'] } },
          any: { type: 'lookup', reference: { candidates: ['a', 'b'] } },
          many: { type: 'lookup', isList: true, reference: { object: 'b' } },
          far: lookup('a'),
        },
      }),
    ])
    expect(schema(app, 'sqlite')).not.toContain('references "')
    expect(schema(app, 'postgres')).not.toContain('references "')
  })

  it('lets two objects share a table', () => {
    const app = appIr([
      objectIr({ name: 'a', table: 'party', fields: { name: 'text', age: 'number' } }),
      objectIr({ name: 'b', table: 'party', fields: { name: 'text', seats: 'number' } }),
    ])
    expect(statements(schema(app, 'sqlite')).slice(0, 5)).toEqual([
      'create table "party" (',
      '  "id" text primary key not null,',
      '  "name" text,',
      '  "age" real,',
      '  "created_at" text not null,',
    ])
  })

  it('takes columns that differ in case only for one, as SQLite does', () => {
    const app = appIr([
      objectIr({ name: 'a', table: 'party', fields: { Name: 'text' } }),
      objectIr({ name: 'b', table: 'party', fields: { name: 'text' } }),
    ])
    for (const dialect of ['sqlite', 'postgres', 'mysql'] as const)
      expect(tablesOf(app, dialect)[0]?.columns.map((column) => column.name)).toEqual([
        'id',
        'Name',
        'created_at',
        'updated_at',
        '_version',
      ])
  })

  it('keeps hostile descriptions inside their comment', () => {
    const app = appIr([objectIr({ name: 'a', description: 'x\n; drop table b;\r\u2028--\u0000' })])
    expect(comments(schema(app, 'sqlite'))).toContain('-- a: x ; drop table b; -- ')
  })

  it('points every table back to its source', () => {
    const app = appIr([
      objectIr({ name: 'a', description: 'one', span: { path: 'a.yml', start: 3, end: 9 } }),
      objectIr({
        name: 'b',
        fields: { a: { type: 'lookup', isRequired: true, reference: { object: 'a' } } },
        span: { path: 'b.yml', start: 4, end: 9 },
      }),
    ])
    const { text, trace } = printSchema(app, 'sqlite', 'test')
    const lines = text.split('\n')
    expect(trace.map(({ line, path, start }) => [lines[line - 1], path, start])).toEqual([
      ['create table "a" (', 'a.yml', 3],
      ['create table "b" (', 'b.yml', 4],
    ])
  })

  it('is the same text however often it is printed', () => {
    for (const dialect of ['sqlite', 'postgres', 'mysql'] as const)
      expect(schema(randomApp(5), dialect)).toBe(schema(randomApp(5), dialect))
  })
})

describe('indexes', () => {
  const indexLines = (app: Parameters<typeof printSchema>[0], dialect: Dialect = 'sqlite'): string[] =>
    statements(schema(app, dialect)).filter((line) => / index /.test(line))

  it('prints keys, field indexes, object indexes and one per foreign key', () => {
    const app = appIr([
      objectIr({
        name: 'task',
        fields: {
          code: { type: 'text', isUnique: true },
          status: { type: 'select', annotations: { index: true } },
          parent: { type: 'tree', reference: { object: 'task' } },
          due: 'date',
        },
        indexes: [
          { name: 'due_status', fields: ['due', 'status'] },
          { name: 'task_recent', fields: ['created_at'] },
        ],
      }),
    ])
    expect(indexLines(app)).toEqual([
      'create unique index "task_code_key" on "task" ("code");',
      'create index "task_due_status" on "task" ("due", "status");',
      'create index "task_recent" on "task" ("created_at");',
      'create index "task_status_idx" on "task" ("status");',
      'create index "task_parent_idx" on "task" ("parent");',
    ])
  })

  it('leaves out what another index does already, and says why', () => {
    const app = appIr([
      objectIr({
        name: 'task',
        fields: { code: { type: 'text', isUnique: true, annotations: { index: true } }, owner: lookup('task'), status: 'select' },
        indexes: [
          { name: 'by_owner', fields: ['owner', 'status'] },
          { name: 'only_owner', fields: ['owner'] },
          { name: 'same', fields: ['owner', 'status'] },
          { name: 'code_again', fields: ['code'], isUnique: true },
          { name: 'key', fields: ['id', 'status'] },
        ],
      }),
    ])
    expect(indexLines(app)).toEqual([
      'create unique index "task_code_key" on "task" ("code");',
      'create index "task_by_owner" on "task" ("owner", "status");',
    ])
    expect(comments(schema(app, 'sqlite')).filter((line) => line.includes('left out'))).toEqual([
      '-- Unique key "code_again" on "code" is left out: the unique key on "code" is the same.',
      '-- Index "only_owner" on "owner" is left out: the index "by_owner" on "owner", "status" begins with the same columns.',
      '-- Index "same" on "owner", "status" is left out: the index "by_owner" on "owner", "status" is the same.',
      '-- Index "key" on "id", "status" is left out: the primary key does the same.',
      '-- Index on "code" is left out: the unique key on "code" is the same.',
    ])
  })

  it('keeps names apart and short', () => {
    const field = 'f'.repeat(90)
    const app = appIr(
      [1, 2].map((n) =>
        objectIr({
          name: `a${n}`,
          fields: { [field]: 'text', [`${field}x`]: { type: 'text', annotations: { index: true } } },
          indexes: [
            { name: 'by_it', fields: [field] },
            { name: 'BY_IT', fields: [`${field}x`, field] },
          ],
        }),
      ),
    )
    const names = indexLines(app).map((line) => /index "([^"]+)"/.exec(line)?.[1] as string)
    expect(names).toHaveLength(4)
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(4)
    for (const name of names) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63)
  })

  it('prints partial indexes where the database has them', () => {
    const app = appIr([
      objectIr({
        name: 'a',
        fields: { code: 'text', active: 'boolean' },
        indexes: [{ name: 'live', fields: ['code'], isUnique: true, where: 'active = 1 AND code IS NOT NULL' }],
      }),
    ])
    expect(indexLines(app)).toEqual(['create unique index "a_live" on "a" ("code") where "active" = 1 and "code" is not null;'])
    expect(indexLines(app, 'postgres')).toEqual([
      'create unique index "a_live" on "a" ("code" nulls first) where "active" = true and "code" is not null;',
    ])
    expect(indexLines(app, 'mysql')).toEqual(['create index `a_live` on `a` (`code`(191));'])
    expect(comments(schema(app, 'mysql')).join()).toContain('is not enforced')
  })

  it.each([
    ['code = '],
    ['code = 1; drop table a'],
    ['code = 1 -- x'],
    ['lower(code) = 1'],
    ['nope = 1'],
    ['(code = 1'],
    ['code like 1)'],
    ['not'],
    ['code between 1'],
  ])('leaves out a partial index whose condition is %s', (where) => {
    const app = appIr([objectIr({ name: 'a', fields: { code: 'text' }, indexes: [{ name: 'x', fields: ['code'], where }] })])
    expect(indexLines(app)).toEqual([])
    expect(comments(schema(app, 'sqlite')).join()).toContain('condition cannot be read')
  })
})

/** Objects as wide as they come: MySQL's row and key limits, every type, every length. */
const wide = appIr([
  objectIr({
    name: 'wide',
    fields: Object.fromEntries(
      Array.from({ length: 150 }, (_, n) => [
        `option_${n}`,
        n % 3 === 0 ? { type: 'text', value: { kind: 'string', maxLength: 250 }, isUnique: n < 30 } : 'select',
      ]),
    ),
  }),
  objectIr({
    name: 'every',
    fields: Object.fromEntries(
      FIELD_TYPES.map((type) => [`a_${type}`, { type, isUnique: true, ...(type === 'lookup' ? { reference: { object: 'wide' } } : {}) }]),
    ),
  }),
  objectIr({
    name: 'many_keys',
    fields: Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`f${n}`, 'email'])),
    indexes: [
      { name: 'all', fields: Array.from({ length: 16 }, (_, n) => `f${n}`), isUnique: true },
      { name: 'more', fields: Array.from({ length: 20 }, (_, n) => `f${n}`) },
    ],
  }),
])

const SEEDS = Array.from({ length: 25 }, (_, seed) => seed + 1000)

describe('on real databases', () => {
  it('runs on SQLite', () => {
    for (const app of [wide, ...SEEDS.map((seed) => randomApp(seed))]) {
      const db = new DatabaseSync(':memory:')
      db.exec(schema(app, 'sqlite'))
      const tables = tablesOf(app, 'sqlite')
      const found = db
        .prepare(
          `select m.name, (select count(*) from pragma_table_xinfo(m.name)) as columns, (select count(*) from pragma_foreign_key_list(m.name)) as keys from sqlite_schema m where type = 'table' order by 1`,
        )
        .all()
      expect(found.map((row) => ({ ...row }))).toEqual(
        tables
          .map((table) => ({ name: table.name, columns: table.columns.length, keys: table.foreignKeys.length }))
          .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name))),
      )
      expect(db.prepare('pragma foreign_key_check').all()).toEqual([])
      db.close()
    }
  })

  it.skipIf(!isReachable(postgres))(
    'runs on PostgreSQL',
    () => {
      const db = postgres.create('schema')
      try {
        for (const app of [wide, ...SEEDS.slice(0, 12).map((seed) => randomApp(seed))]) {
          const tables = tablesOf(app, 'postgres')
          const found = db.run(`drop schema public cascade; create schema public;\n${schema(app, 'postgres')}
        select (select count(*) from information_schema.tables where table_schema = 'public'), (select count(*) from information_schema.columns where table_schema = 'public'),
          (select count(*) from pg_constraint where contype = 'f');`)
          expect(found.trim().split('\t').map(Number)).toEqual([
            tables.length,
            tables.flatMap((table) => table.columns).length,
            tables.flatMap((table) => table.foreignKeys).length,
          ])
        }
      } finally {
        db.drop()
      }
    },
    120_000,
  )

  it.skipIf(!isReachable(mysql))(
    'runs on MariaDB',
    () => {
      const db = mysql.create('schema')
      try {
        for (const app of [wide, ...SEEDS.slice(0, 12).map((seed) => randomApp(seed))]) {
          const tables = tablesOf(app, 'mysql')
          const found =
            db.run(`set @d = database(); set @s = concat('drop database ', @d); prepare s from @s; execute s; set @s = concat('create database ', @d); prepare s from @s; execute s;
        use ${'`'}objectql_test_schema_${process.pid}${'`'};\n${schema(app, 'mysql')}
        select (select count(*) from information_schema.tables where table_schema = database()), (select count(*) from information_schema.columns where table_schema = database()),
          (select count(*) from information_schema.referential_constraints where constraint_schema = database());`)
          expect(found.trim().split('\t').map(Number)).toEqual([
            tables.length,
            tables.flatMap((table) => table.columns).length,
            tables.flatMap((table) => table.foreignKeys).length,
          ])
        }
      } finally {
        db.drop()
      }
    },
    120_000,
  )
})
