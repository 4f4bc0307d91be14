import { spawn } from 'node:child_process'
import { watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CLI } from './cli.ts'
import { objectName, objectPath, objectYaml } from './generate-app.ts'

const QUIET_MS = 250

/**
 * Milliseconds from saving one schema to the last change in the output folder that the save caused. Each save adds a field,
 * so that types, plans, SQL, OpenAPI and the client all change.
 */
export async function watchLatencies(app: string, saves: number): Promise<readonly number[]> {
  const child = spawn(process.execPath, [CLI, 'compile', '--watch'], {
    cwd: app,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, CI: '', NO_COLOR: '1' },
  })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said = (said + chunk).slice(-4000)
  })
  let lastChange = 0
  const watcher = watch(join(app, 'generated'), { recursive: true }, () => {
    lastChange = performance.now()
  })
  try {
    await sleep(4000)
    const latencies: number[] = []
    for (let save = 0; save < saves; save++) {
      const index = (save * 37) % 500
      const changed = objectYaml(index, 500).replace('  notes:\n', `  remark_${save}:\n    type: text\n  notes:\n`)
      const saved = performance.now()
      lastChange = 0
      writeFileSync(objectPath(app, index), changed)
      while (lastChange === 0 || performance.now() - lastChange < QUIET_MS) {
        if (performance.now() - saved > 20_000)
          throw new Error(`Saving ${objectName(index)} changed nothing in the output within 20 s.\n${said}`)
        await sleep(20)
      }
      latencies.push(lastChange - saved)
    }
    return latencies
  } finally {
    watcher.close()
    const exited = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await exited
  }
}
