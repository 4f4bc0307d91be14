import { copyFileSync, cpSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Row } from './row.ts'
import { runCli } from './support/cli.ts'
import { compareAnswers } from './support/compare-answers.ts'
import { type Kind, measureServers } from './support/measure-servers.ts'
import { seedDatabase } from './support/seed-database.ts'
import { type ServerProcess, startServer } from './support/server-process.ts'
import { tempFolder } from './support/temp-folder.ts'
import { routing, workloads } from './support/workloads.ts'

/**
 * The generated server against the hand-written one in `raw/`: same database file, same settings of SQLite, same requests.
 * Servers on the first core, wrk on the second, rounds interleaved. No figure is printed unless both give the same answers.
 * W0 is measured against bare node:http. W4 has two before-hooks, W5 a state machine and an after-hook,
 * on both sides.
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
      ...(await measureServers(workload, join(folder, `requests-${index}.txt`), (kind) =>
        start(kind === 'raw' && workload === routing ? 'bare' : kind, String(index)),
      )),
    )
    for (const kind of ['raw', 'ours'])
      for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, `${kind}-${index}.db${suffix}`), { force: true })
  }
  return rows
}
