import pg from 'pg'
import { Bench } from 'tinybench'
import { createPool, type Pool } from '../runtime-lite/database/pool.ts'
import type { SqlDriver, Statement } from '../runtime-lite/database/session.ts'
import { postgres } from '../runtime-lite/postgres/index.ts'
import type { Row } from './row.ts'
import { median } from './support/numbers.ts'
import { isQuick, rounds } from './support/options.ts'

const SERVER = process.env['BENCH_POSTGRES'] ?? 'postgres://postgres@127.0.0.1:5432'
const DATABASE = `${SERVER}/postgres`

const CALLS = 100
const IN_FLIGHT = 32
const STATEMENTS = isQuick ? 5000 : 20_000

const OURS = 'acquire + release, our pool'
const PG_POOL = 'acquire + release, pg.Pool'

/**
 * What a connection from a warm pool costs, and what a statement costs on the way to PostgreSQL: ours beside pg, rounds interleaved. CPU
 * time of this process, without the server's.
 */
export async function run(): Promise<readonly Row[]> {
  return [...(await measureAcquire()), ...(await measureStatements())]
}

async function measureAcquire(): Promise<readonly Row[]> {
  const open = async (): Promise<pg.Client> => {
    const client = new pg.Client(DATABASE)
    await client.connect()
    return client
  }
  const ours: Pool<pg.Client> = createPool<pg.Client>(
    {
      create: open,
      destroy: (client) => client.end(),
      check: async (client) => void (await client.query('select 1')),
      isOpen: () => true,
      isTransient: () => false,
      toError: (error) => {
        throw error
      },
    },
    { max: 10, checkAfter: 3_600_000 },
  )
  const theirs = new pg.Pool({ connectionString: DATABASE, max: 10, connectionTimeoutMillis: 5000 })
  const bench = new Bench({ time: isQuick ? 300 : 1500, warmupTime: 200, retainSamples: true })
  bench
    .add(OURS, async () => {
      for (let call = 0; call < CALLS; call++) ours.release(await ours.acquire())
    })
    .add(PG_POOL, async () => {
      for (let call = 0; call < CALLS; call++) (await theirs.connect()).release()
    })
  const costs: Record<string, number[]> = { [OURS]: [], [PG_POOL]: [] }
  try {
    for (let round = 0; round < rounds; round++) {
      await bench.run()
      for (const { name, result } of bench.tasks)
        costs[name]?.push(result.state === 'completed' ? (result.latency.p50 * 1000) / CALLS : Number.NaN)
    }
  } finally {
    await Promise.all([ours.close(), theirs.end()])
  }
  const [own, other] = [median(costs[OURS] ?? []), median(costs[PG_POOL] ?? [])]
  return [
    { name: OURS, value: own, unit: 'µs', note: 'warm, one caller' },
    { name: PG_POOL, value: other, unit: 'µs', note: 'the same' },
    { name: "acquire + release over the driver's own pool", value: own - other, unit: 'µs', target: 5, note: 'below 0 ours is faster' },
  ]
}

async function measureStatements(): Promise<readonly Row[]> {
  const sql = 'select $1::text, $2::int8'
  const statement: Statement = { sql, kinds: [], isRead: true }
  const named = { name: 'bench', text: sql, rowMode: 'array' as const }
  const driver: SqlDriver = await postgres(DATABASE)
  const apart = await postgres({ url: DATABASE, pipelines: 0 })
  const unprepared = await postgres({ url: DATABASE, maxPreparedStatements: 0 })
  const pool = new pg.Pool({ connectionString: DATABASE, max: 10 })
  const pipeline = new pg.Client({ connectionString: DATABASE, ...{ pipeline: true } })
  await pipeline.connect()
  const transaction: Statement = { sql: 'select $1::text', kinds: [], isRead: true }
  const variants: readonly (readonly [name: string, perform: () => unknown])[] = [
    ['statement, our session', () => driver.session.row(statement, ['text', 42])],
    ['statement, our session, each on a connection for itself', () => apart.session.row(statement, ['text', 42])],
    ['statement, our session, not prepared', () => unprepared.session.row(statement, ['text', 42])],
    ['statement, pg.Pool, named, array rows', () => pool.query({ ...named, values: ['text', 42] })],
    ['statement, pg.Client with pipeline, named, array rows', () => pipeline.query({ ...named, values: ['text', 42] })],
    ['transaction of one statement, ours', () => driver.transaction(async (session) => session.row(transaction, ['text']))],
    [
      'transaction of one statement, pg.Pool',
      async () => {
        const client = await pool.connect()
        await client.query('begin')
        await client.query({ name: 'bench-one', text: 'select $1::text', rowMode: 'array', values: ['text'] })
        await client.query('commit')
        client.release()
      },
    ],
  ]
  const samples = variants.map(() => ({ cpu: [] as number[], wall: [] as number[] }))
  try {
    for (let round = -1; round < rounds; round++) {
      for (const [index, [, perform]] of variants.entries()) {
        const { cpu, wall } = await load(perform)
        // The first round warms up.
        if (round < 0) continue
        samples[index]?.cpu.push(cpu)
        samples[index]?.wall.push(wall)
      }
    }
  } finally {
    await Promise.all([driver.close(), apart.close(), unprepared.close(), pool.end(), pipeline.end()])
  }
  return variants.map(([name], index) => ({
    name,
    value: median(samples[index]?.cpu ?? []),
    unit: 'µs',
    note: `CPU; ${IN_FLIGHT} in flight; ${Math.round(1e6 / median(samples[index]?.wall ?? []))} a second`,
  }))
}

/** Microseconds of this process's CPU, and of time, for each. */
async function load(perform: () => unknown): Promise<{ readonly cpu: number; readonly wall: number }> {
  let left = STATEMENTS
  const [before, started] = [process.cpuUsage(), performance.now()]
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      while (left-- > 0) await perform()
    }),
  )
  const { user, system } = process.cpuUsage(before)
  return { cpu: (user + system) / STATEMENTS, wall: ((performance.now() - started) * 1000) / STATEMENTS }
}
