import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { officeApp } from '../support/office.ts'
import { rawConnection } from '../support/raw-http.ts'
import { emittedApp, runningApp } from '../support/running-app.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

describe('a process of its own', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s: not ready, the running request finishes, exit 0, nothing is lost',
    async (signal) => {
      const folder = mkdtempSync(join(tmpdir(), 'served-'))
      cleanups.push(() => rmSync(folder, { recursive: true, force: true }))
      const generated = await emittedApp(officeApp())
      cleanups.push(() => rmSync(generated, { recursive: true, force: true }))
      const hooks = join(folder, 'hooks.mjs')
      writeFileSync(hooks, sourceHooks())
      const child = spawn(process.execPath, ['--import', hooks, join(generated, 'server', 'node.ts')], {
        cwd: ROOT,
        env: { ...process.env, PORT: '0', DATABASE_URL: join(folder, 'app.db'), NODE_NO_WARNINGS: '1' },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      cleanups.push(() => child.kill('SIGKILL'))
      let output = ''
      const port = await new Promise<number>((resolve, reject) => {
        child.stderr.on('data', (text: Buffer) => {
          output += text
          const found = /http:\/\/127\.0\.0\.1:(\d+)/.exec(output)
          if (found) resolve(Number(found[1]))
        })
        child.on('exit', () => reject(new Error(output)))
      })
      const exited = new Promise<number | null>((resolve) => child.on('exit', resolve))
      const running = await rawConnection(port)
      running.write('POST /api/user HTTP/1.1\r\nhost: x\r\ncontent-length: 11\r\n\r\n{"id"')
      const probe = await rawConnection(port)
      probe.write('GET /readyz HTTP/1.1\r\nhost: x\r\n\r\nPOST /api/user HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{')
      await probe.until(/"ready"/)
      child.kill(signal)
      await sleep(100)
      running.write(':"u1"}')
      expect(await running.until('closed')).toMatch(/201 Created[\s\S]*"id":"u1"/)
      probe.write('}')
      expect(await probe.until('closed')).toMatch(/201 Created/)
      expect([await exited, output.trim().split('\n').length]).toEqual([0, 1])
      const again = await runningApp(officeApp(), { datasource: join(folder, 'app.db') })
      expect(await again.app.objects['user']!.count()).toBe(2)
      await again.close()
    },
    30_000,
  )
})

/** Lets a child process import this package by name, from source, as the tests themselves do. */
function sourceHooks(): string {
  return `import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
const { ENTRY_POINTS } = await import(${JSON.stringify(join(ROOT, 'compiler', 'dev', 'entry-points.ts'))})
registerHooks({
  resolve(specifier, context, next) {
    const path = Object.hasOwn(ENTRY_POINTS, specifier) ? ENTRY_POINTS[specifier] : undefined
    return path === undefined ? next(specifier, context) : { url: pathToFileURL(${JSON.stringify(`${ROOT}/`)} + path + '.ts').href, shortCircuit: true }
  },
})
`
}
