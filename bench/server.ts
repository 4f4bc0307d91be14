import { copyFileSync, cpSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Row } from './row.ts'
import { runCli } from './support/cli.ts'
import { compareAnswers } from './support/compare-answers.ts'
import { median } from './support/numbers.ts'
import { isQuick, rounds } from './support/options.ts'
import { seedDatabase } from './support/seed-database.ts'
import { type Load, load, type ServerProcess, startServer, writeRequests } from './support/server-process.ts'
import { tempFolder } from './support/temp-folder.ts'
import { routing, type Workload, workloads } from './support/workloads.ts'

// Many short rounds: on a shared machine what disturbs one of them seldom disturbs the next.
const SECONDS = isQuick ? 1 : 2
const ROUNDS = isQuick ? rounds : 11

type Kind = 'raw' | 'ours'

interface Round {
  readonly load: Load
  readonly cpuUs: number
}

/**
 * The generated server against the hand-written one in `raw/`: same database file, same settings of SQLite, same requests.
 * Servers on the first core, wrk on the second, rounds interleaved. No figure is printed unless both give the same answers.
 * W0 is measured against bare node:http. W4 and W5 run without hooks and rules on both sides until those are compiled.
 */
export async function run(): Promise<readonly Row[]> {
  const folder = tempFolder('server')
  const app = join(folder, 'app')
  cpSync(join(import.meta.dirname, 'app'), app, { recursive: true })
  await runCli(['compile'], app)
  const seed = join(folder, 'seed.db')
  seedDatabase(seed, readFileSync(join(app, 'generated', 'schema.sqlite.sql'), 'utf8'))

  const start = (kind: Kind | 'bare', suffix: string): Promise<ServerProcess> => {
    if (kind === 'bare') return startServer([join(import.meta.dirname, 'raw', 'bare-server.ts')])
    const file = join(folder, `${kind}-${suffix}.db`)
    copyFileSync(seed, file)
    return kind === 'raw'
      ? startServer([join(import.meta.dirname, 'raw', 'server.ts'), file, '0'])
      : startServer([join(import.meta.dirname, 'support', 'generated-server.ts'), join(app, 'generated', 'index.ts'), file, '0'])
  }

  const [raw, ours] = await Promise.all([start('raw', 'compare'), start('ours', 'compare')])
  try {
    await compareAnswers(raw.url, ours.url)
  } finally {
    await Promise.all([raw.stop(), ours.stop()])
  }

  const only = process.argv.find((argument) => argument.startsWith('--only='))?.slice('--only='.length)
  const rows: Row[] = []
  for (const [index, workload] of [routing, ...workloads].entries()) {
    if (only !== undefined && !workload.name.startsWith(only)) continue
    rows.push(
      ...(await measure(workload, join(folder, `requests-${index}.txt`), (kind) =>
        start(kind === 'raw' && workload === routing ? 'bare' : kind, String(index)),
      )),
    )
    for (const kind of ['raw', 'ours'])
      for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, `${kind}-${index}.db${suffix}`), { force: true })
  }
  return rows
}

async function measure(workload: Workload, requestFile: string, start: (kind: Kind) => Promise<ServerProcess>): Promise<readonly Row[]> {
  writeRequests(requestFile, workload.requests)
  const [raw, ours] = await Promise.all([start('raw'), start('ours')])
  const results = new Map<ServerProcess, Round[]>([
    [raw, []],
    [ours, []],
  ])
  try {
    for (const server of results.keys()) await load(server.url, requestFile, isQuick ? 1 : 3)
    for (let round = 0; round < ROUNDS; round++) {
      for (const server of round % 2 === 0 ? [raw, ours] : [ours, raw]) {
        const before = server.cpuMs()
        const result = await load(server.url, requestFile, SECONDS)
        if (result.failed > 0)
          throw new Error(`${workload.name}: ${result.failed} of ${result.requests} requests failed on ${server === raw ? 'raw' : 'ours'}.`)
        results.get(server)?.push({ load: result, cpuUs: ((server.cpuMs() - before) * 1000) / result.requests })
      }
    }
  } finally {
    await Promise.all([raw.stop(), ours.stop()])
  }
  return report(workload, results.get(raw) ?? [], results.get(ours) ?? [])
}

function report({ name, target, stretch }: Workload, raw: readonly Round[], ours: readonly Round[]): readonly Row[] {
  const perSecond = ({ load: { requests, seconds } }: Round): number => requests / seconds
  const ratios = (value: (round: Round) => number): number[] => raw.map((round, index) => value(ours[index] ?? round) / value(round))
  const rate = (rounds: readonly Round[]): string => Math.round(median(rounds.map(perSecond))).toLocaleString('en-US')
  const cpu = (rounds: readonly Round[]): number => median(rounds.map((round) => round.cpuUs))
  const p99 = (rounds: readonly Round[]): string => (median(rounds.map((round) => round.load.p99Us)) / 1000).toFixed(1)
  return [
    {
      name: `${name}: requests, ours / raw`,
      value: median(ratios(perSecond)),
      unit: '×',
      better: 'more',
      target,
      stretch,
      note: `raw ${rate(raw)}/s, ours ${rate(ours)}/s; p99 saturated ${p99(raw)} and ${p99(ours)} ms`,
    },
    {
      name: `${name.slice(0, 2)} server CPU per request, raw / ours`,
      value: 1 / median(ratios((round) => round.cpuUs)),
      unit: '×',
      better: 'more',
      target,
      stretch,
      note: `raw ${cpu(raw).toFixed(1)} µs, ours ${cpu(ours).toFixed(1)} µs`,
    },
  ]
}
