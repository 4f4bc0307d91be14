import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { mergeAlterations } from '../../../../runtime-lite/database/merge-alterations.ts'
import { readSchema, splitStatements } from '../../../../runtime-lite/database/read-schema.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..', '..')

test('splits scripts where statements end, whatever stands in quotes and comments', () => {
  const script = `-- a; comment's end\ncreate table "a;""b" (x text default ';''--');\n/* ; */ select ';' /*!80000 kept; */ /*M!100202 too */; ;\n`
  expect(splitStatements(script)).toEqual([
    `create table "a;""b" (x text default ';''--')`,
    `select ';' /*!80000 kept; */ /*M!100202 too */`,
  ])
  expect(splitStatements(`select E'it\\';', 'b\\', ';'; select 2`)).toEqual([`select E'it\\';', 'b\\', ';'`, 'select 2'])
  expect(splitStatements('select 1')).toEqual(['select 1'])
  expect(splitStatements(' ; ;\n-- nothing')).toEqual([])
})

test('reads tables, indexes and references', () => {
  const { tables, others } = readSchema(`-- Generated
create table "a ""b""" (
  "id" text primary key not null,
  "amount" numeric(18,2),
  "_version" bigint not null default 1
);
create unique index "k" on "a ""b""" ("amount") where "amount" > 1;
create index "t" on "a ""b""" using gin (to_tsvector('simple', coalesce("id", '')));
alter table "a ""b""" add constraint "f" foreign key ("amount") references "c" ("id") on delete set null;
create extension if not exists vector;
`)
  expect(others).toEqual(['create extension if not exists vector'])
  expect(tables).toHaveLength(1)
  expect(tables[0]).toMatchObject({
    name: 'a "b"',
    columns: [
      { name: 'id', type: 'text', isKey: true, isNotNull: true },
      { name: 'amount', type: 'numeric(18,2)', isKey: false, isNotNull: false },
      { name: '_version', type: 'bigint', isNotNull: true, default: '1' },
    ],
    indexes: [
      { name: 'k', isUnique: true, columns: ['amount'], where: '"amount" > 1' },
      { name: 't', isUnique: false },
    ],
    references: [{ name: 'f', column: 'amount', table: 'c', targetColumn: 'id' }],
  })
  expect(tables[0]?.indexes[1]).not.toHaveProperty('columns')
})

test.each(['postgres', 'mysql'])('reads everything the compiler prints for %s', (dialect) => {
  const text = readFileSync(join(ROOT, 'generated', `schema.${dialect}.sql`), 'utf8')
  const { tables, others } = readSchema(text)
  const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0
  // Nothing but what can be repeated: functions and triggers.
  for (const statement of others)
    expect(statement).toMatch(/^(?:create or replace |drop .* if exists |create trigger |create extension if not exists )/)
  expect(tables).toHaveLength(count(/^create table /gm))
  expect(tables.flatMap((table) => table.columns)).toHaveLength(count(/^ {2}["`]/gm))
  expect(tables.flatMap((table) => table.indexes)).toHaveLength(count(/^create (?:unique |fulltext )?index /gm))
  expect(tables.flatMap((table) => table.references)).toHaveLength(count(/^alter table .* add constraint /gm))
})

test('indexes and references of one MySQL table become one statement', () => {
  expect(
    mergeAlterations([
      'create unique index `a` on `t` (`x`, `y`(10))',
      'create table `u` (x int)',
      'create fulltext index `b` on `t` (`z`)',
      'alter table `t` add constraint `c` foreign key (`x`) references `u` (`id`) on delete cascade',
    ]),
  ).toEqual([
    'create table `u` (x int)',
    'alter table `t` add unique index `a` (`x`, `y`(10)), add fulltext index `b` (`z`), add constraint `c` foreign key (`x`) references `u` (`id`) on delete cascade',
  ])
})
