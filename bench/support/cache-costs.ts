import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { compile } from '../../compiler/index.ts'
import type { App } from '../../runtime-lite/app/app.ts'
import type { Row } from '../row.ts'
import { median } from './numbers.ts'
import { isQuick } from './options.ts'
import { tempFolder } from './temp-folder.ts'

const SERVER = process.env['BENCH_POSTGRES'] ?? 'postgres://postgres@127.0.0.1:5432'
const RECORDS = 1000
const CALLS = isQuick ? 200 : 1000
const SAMPLES = isQuick ? 15 : 41

const ITEM = `name: item
fields:
  title: { type: text }
  status: { type: select, options: [open, done] }
  amount: { type: number }
`

interface Item {
  get(id: string): Promise<unknown>
  find(query: object): Promise<unknown>
  aggregate(query: object): Promise<unknown>
  createMany(records: readonly object[]): Promise<unknown>
}

const READS: Readonly<Record<string, (item: Item, call: number) => Promise<unknown>>> = {
  get: (item, call) => item.get(`i${call % 100}`),
  'list of 50': (item, call) => item.find({ where: { status: call % 2 ? 'open' : 'done' }, orderBy: ['title'], limit: 50 }),
  'groups of 1,000': (item) => item.aggregate({ groupBy: ['status'], aggregate: { total: { sum: 'amount' } } }),
}

/** What a read costs in process that the plugin `cache` has kept, against the same read of the database. The answers are compared first. */
export async function cacheCosts(): Promise<readonly Row[]> {
  const plain = await compiled('cache-without', false)
  const cached = await compiled('cache-with', true)
  const rows = [...(await measured('SQLite', plain, cached, join(tempFolder('cache-data'), 'items.db')))]
  const name = `objectql_bench_cache_${process.pid}`
  const isThere = await onServer(`create database ${name}`).then(
    () => true,
    () => false,
  )
  if (!isThere) {
    console.error(`The cache is not measured on PostgreSQL: ${SERVER} does not answer.`)
    return rows
  }
  try {
    rows.push(...(await measured('PostgreSQL', plain, cached, `${SERVER}/${name}`)))
  } finally {
    await onServer(`drop database ${name} with (force)`)
  }
  return rows
}

async function measured(database: string, plain: string, cached: string, datasource: string): Promise<readonly Row[]> {
  const apps = [await started(plain, datasource), await started(cached, datasource)] as const
  try {
    const [without, within] = apps.map(({ objects }) => (objects as unknown as { readonly item: Item }).item) as [Item, Item]
    await without.createMany(
      Array.from({ length: RECORDS }, (_, at) => ({
        id: `i${at}`,
        title: `Item ${(at * 7) % RECORDS}`,
        status: at % 2 ? 'open' : 'done',
        amount: at,
      })),
    )
    const rows: Row[] = []
    for (const [name, read] of Object.entries(READS)) {
      for (let call = 0; call < 100; call++) {
        const [wanted, first, kept] = [await read(without, call), await read(within, call), await read(within, call)]
        if (new Set([wanted, first, kept].map((answer) => JSON.stringify(answer))).size > 1)
          throw new Error(`The answers of ${name} differ.`)
      }
      const costs: readonly number[][] = [[], []]
      for (let sample = 0; sample < SAMPLES; sample++)
        for (const [at, item] of [without, within].entries()) {
          const started = performance.now()
          for (let call = 0; call < CALLS; call++) await read(item, call)
          costs[at]?.push(((performance.now() - started) * 1000) / CALLS)
        }
      const [asked = Number.NaN, hit = Number.NaN] = costs.map(median)
      rows.push({ name: `${name}, ${database}`, value: asked, unit: 'µs' })
      rows.push({ name: `${name}, ${database}, kept`, value: hit, unit: 'µs', note: `${(asked / hit).toFixed(1)} times as fast` })
    }
    return rows
  } finally {
    for (const app of apps) await app.close()
  }
}

async function compiled(name: string, isCached: boolean): Promise<string> {
  const folder = tempFolder(name)
  mkdirSync(join(folder, 'schemas'))
  // One process writes, and everything is kept for the time of the benchmark.
  const config = { name: 'bench', dialects: ['sqlite', 'postgres'], ...(isCached ? { plugins: { cache: { shared: false } } } : {}) }
  writeFileSync(join(folder, 'objectql.config.json'), JSON.stringify(config))
  writeFileSync(join(folder, 'schemas', 'item.object.yml'), ITEM)
  if (isCached) writeFileSync(join(folder, 'schemas', 'cache.plugin.ts'), "export { default } from 'objectql/plugins/cache'\n")
  const { isOk } = await compile({ cwd: folder })
  if (!isOk) throw new Error('The application of the benchmark does not compile.')
  return join(folder, 'generated', 'index.ts')
}

async function started(index: string, datasource: string): Promise<App> {
  const { createApp } = (await import(index)) as { createApp: (options: object) => Promise<App> }
  return createApp({ datasource })
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: `${SERVER}/postgres`, connectionTimeoutMillis: 2000 })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
