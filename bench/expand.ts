import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import type { FieldPlan, ObjectPlan } from '../runtime-lite/object/object-plan.ts'
import type { Query } from '../runtime-lite/query/ast.ts'
import { QueryPlanCompiler } from '../runtime-lite/query/planner.ts'
import type { Dialect } from '../runtime-lite/query/print/dialect.ts'
import { bindAll } from '../runtime-lite/query/print/mark.ts'
import { postgresDialect } from '../runtime-lite/query/print/postgres.ts'
import { sqliteDialect } from '../runtime-lite/query/print/sqlite.ts'
import type { Row } from './row.ts'
import { median } from './support/numbers.ts'
import { isQuick, rounds } from './support/options.ts'

const SERVER = process.env['BENCH_POSTGRES'] ?? 'postgres://postgres@127.0.0.1:5432/postgres'
const PARENTS = 1000
const LIMITS = { maxExpandDepth: 3, maxFilterDepth: 32, maxPageSize: 1000, defaultPageSize: 50 }

interface Case {
  readonly page: number
  readonly columns: number
  readonly children: number
  readonly limit: number
}

const CASES: readonly Case[] = [
  { page: 20, columns: 10, children: 5, limit: 50 },
  { page: 20, columns: 60, children: 5, limit: 50 },
  { page: 100, columns: 60, children: 10, limit: 50 },
  { page: 20, columns: 60, children: 100, limit: 100 },
  { page: 20, columns: 60, children: 100, limit: 5 },
]

type Run = (sql: string, values: readonly unknown[]) => Promise<readonly (readonly unknown[])[]>

/**
 * Records with a relation to many: the one statement that queries become, beside two statements whose answers are put together here. Time until
 * the text of the page is there, rounds interleaved.
 */
export async function run(): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const one of CASES) {
    rows.push(...(await measured('SQLite', one, await openSqlite())))
    const postgres = await openPostgres()
    if (postgres) rows.push(...(await measured('PostgreSQL', one, postgres)))
  }
  return rows
}

interface Opened {
  readonly dialect: Dialect
  readonly run: Run
  close(): Promise<void>
}

async function openSqlite(): Promise<Opened> {
  const db = new DatabaseSync(':memory:')
  const prepared = new Map<string, ReturnType<DatabaseSync['prepare']>>()
  return {
    dialect: sqliteDialect,
    async run(sql, values) {
      let statement = prepared.get(sql)
      if (!statement) {
        statement = db.prepare(sql)
        statement.setReturnArrays(true)
        prepared.set(sql, statement)
      }
      return statement.all(...(values as string[])) as unknown as readonly (readonly unknown[])[]
    },
    close: async () => db.close(),
  }
}

async function openPostgres(): Promise<Opened | undefined> {
  const client = new pg.Client(SERVER)
  try {
    await client.connect()
  } catch {
    return undefined
  }
  const names = new Map<string, string>()
  return {
    dialect: postgresDialect,
    async run(text, values) {
      const name = names.get(text) ?? `bench_${names.size}`
      names.set(text, name)
      return (await client.query({ name, text, values: [...values], rowMode: 'array' })).rows
    },
    close: () => client.end(),
  }
}

async function measured(database: string, one: Case, { dialect, run, close }: Opened): Promise<readonly Row[]> {
  try {
    await fill(run, one)
    const whole = oneStatement(dialect, run, one)
    const apart = twoStatements(dialect, run, one)
    if (canonical(await whole()) !== canonical(await apart())) throw new Error(`${database}: the two answers differ.`)
    const samples: [number[], number[]] = [[], []]
    const calls = isQuick ? 10 : 40
    for (let round = 0; round < rounds * 3; round++)
      for (const [index, perform] of [whole, apart].entries()) {
        const started = performance.now()
        for (let call = 0; call < calls; call++) await perform()
        samples[index]?.push(((performance.now() - started) * 1000) / calls)
      }
    const [first, second] = samples.map((values) => Math.min(...values)) as [number, number]
    const name = `${database}, ${one.page} records of ${one.columns} columns, ${one.children} children each, ${one.limit} at most`
    return [
      { name, value: first, unit: 'µs', note: `one statement; median ${median(samples[0]).toFixed(0)}` },
      { name: '  the same in two statements', value: second, unit: 'µs', note: `${(second / first).toFixed(2)} × as long` },
    ]
  } finally {
    await close()
  }
}

async function fill(run: Run, { columns, children }: Case): Promise<void> {
  const names = Array.from({ length: columns }, (_, index) => `c${index}`)
  await run(`create temporary table parent (id text primary key, ${names.map((name) => `${name} text`).join(', ')})`, [])
  await run('create temporary table child (id text primary key, parent text, name text, amount integer)', [])
  const digits = 'with recursive n(i) as (select 0 union all select i + 1 from n where i < '
  await run(
    `insert into parent ${digits}${PARENTS - 1}) select 'p'||i, ${names.map((name) => `'${name} value '||i`).join(', ')} from n`,
    [],
  )
  await run(
    `insert into child ${digits}${PARENTS * children - 1}) select 'k'||i, 'p'||(i % ${PARENTS}), 'name '||(i * 7919 % 1000), i from n`,
    [],
  )
  await run('create index child_parent on child (parent, name, id)', [])
  await run('analyze', [])
}

const plans = ({ columns }: Case): ReadonlyMap<string, ObjectPlan> => {
  const text: FieldPlan = { kind: 'text' }
  const id: FieldPlan = { kind: 'id', isNotNull: true }
  const parent = { id, ...Object.fromEntries(Array.from({ length: columns }, (_, index) => [`c${index}`, text])) }
  const child = { id, parent: { kind: 'id', target: 'parent' } as const, name: text, amount: { kind: 'integer' } as const }
  const plan = (name: string, fields: ObjectPlan['fields'], children: ObjectPlan['children'] = {}): ObjectPlan => ({
    name,
    label: name,
    table: `"${name}"`,
    fields,
    json: sqliteDialect.jsonObject(Object.keys(fields).map((field) => [field, `"${field}"`])),
    get: '',
    insert: '',
    delete: '',
    insertValues: () => [],
    validateCreate: () => undefined,
    validateUpdate: () => undefined,
    uniqueKeys: [],
    references: {},
    methods: ['list'],
    children,
  })
  return new Map([
    ['parent', plan('parent', parent, { children: { object: 'child', field: 'parent' } })],
    ['child', plan('child', child)],
  ])
}

const slot = (index: number) => ({ kind: 'slot' as const, index, type: 'number' as const })
const byName = { by: { kind: 'field' as const, path: ['name'] }, isDescending: false }

function oneStatement(dialect: Dialect, run: Run, one: Case): () => Promise<string> {
  const known = plans(one)
  const planner = new QueryPlanCompiler({ dialect, limits: LIMITS, loadedPlan: (name) => known.get(name) })
  const query: Query = {
    orderBy: [{ by: { kind: 'field', path: ['c0'] }, isDescending: false }],
    expand: [{ field: 'children', expand: [], orderBy: [byName], limit: slot(1) }],
    isDistinct: false,
    limit: slot(0),
    total: 'none',
  }
  const { main } = planner.compile('list', known.get('parent') as ObjectPlan, query)
  const values = bindAll(main.parameters, [one.page, one.limit], { now: 0 })
  return async () => {
    const rows = await run(main.sql, values)
    if (main.isPage) return Buffer.from(rows[0]?.[0] as Uint8Array).toString('utf8')
    return `{"items":[${rows.map(([json]) => json).join(',')}]}`
  }
}

/** The page, then the children of all its records, as many of each as one may have; put together by id. */
function twoStatements(dialect: Dialect, run: Run, one: Case): () => Promise<string> {
  const isSqlite = dialect.name === 'sqlite'
  const columns = ['id', ...Array.from({ length: one.columns }, (_, index) => `c${index}`)]
  const json = (names: readonly string[], alias: string): string =>
    dialect.jsonObject(names.map((name) => [name, `${alias}.${dialect.quoteName(name)}`]))
  const picked = `(select * from parent order by c0${isSqlite ? '' : ' nulls first'}, id limit ${isSqlite ? '?' : '$1'}) as p`
  const page = `select p.id, ${dialect.jsonText(json(columns, 'p'))} from ${picked}`
  const wanted = isSqlite ? 'parent in (select value from json_each(?))' : 'parent = any($1)'
  const ranked = `(select *, row_number() over (partition by parent order by name${isSqlite ? '' : ' nulls first'}, id) as n from child where ${wanted}) as k`
  const record = json(['id', 'parent', 'name', 'amount'], 'k')
  const list = isSqlite ? `json_group_array(${record} order by k.n)` : `json_agg(${record} order by k.n)::text`
  const related = `select k.parent, ${list} from ${ranked} where k.n <= ${isSqlite ? '?' : '$2'} group by k.parent`
  return async () => {
    const records = await run(page, [one.page])
    const ids = records.map(([id]) => id)
    const lists = new Map((await run(related, [isSqlite ? JSON.stringify(ids) : ids, one.limit])) as readonly [string, string][])
    return `{"items":[${records.map(([id, text]) => `${String(text).slice(0, -1)},"children":${lists.get(String(id)) ?? '[]'}}`).join(',')}]}`
  }
}

const canonical = (text: string): string => JSON.stringify(JSON.parse(text))
