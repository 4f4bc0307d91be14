import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import type { ObjectIr } from '../../../../compiler/ir/object.ts'
import { readShape } from '../../../../runtime-lite/sqlite/database-shape.ts'
import { migrate, planMigration } from '../../../../runtime-lite/sqlite/migrate.ts'
import { type FieldSketch, objectIr } from '../../../support/ir.ts'
import { insert, NOW, rows, schema } from '../../../support/sqlite-schema.ts'

const note = (searchable: readonly string[], fields: Record<string, FieldSketch> = {}): ObjectIr =>
  objectIr({ name: 'note', fields: { title: 'text', rank: 'text', size: 'number', ...fields }, searchable })

const open = (...objects: ObjectIr[]): DatabaseSync => {
  const db = new DatabaseSync(':memory:')
  db.exec('pragma foreign_keys = on')
  migrate(db, schema(...objects), { now: NOW })
  return db
}

const find = (db: DatabaseSync, words: string): unknown[] =>
  rows(
    db,
    `select r."id" from "note_fts" as f join "note_fts_rows" as r on r."row" = f.rowid where f."note_fts" match '${words}' order by r."id"`,
  ).map((row) => (row as { id: string }).id)

describe('full-text indexes', () => {
  it('follow inserts, updates, upserts and deletes', () => {
    const db = open(note(['title', 'rank']))
    insert(db, 'note', { id: 'a', title: 'Hello, wide World', rank: 'first-class' })
    insert(db, 'note', { id: 'b', title: null, rank: 'hello' })
    expect(find(db, 'hello')).toEqual(['a', 'b'])
    expect(find(db, 'class')).toEqual(['a'])
    db.exec(`update "note" set "title" = 'gone' where "id" = 'a'`)
    expect([find(db, 'world'), find(db, 'gone')]).toEqual([[], ['a']])
    db.exec(
      `insert into "note" ("id", "title", "created_at", "updated_at") values ('a', 'upserted', '${NOW}', '${NOW}') on conflict ("id") do update set "title" = excluded."title"`,
    )
    expect([find(db, 'gone'), find(db, 'upserted')]).toEqual([[], ['a']])
    db.exec(`insert or replace into "note" ("id", "title", "created_at", "updated_at") values ('a', 'replaced', '${NOW}', '${NOW}')`)
    expect([find(db, 'upserted'), find(db, 'replaced')]).toEqual([[], ['a']])
    db.exec(`delete from "note" where "id" = 'a'`)
    expect([find(db, 'replaced'), rows(db, 'select "id" from "note_fts_rows"')]).toEqual([[], [{ id: 'b' }]])
  })

  it('cost nothing where other columns change', () => {
    const db = open(note(['title']))
    insert(db, 'note', { id: 'a', title: 'hello' })
    const before = rows(db, 'select id, hex(block) as block from "note_fts_data"')
    db.exec(`update "note" set "size" = 5, "title" = "title"`)
    expect(rows(db, 'select id, hex(block) as block from "note_fts_data"')).toEqual(before)
  })

  it('follow a deletion that cascades', () => {
    const db = open(
      objectIr({ name: 'book' }),
      note(['title'], { book: { type: 'lookup', reference: { object: 'book', onDelete: 'cascade' } } }),
    )
    insert(db, 'book', { id: 'b1' })
    insert(db, 'note', { id: 'a', title: 'hello', book: 'b1' })
    db.exec(`delete from "book"`)
    expect(find(db, 'hello')).toEqual([])
    expect(rows(db, 'select * from "note_fts_rows"')).toEqual([])
  })

  it('are no business of a migration that changes something else', () => {
    const db = open(note(['title']))
    insert(db, 'note', { id: 'a', title: 'hello' })
    expect(planMigration(db, schema(note(['title'])))).toEqual({ statements: [], refused: [] })
    expect(planMigration(db, schema(note(['title'], { more: 'text' }))).statements).toEqual(['alter table "note" add column "more" text'])
    expect([...readShape(db).tables.keys()].sort()).toEqual(['_objectql', 'note'])
    expect(readShape(db).others.size).toBe(0)
  })

  it('are made and filled for rows that were there, and made again over other columns', () => {
    const db = open(note([]))
    insert(db, 'note', { id: 'a', title: 'hello', rank: 'captain' })
    insert(db, 'note', { id: 'b', title: 'world', rank: null })
    migrate(db, schema(note(['title'])))
    expect([find(db, 'hello'), find(db, 'captain')]).toEqual([['a'], []])
    migrate(db, schema(note(['rank'])))
    expect([find(db, 'hello'), find(db, 'captain')]).toEqual([[], ['a']])
    migrate(db, schema(note(['rank', 'title'])))
    expect([find(db, 'hello'), find(db, 'captain')]).toEqual([['a'], ['a']])
    insert(db, 'note', { id: 'c', title: 'hello', rank: null })
    expect(find(db, 'hello')).toEqual(['a', 'c'])
    migrate(db, schema(note([])))
    expect(rows(db, `select name from sqlite_schema where name like 'note_%' and type <> 'index'`)).toEqual([])
    expect(planMigration(db, schema(note([])))).toEqual({ statements: [], refused: [] })
  })

  it('survive a column of another type', () => {
    const db = open(note(['title']))
    insert(db, 'note', { id: 'a', title: 'hello', size: 3 })
    const wanted = schema(note(['title'], { size: 'text' }))
    expect(migrate(db, wanted, { allowDrop: ['note.size'] }).refused).toEqual([])
    expect(find(db, 'hello')).toEqual(['a'])
    expect(planMigration(db, wanted)).toEqual({ statements: [], refused: [] })
  })

  it('go with their table', () => {
    const db = open(note(['title']), objectIr({ name: 'other' }))
    expect(migrate(db, schema(objectIr({ name: 'other' }))).refused).toEqual([])
    expect([...readShape(db).tables.keys()].sort()).toEqual(['_objectql', 'other'])
    expect(rows(db, `select name from sqlite_schema where name like 'note%'`)).toEqual([])
  })

  it('do not take the place of somebody else’s table', () => {
    const db = new DatabaseSync(':memory:')
    db.exec('create table "note_fts" (n integer)')
    expect(() => migrate(db, schema(note(['title'])))).toThrow(/there is another one of that name/)
  })

  it('take any names', () => {
    const odd = objectIr({
      name: 'no"te; (x)',
      table: 'no"te; (x)',
      fields: { 'ti"tle) values': 'text', 'new."x"': 'text' },
      searchable: ['ti"tle) values', 'new."x"'],
    })
    const empty = objectIr({ name: odd.name, table: odd.table, fields: { 'ti"tle) values': 'text', 'new."x"': 'text' } })
    const db = open(empty)
    db.exec(
      `insert into "no""te; (x)" ("id", "ti""tle) values", "new.""x""", "created_at", "updated_at") values ('a', 'hello', 'world', '', '')`,
    )
    migrate(db, schema(odd))
    const found = (word: string): unknown[] => rows(db, `select rowid from "no""te; (x)_fts" where "no""te; (x)_fts" match '${word}'`)
    expect([found('hello'), found('world'), found('nothing')]).toEqual([[{ rowid: 1 }], [{ rowid: 1 }], []])
    expect(planMigration(db, schema(odd))).toEqual({ statements: [], refused: [] })
  })
})

describe('versions', () => {
  it('count up when a reference is cleared, and once when the application clears it', () => {
    const db = open(objectIr({ name: 'book' }), note([], { book: { type: 'lookup', reference: { object: 'book', onDelete: 'set-null' } } }))
    insert(db, 'book', { id: 'b1' })
    insert(db, 'note', { id: 'a', book: 'b1' })
    insert(db, 'note', { id: 'b', book: 'b1' })
    insert(db, 'note', { id: 'c' })
    db.exec(`update "note" set "book" = null, "_version" = "_version" + 1 where "id" = 'b'`)
    db.exec(`delete from "book"`)
    expect(rows(db, 'select "id", "book", "_version" from "note"')).toEqual([
      { id: 'a', book: null, _version: 2 },
      { id: 'b', book: null, _version: 2 },
      { id: 'c', book: null, _version: 1 },
    ])
  })
})
