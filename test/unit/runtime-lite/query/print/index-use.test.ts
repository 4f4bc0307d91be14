import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { printSchema } from '../../../../../compiler/6-emit/sql/print-schema.ts'
import type { ObjectPlan } from '../../../../../runtime-lite/object/object-plan.ts'
import type { BoundSearch, ParameterKind } from '../../../../../runtime-lite/query/bound.ts'
import { scanUrl } from '../../../../../runtime-lite/query/parse/scan-url.ts'
import { parseUrlQuery } from '../../../../../runtime-lite/query/parse/url-query.ts'
import { QueryPlanCompiler } from '../../../../../runtime-lite/query/planner.ts'
import type { Dialect } from '../../../../../runtime-lite/query/print/dialect.ts'
import { mysqlDialect } from '../../../../../runtime-lite/query/print/mysql.ts'
import { type ParameterList, parameterList } from '../../../../../runtime-lite/query/print/parameter-list.ts'
import { postgresDialect } from '../../../../../runtime-lite/query/print/postgres.ts'
import { planOf } from '../../../../support/bound-random.ts'
import { isReachable, mysql, postgres, type ScratchDatabase } from '../../../../support/database-servers.ts'
import { appIr, objectIr } from '../../../../support/ir.ts'

const APP = appIr([
  objectIr({
    name: 'person',
    fields: { name: 'text', score: 'number', seen: 'datetime', notes: 'textarea' },
    indexes: [
      { name: 'person_name', fields: ['name'] },
      { name: 'person_seen', fields: ['seen'] },
    ],
    searchable: ['notes'],
  }),
])

const LIMITS = { maxFilterDepth: 32, maxPageSize: 1000, defaultPageSize: 50, maxExpandDepth: 3, maxUrlBytes: 8192, maxBodyBytes: 1_048_576 }

type Build = (draft: { list: ParameterList; param: (value: string, kind: ParameterKind) => string }) => string

/** Statement → the name of the index that serves it. */
const cases = (dialect: Dialect): readonly (readonly [what: string, index: RegExp, build: Build])[] => {
  const name = `t0.${dialect.quoteName('name')}`
  const seen = `t0.${dialect.quoteName('seen')}`
  const from = `from ${dialect.quoteName('person')} as t0`
  const rows = `select ${name} ${from}`
  const search = { alias: 't0', columns: ['notes'], operator: 'and', isIndexed: true } as unknown as BoundSearch
  return [
    ['a prefix', /person_name/, ({ list, param }) => `${rows} where ${dialect.startsWith(name, param('name 77', 'text'), list.derive)}`],
    ['equality', /person_name/, ({ param }) => `${rows} where ${dialect.compare('eq', name, param('name 77', 'text'), 'text', false)}`],
    [
      'instants',
      /person_seen/,
      ({ param }) => `${rows} where ${dialect.compare('lt', seen, param('2020-01-01T00:10:00.000Z', 'datetime'), 'datetime', false)}`,
    ],
    ['ascending order', /person_seen/, () => `select ${seen} ${from} order by ${dialect.sort(seen, false, true, false)} limit 3`],
    ['descending order', /person_seen/, () => `select ${seen} ${from} order by ${dialect.sort(seen, true, false, false)} limit 3`],
    [
      'a list of ids',
      /person_pkey|PRIMARY/,
      ({ param }) => `${rows} where ${dialect.inList(`t0.${dialect.quoteName('id')}`, param('["id 5","id 6"]', 'list'), 'id')}`,
    ],
    ['words', /person_search_idx/, ({ list, param }) => `${rows} where ${dialect.search(search, param('word77', 'text'), list.derive)}`],
  ]
}

const printed = (dialect: Dialect, build: Build): { readonly sql: string; readonly values: unknown[] } => {
  const list = parameterList(dialect)
  let count = 0
  const param = (value: string, kind: ParameterKind): string => list.print({ kind, key: `p${count++}`, bind: () => value })
  const { sql, parameters } = list.finish(build({ list, param }))
  return { sql, values: parameters.map((parameter) => parameter.bind([], { now: 0 })) }
}

describe.skipIf(!isReachable(postgres))('indexes of PostgreSQL', () => {
  let database: ScratchDatabase
  let client: Client
  beforeAll(async () => {
    database = postgres.create('indexes')
    client = new Client({ host: process.env['PGHOST'] ?? '127.0.0.1', user: process.env['PGUSER'] ?? 'postgres', database: database.name })
    await client.connect()
    await client.query(printSchema(APP, 'postgres', 'test').text)
    await client.query(
      `insert into "person" ("id", "name", "seen", "notes", "created_at", "updated_at") select 'id ' || n, 'name ' || n, timestamptz '2020-01-01Z' + n * interval '1 minute', 'word' || n, now(), now() from generate_series(1, 5000) as n`,
    )
    await client.query('analyze "person"')
    await client.query('set plan_cache_mode = force_generic_plan')
  })
  afterAll(async () => {
    await client.end()
    database.drop()
  })

  test.each(cases(postgresDialect))('serve %s, whatever the values', async (_what, index, build) => {
    const { sql, values } = printed(postgresDialect, build)
    const { rows } = await client.query<string[]>({ text: `explain ${sql}`, values, rowMode: 'array' })
    expect(rows.join('\n')).toMatch(index)
  })

  test('make JSON of the rows that are left, not of all that are sorted', async () => {
    const plan: ObjectPlan = {
      ...planOf('person', 'person', () => ''),
      fields: { id: { kind: 'id' }, name: { kind: 'text' }, score: { kind: 'real' } },
    }
    const planner = new QueryPlanCompiler({ dialect: postgresDialect, limits: LIMITS, loadedPlan: () => plan })
    const { query } = parseUrlQuery(scanUrl('$orderby=score desc&$top=3', 0), LIMITS)
    const { sql } = planner.compile('list', plan, query).main
    const { rows } = await client.query<string[]>({ text: `explain verbose ${sql}`, values: [3], rowMode: 'array' })
    const made = rows.findIndex(([line]) => line?.includes('json_build_object'))
    expect(made).toBeGreaterThan(-1)
    expect(rows.findIndex(([line]) => line?.includes('Sort Key'))).toBeGreaterThan(made)
    expect(rows.filter(([line]) => line?.includes('json_build_object'))).toHaveLength(1)
  })
})

describe.skipIf(!isReachable(mysql))('indexes of MariaDB', () => {
  let database: ScratchDatabase
  beforeAll(() => {
    database = mysql.create('indexes')
    database.run(
      `${printSchema(APP, 'mysql', 'test').text}\ninsert into person (id, name, seen, notes, created_at, updated_at) select concat('id ', seq), concat('name ', seq), '2020-01-01' + interval seq minute, concat('word', seq), now(), now() from seq_1_to_5000; analyze table person;`,
    )
  })
  afterAll(() => database.drop())

  test.each(cases(mysqlDialect('mariadb')))('serve %s', (_what, index, build) => {
    const { sql, values } = printed(mysqlDialect('mariadb'), build)
    const sets = values.map((value, at) => `set @p${at} = ${mysqlDialect('mariadb').quoteText(String(value))};`).join('')
    const using = values.length > 0 ? ` using ${values.map((_, at) => `@p${at}`).join(', ')}` : ''
    expect(database.run(`${sets} prepare s from ${mysqlDialect('mariadb').quoteText(`explain ${sql}`)}; execute s${using};`)).toMatch(
      new RegExp(`\\t(?:${index.source})\\t\\d`),
    )
  })
})
