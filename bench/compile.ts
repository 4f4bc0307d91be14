import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateHcApp } from '../test/support/hc-app.ts'
import type { Row } from './row.ts'
import { runCli } from './support/cli.ts'
import { generateApp } from './support/generate-app.ts'
import { median, percentile } from './support/numbers.ts'
import { isQuick, rounds } from './support/options.ts'
import { type NodeRun, runBareNode } from './support/run-node.ts'
import { tempFolder } from './support/temp-folder.ts'
import { watchLatencies } from './support/watch-latencies.ts'

/**
 * What compiling costs, cold: the published command line in a new process, CPU time of all its threads, minus that of bare
 * node in the same round. Every output of the default configuration is written.
 */
export async function run(): Promise<readonly Row[]> {
  const folder = tempFolder('compile')
  const sizes = isQuick ? [100, 500] : [100, 500, 1000, 2000]
  const apps = new Map(sizes.map((size) => [size, join(folder, `yaml-${size}`)]))
  for (const [size, app] of apps) generateApp(app, size)
  const typescript = join(folder, 'typescript-65')
  mkdirSync(typescript)
  writeFileSync(join(typescript, 'objectql.config.ts'), `export default { name: 'bench' }\n`)
  generateHcApp(typescript, { objects: 65, fields: 1650 })

  const bare: NodeRun[] = []
  const version: NodeRun[] = []
  const cold = new Map<string, NodeRun[]>([typescript, ...apps.values()].map((app) => [app, []]))
  for (let round = 0; round < rounds; round++) {
    bare.push(await runBareNode(folder))
    version.push(await runCli(['--version'], folder))
    for (const [app, runs] of cold) {
      rmSync(join(app, 'generated'), { recursive: true, force: true })
      rmSync(join(app, 'objectql.lock.json'), { force: true })
      runs.push(await runCli(['compile'], app))
    }
  }

  const overBare = (runs: readonly NodeRun[]): number => median(runs.map((one, round) => one.cpuMs - (bare[round]?.cpuMs ?? 0)))
  const runsOf = (size: number): readonly NodeRun[] => cold.get(apps.get(size) ?? '') ?? []
  const describe = (runs: readonly NodeRun[]): string =>
    `wall ${Math.round(median(runs.map((one) => one.wallMs)))} ms, peak ${Math.round(median(runs.map((one) => one.peakMb)))} MB`
  const rows: Row[] = [
    { name: 'bare node (node -e 0), CPU', value: median(bare.map((one) => one.cpuMs)), unit: 'ms' },
    { name: 'objectql --version over bare node, CPU', value: overBare(version), unit: 'ms', target: 30, stretch: 15 },
    {
      name: '65 TypeScript objects / 1,650 fields over bare node, CPU',
      value: overBare(cold.get(typescript) ?? []),
      unit: 'ms',
      target: 500,
      stretch: 300,
      note: describe(cold.get(typescript) ?? []),
    },
  ]
  const limits: Readonly<Record<number, { target: number; stretch: number }>> = {
    500: { target: 1500, stretch: 900 },
    1000: { target: 2800, stretch: 1600 },
  }
  for (const size of sizes) {
    rows.push({
      name: `${size.toLocaleString('en-US')} objects × 20 fields over bare node, CPU`,
      value: overBare(runsOf(size)),
      unit: 'ms',
      ...limits[size],
      note: describe(runsOf(size)),
    })
  }
  const largest = sizes.at(-1) ?? 0
  rows.push({
    name: `growth: ${largest.toLocaleString('en-US')} objects / 100 objects, CPU`,
    value: overBare(runsOf(largest)) / overBare(runsOf(100)),
    unit: '×',
    ...(largest === 2000 ? { target: 22 } : {}),
  })
  if (!isQuick)
    rows.push({
      name: 'peak memory, 1,000 objects',
      value: median(runsOf(1000).map((one) => one.peakMb)),
      unit: 'MB',
      target: 300,
      stretch: 200,
    })

  const app = apps.get(500) ?? ''
  rows.push(...(await unchanged(app)))
  const latencies = await watchLatencies(app, isQuick ? 10 : 40)
  rows.push({
    name: 'watch: one of 500 objects saved → files on disk, p95',
    value: percentile(latencies, 0.95),
    unit: 'ms',
    target: 100,
    stretch: 40,
    note: `median ${median(latencies).toFixed(1)} ms, ${latencies.length} saves`,
  })
  return rows
}

async function unchanged(app: string): Promise<readonly Row[]> {
  const before = fileTimes(join(app, 'generated'))
  const costs: number[] = []
  for (let round = 0; round < rounds; round++) {
    const bare = await runBareNode(app)
    costs.push((await runCli(['compile'], app)).cpuMs - bare.cpuMs)
  }
  const after = fileTimes(join(app, 'generated'))
  const written = [...after].filter(([path, time]) => before.get(path) !== time).length
  return [
    { name: 'nothing changed, 500 objects over bare node, CPU', value: median(costs), unit: 'ms', target: 300, stretch: 100 },
    { name: 'nothing changed, 500 objects: files written', value: written, unit: `of ${after.size}`, target: 0 },
  ]
}

/** Inode and time of change of every file: a rename over a file shows even when the text is the same. */
function fileTimes(folder: string): Map<string, string> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return new Map(
    paths.map((entry) => {
      const path = join(entry.parentPath, entry.name)
      const { ino, mtimeMs } = statSync(path)
      return [path, `${ino} ${mtimeMs} ${readFileSync(path).length}`]
    }),
  )
}
