import { existsSync } from 'node:fs'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import type { Row } from './row.ts'
import { printTable } from './support/print-table.ts'

/** Every benchmark, in the order in which they run when none is named. Each exports `run(): Promise<readonly Row[]>`. */
const NAMES = [
  'compile',
  'types',
  'validators',
  'pipelines',
  'bytes',
  'startup',
  'inside',
  'expand',
  'plugins',
  'pool',
  'server',
  'server-postgres',
] as const

const { positionals } = parseArgs({ allowPositionals: true, options: { quick: { type: 'boolean' }, only: { type: 'string' } } })
const available = NAMES.filter((name) => existsSync(new URL(`./${name}.ts`, import.meta.url)))
const unknown = positionals.filter((name) => !available.some((known) => known === name))
if (unknown.length > 0) {
  console.error(`No benchmark is named "${unknown.join('", "')}". There are: ${available.join(', ')}.`)
  process.exit(2)
}

for (const name of positionals.length > 0 ? positionals : available) {
  const { run } = (await import(`./${name}.ts`)) as { run: () => Promise<readonly Row[]> }
  const started = performance.now()
  const rows = await run()
  const flags = process.argv.includes('--quick') ? ' --quick' : ''
  console.log(
    `\n$ npm run bench -- ${name}${flags}   (node ${process.versions.node}, ${Math.round((performance.now() - started) / 1000)} s, load ${loadavg()[0]?.toFixed(1)})`,
  )
  console.log(printTable(rows))
}
