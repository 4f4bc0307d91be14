import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { resolveConfig } from '../../compiler/config/resolve-config.ts'
import type { App } from '../../runtime-lite/app/app.ts'
import { type RunningServer, serve } from '../../runtime-lite/rest/serve.ts'
import { compiledApp, sampleApp } from '../support/compiled-apps.ts'
import { docsPage, examplesOf, runExamples } from '../support/docs-examples.ts'
import { type RunningApp, runningApp } from '../support/running-app.ts'

const page = docsPage('rest.md')

const examples = examplesOf(page)

describe('docs/rest.md', () => {
  let running: RunningApp
  let server: RunningServer

  beforeAll(async () => {
    running = await runningApp(await compiledApp(sampleApp))
    await running.app.seed()
    server = await serve(running.app as App, { port: 0 })
  }, 60_000)

  afterAll(async () => {
    await server?.close()
    await running?.close()
  })

  test('has examples', () => {
    expect(examples.length).toBeGreaterThan(12)
    expect(examples.filter(({ expected }) => expected !== undefined).length).toBeGreaterThan(10)
  })

  test('every example answers what the page says', async () => {
    await runExamples(examples, server.port)
  })
})

describe('limits of docs/rest.md', () => {
  const { api } = resolveConfig({}, { folderName: 'app', exists: () => false })
  const rows = [...page.matchAll(/^\| [^|]+ \| ([\d,]+) \| `(\w+)` \|/gm)]

  test('are those of the configuration', () => {
    for (const [, value = '', key = ''] of rows) expect(Number(value.replaceAll(',', '')), key).toBe(api[key as keyof typeof api])
    const documented = new Set(rows.map(([, , key]) => key))
    const numbers = Object.entries(api).flatMap(([key, value]) => (typeof value === 'number' && key !== 'shutdownTimeoutMs' ? [key] : []))
    expect(numbers.filter((key) => !documented.has(key))).toEqual([])
  })
})
