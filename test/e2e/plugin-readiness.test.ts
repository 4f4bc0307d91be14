import { afterEach, expect, test } from 'vitest'
import { PluginTestHarness, type StartedHarness } from '../../compiler/plugin-testing/index.ts'
import type { AnyApp } from '../../runtime-lite/app/app.ts'
import { type RunningServer, serve } from '../../runtime-lite/rest/index.ts'

let harness: StartedHarness
let server: RunningServer
afterEach(async () => {
  await server?.close()
  await harness?.stop()
})

const ask = async (path: string): Promise<{ readonly status: number; readonly body: unknown; readonly retry: string | null }> => {
  const answer = await fetch(`${server.url}${path}`)
  return { status: answer.status, body: await answer.json(), retry: answer.headers.get('retry-after') }
}

test('a plugin that cannot work keeps the application from being ready, and says why; it still lives', async () => {
  let health: () => unknown = () => ({ status: 'ok' })
  harness = await new PluginTestHarness()
    .withPlugin({ name: 'mailer', version: '1.0.0', health: () => health() })
    .withPlugin({ name: 'silent', version: '1.0.0', start: () => undefined })
    .withOptions({ kernel: { healthTimeoutMs: 50 } })
    .withObject({ name: 'note', fields: { title: { type: 'text' } } })
    .start()
  server = await serve(harness.app as unknown as AnyApp, { port: 0 })
  const notReady = (plugins: readonly object[]) => ({ status: 503, retry: '1', body: { status: 'plugins unavailable', plugins } })

  expect(await ask('/readyz')).toEqual({ status: 200, retry: null, body: { status: 'ready' } })
  health = () => ({ status: 'degraded', detail: '40 mails behind' })
  expect((await ask('/readyz')).status).toBe(200)
  health = () => ({ status: 'failed', detail: 'The mail server says no.' })
  expect(await ask('/readyz')).toEqual(notReady([{ name: 'mailer', status: 'failed', detail: 'The mail server says no.' }]))
  for (const path of ['/livez', '/api/note']) expect((await ask(path)).status).toBe(200)
  // What is thrown may name a secret: it is for the log.
  health = () => {
    throw new Error('password "hunter2" refused')
  }
  expect(await ask('/readyz')).toEqual(notReady([{ name: 'mailer', status: 'failed' }]))
  expect(harness.logs.some(({ message }) => message.includes('The plugin "mailer" does not say how it is'))).toBe(true)
  health = () => new Promise(() => undefined)
  expect(await ask('/readyz')).toEqual(notReady([{ name: 'mailer', status: 'failed' }]))
  health = () => ({ status: 'ok' })
  expect((await ask('/readyz')).status).toBe(200)
  await harness.app.kernel?.stop()
  expect(await ask('/readyz')).toMatchObject(
    notReady([
      { name: 'mailer', status: 'failed', detail: 'It is stopped.' },
      { name: 'silent', status: 'failed', detail: 'It is stopped.' },
    ]),
  )
})
