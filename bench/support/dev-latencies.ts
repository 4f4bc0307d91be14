import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CLI } from './cli.ts'

export interface DevLatency {
  /** Milliseconds from a saved plugin to the first answer of it over HTTP, compiling included. */
  readonly saved: number
  /** Of these, what `objectql dev` says it took from the compiled code on. */
  readonly live: number
}

/**
 * Saves a plugin of an application again and again while `objectql dev` runs, and asks it until it answers with the new version. `isHot`: in the same process,
 * or in another one for each version.
 */
export async function devLatencies(app: string, saves: number, isHot: boolean): Promise<readonly DevLatency[]> {
  const path = join(app, 'schemas', 'version.plugin.ts')
  const save = (version: number): void =>
    writeFileSync(
      path,
      `export default {
  name: 'version',
  hot: ${isHot},
  start() {},
  middleware: [{
    name: 'version',
    on: 'rest',
    async execute(_context: unknown, next: () => Promise<{ headers: Headers }>) {
      const reply = await next()
      reply.headers.set('x-version', '${version}')
      return reply
    },
  }],
}
`,
    )
  save(0)
  const child = spawn(process.execPath, [CLI, 'dev', '--port', '0', '--db', ':memory:'], {
    cwd: app,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, CI: '', NO_COLOR: '1' },
  })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const until = async <Found>(find: () => Found | undefined | Promise<Found | undefined>): Promise<Found> => {
    for (const since = performance.now(); ; await sleep(1)) {
      const found = await find()
      if (found !== undefined) return found
      if (performance.now() - since > 60_000) throw new Error(`"objectql dev" did not get any further.\n${said}`)
    }
  }
  try {
    const base = await until(() => /Serving on (http\S+)/.exec(said)?.[1])
    const versionOf = async (): Promise<number> => {
      const answer = await fetch(`${base}/api/metadata/object`)
      await answer.arrayBuffer()
      return Number(answer.headers.get('x-version'))
    }
    const latencies: DevLatency[] = []
    for (let version = 1; version <= saves; version++) {
      // The process that waits for the next version is loaded.
      await sleep(1000)
      const from = said.length
      const since = performance.now()
      save(version)
      const saved = await until(async () => ((await versionOf()) === version ? performance.now() - since : undefined))
      const [, live, where] = await until(() => /Live after (\d+) ms in (the same|another) process/.exec(said.slice(from)) ?? undefined)
      if ((where === 'the same') !== isHot) throw new Error(`It went live in ${where} process.\n${said.slice(from)}`)
      latencies.push({ saved, live: Number(live) })
    }
    return latencies
  } finally {
    const exited = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await exited
  }
}
