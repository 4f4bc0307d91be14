import type { Row } from '../row.ts'
import { median } from './numbers.ts'
import { isQuick, rounds } from './options.ts'
import { type Load, load, type ServerProcess, writeRequests } from './server-process.ts'
import type { Workload } from './workloads.ts'

// Many short rounds: on a shared machine what disturbs one of them seldom disturbs the next.
const SECONDS = isQuick ? 1 : 2
const ROUNDS = isQuick ? rounds : 11

/** The hand-written server and the generated one. */
export type Kind = 'raw' | 'ours'

interface Round {
  readonly load: Load
  readonly cpuUs: number
}

/** Both servers under the same requests, rounds interleaved: how many requests, and how much processor time for each. */
export async function measureServers(
  workload: Workload,
  requestFile: string,
  start: (kind: Kind) => Promise<ServerProcess>,
): Promise<readonly Row[]> {
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
      name: `${name.split(' ')[0]} server CPU per request, raw / ours`,
      value: 1 / median(ratios((round) => round.cpuUs)),
      unit: '×',
      better: 'more',
      target,
      stretch,
      note: `raw ${cpu(raw).toFixed(1)} µs, ours ${cpu(ours).toFixed(1)} µs`,
    },
  ]
}
