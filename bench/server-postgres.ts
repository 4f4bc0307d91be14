import { appendFileSync, cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { Row } from './row.ts'
import { runCli } from './support/cli.ts'
import { compareAnswers } from './support/compare-answers.ts'
import { type Kind, measureServers } from './support/measure-servers.ts'
import { seedPostgres } from './support/seed-database.ts'
import { type ServerProcess, startServer } from './support/server-process.ts'
import { tempFolder } from './support/temp-folder.ts'
import { type Workload, workloads } from './support/workloads.ts'

const SERVER = process.env['BENCH_POSTGRES'] ?? 'postgres://postgres@127.0.0.1:5432'

/** What the database does takes part of the time, so the targets are lower than on SQLite. */
const TARGETS: Readonly<Record<string, number>> = { W1: 1.2, W2: 1.25, W3: 1, W4: 1, W5: 1.4, W6: 1.5 }

/** Behind W5's own hook, which only counts: what a hook may refuse is kept by a transaction that waits for it. */
const REFUSING = `
export const refuses = {
  name: 'refuses',
  object: 'account',
  events: ['afterUpdate'],
  handler({ data }: Context): void {
    if (data.status === 'gone') throw new Error('No account is gone.')
  },
}
`

/**
 * The generated server against the hand-written one, both on PostgreSQL (BENCH_POSTGRES, default 127.0.0.1): same database, same requests, a pool of ten
 * connections each, named statements. No figure is printed unless both give the same answers. Processor time is that of the Node process.
 */
export async function run(): Promise<readonly Row[]> {
  const folder = tempFolder('server-postgres')
  const app = join(folder, 'app')
  const refusing = join(folder, 'refusing')
  for (const path of [app, refusing]) cpSync(join(import.meta.dirname, 'app'), path, { recursive: true })
  appendFileSync(join(refusing, 'schemas', 'account.hook.ts'), REFUSING)
  for (const path of [app, refusing]) await runCli(['compile'], path)
  const schema = readFileSync(join(app, 'generated', 'schema.postgres.sql'), 'utf8')
  const names = ['raw', 'ours'].map((kind) => `objectql_bench_${kind}_${process.pid}`)
  const urlOf = (kind: Kind): string => `${SERVER}/objectql_bench_${kind}_${process.pid}`
  await onServer([
    ...names.map((name) => `drop database if exists ${name}`),
    ...names.map((name) => `create database ${name} template template0 lc_collate 'C' lc_ctype 'C.UTF-8' encoding 'UTF8'`),
  ])
  try {
    for (const kind of ['raw', 'ours'] as const) await seedPostgres(urlOf(kind), schema)
    const starting =
      (compiled: string) =>
      (kind: Kind): Promise<ServerProcess> =>
        kind === 'raw'
          ? startServer([join(import.meta.dirname, 'raw', 'postgres-server.ts'), urlOf(kind), '0'])
          : startServer([
              join(import.meta.dirname, 'support', 'generated-server.ts'),
              join(compiled, 'generated', 'index.ts'),
              urlOf(kind),
              '0',
            ])
    const start = starting(app)
    const only = process.argv.find((argument) => argument.startsWith('--only='))?.slice('--only='.length)
    const all = workloads.flatMap((workload): readonly (readonly [Workload, string])[] =>
      workload.name.startsWith('W5')
        ? [
            [workload, app],
            [{ ...workload, name: 'W5b the same, the hook may refuse' }, refusing],
          ]
        : [[workload, app]],
    )
    const chosen = all.filter(([{ name }]) => only === undefined || name.startsWith(only))
    const [raw, ours] = await Promise.all([start('raw'), start('ours')])
    try {
      await compareAnswers(raw.url, ours.url)
    } finally {
      await Promise.all([raw.stop(), ours.stop()])
    }
    const rows: Row[] = []
    for (const [index, [workload, compiled]] of chosen.entries()) {
      const target = TARGETS[workload.name.slice(0, 2)] ?? 1
      const onPostgres: Workload = { ...workload, name: `${workload.name}, PostgreSQL`, target, stretch: target }
      rows.push(...(await measureServers(onPostgres, join(folder, `requests-${index}.txt`), starting(compiled))))
    }
    return rows
  } finally {
    await onServer(names.map((name) => `drop database if exists ${name} with (force)`))
  }
}

async function onServer(statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: `${SERVER}/postgres` })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}
