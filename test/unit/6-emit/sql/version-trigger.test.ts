import { describe, expect, it } from 'vitest'
import { printSchema } from '../../../../compiler/6-emit/sql/print-schema.ts'
import { isReachable, postgres } from '../../../support/database-servers.ts'
import { appIr, objectIr } from '../../../support/ir.ts'

const app = appIr([
  objectIr({ name: 'book' }),
  objectIr({
    name: 'note',
    fields: {
      book: { type: 'lookup', reference: { object: 'book', onDelete: 'set-null' } },
      next: { type: 'lookup', reference: { object: 'note', onDelete: 'set-null' } },
      owner: { type: 'lookup', reference: { object: 'book', onDelete: 'cascade' } },
    },
  }),
])

describe('a reference that the database clears', () => {
  it.skipIf(!isReachable(postgres))('raises the version on PostgreSQL, also when the schema was printed twice', () => {
    const db = postgres.create('versions')
    try {
      const text = printSchema(app, 'postgres', 'test').text
      const triggers = text.slice(text.indexOf('create or replace function'))
      const insert = (into: string, columns: string, values: string): string =>
        `insert into "${into}" (${columns}, "created_at", "updated_at") values (${values}, now(), now());`
      const found = db.run(`${text}\n${triggers}
        ${insert('book', '"id"', "'b1'")}
        ${insert('note', '"id", "book"', "'a', 'b1'")}
        ${insert('note', '"id", "book", "next"', "'b', 'b1', 'a'")}
        ${insert('note', '"id"', "'c'")}
        update "note" set "book" = null, "_version" = "_version" + 1 where "id" = 'b';
        delete from "book";
        delete from "note" where "id" = 'a';
        select "id", "book", "next", "_version" from "note" order by "id";`)
      expect(found).toBe('b\t\t\t3\nc\t\t\t1\n')
    } finally {
      db.drop()
    }
  })

  it('is left to the application on MySQL, which runs no triggers for it', () => {
    expect(printSchema(app, 'mysql', 'test').text).not.toContain('trigger')
  })
})
