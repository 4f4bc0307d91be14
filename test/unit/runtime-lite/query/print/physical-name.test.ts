import { describe, expect, it } from 'vitest'
import { printSchema } from '../../../../../compiler/6-emit/sql/print-schema.ts'
import { mysqlDialect } from '../../../../../runtime-lite/query/print/mysql.ts'
import { MAX_NAME_BYTES, physicalName } from '../../../../../runtime-lite/query/print/physical-name.ts'
import { postgresDialect } from '../../../../../runtime-lite/query/print/postgres.ts'
import { isReachable, mysql, postgres } from '../../../../support/database-servers.ts'
import { appIr, objectIr } from '../../../../support/ir.ts'

const LONG = 'a_name_that_is_longer_than_what_databases_take_'.repeat(3)
const NAMES = [
  'plain',
  'select',
  'With Space',
  'quo"te',
  'back`tick',
  LONG,
  `${LONG}2`,
  'xmin',
  'pg_thing',
  'fts_doc_id',
  'emoji 😀',
  'é'.repeat(40),
]
const TABLES = ['a table', LONG, 'pg_stat', 'quo"te`s', 'emoji 😀']

const app = appIr(TABLES.map((name) => objectIr({ name, fields: Object.fromEntries(NAMES.map((field) => [field, 'text'] as const)) })))

describe('names', () => {
  it('stay as they are where they can', () => {
    for (const name of ['plain', 'select', 'With Space', 'quo"te', 'Ünï'])
      for (const dialect of ['postgres', 'mysql'] as const) expect(physicalName(dialect, name)).toBe(name)
  })

  it('are short and different where they cannot, and do not change again', () => {
    for (const dialect of ['postgres', 'mysql'] as const) {
      const names = NAMES.map((name) => physicalName(dialect, name))
      expect(new Set(names).size).toBe(NAMES.length)
      for (const name of names) {
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(MAX_NAME_BYTES)
        expect(physicalName(dialect, name)).toBe(name)
      }
    }
  })

  for (const [server, dialect] of [
    [postgres, postgresDialect],
    [mysql, mysqlDialect('mariadb')],
  ] as const)
    it.skipIf(!isReachable(server))(`are those of the schema in statements of ${server.name}`, () => {
      const db = server.create('names')
      try {
        const { quoteName } = dialect
        const selects = TABLES.map(
          (table) => `select ${NAMES.map((name) => `t0.${quoteName(name)}`).join(', ')} from ${quoteName(table)} as t0;`,
        )
        expect(db.run(`${printSchema(app, dialect.name, 'test').text}\n${selects.join('\n')}`)).toBe('')
      } finally {
        db.drop()
      }
    })
})
