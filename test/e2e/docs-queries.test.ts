import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { App } from '../../runtime-lite/app/app.ts'
import { FUNCTIONS, type FunctionSignature } from '../../runtime-lite/query/functions.ts'
import { type RunningServer, serve } from '../../runtime-lite/rest/serve.ts'
import { compiledApp, sampleApp } from '../support/compiled-apps.ts'
import { docsPage, examplesOf, runExamples } from '../support/docs-examples.ts'
import { type RunningApp, runningApp } from '../support/running-app.ts'

const page = docsPage('queries.md')

/** The page without its blocks of a language, every line where it was. */
const without = (text: string, languages: RegExp): string =>
  text.replaceAll(/^```(\w+)\n[\s\S]*?^```$/gm, (block, language: string) =>
    languages.test(language) ? block.replaceAll(/[^\n]/g, '') : block,
  )

/** Calls of the SDK, each with the answer that the page shows for it. */
function sdkExamples(text: string): readonly { readonly call: string; readonly expected: string }[] {
  const found: { call: string; expected: string }[] = []
  let waiting: string[] = []
  for (const [, language, body = ''] of text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)) {
    if (language === 'ts') waiting.push(body)
    if (language !== 'json') continue
    for (const call of waiting) found.push({ call, expected: body })
    waiting = []
  }
  return found
}

describe('docs/queries.md', () => {
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

  const examples = examplesOf(without(page, /^(ts|yaml)$/))

  test('every example answers what the page says, in all its forms', async () => {
    expect(examples.filter(({ expected }) => expected !== undefined).length).toBeGreaterThan(15)
    await runExamples(examples, server.port)
  })

  test('so do the calls of the SDK', async () => {
    const calls = sdkExamples(page)
    expect(calls.length).toBeGreaterThan(3)
    const { createClient } = (await import(/* @vite-ignore */ join(running.folder, 'client', 'index.js'))) as {
      createClient(options: { readonly baseUrl: string }): object
    }
    const client = createClient({ baseUrl: `http://127.0.0.1:${server.port}` })
    for (const { call, expected } of calls) {
      const answer: unknown = await new Function('client', `return ${call.trim().replace(/^await /, '')}`)(client)
      expect(answer, call).toEqual(JSON.parse(expected))
    }
  })
})

test('the table of functions is the language', () => {
  const kindOf = (kind: string): string => (kind === 'datetime' ? 'instant' : kind === 'moment' ? 'date or instant' : kind)
  const rows = Object.entries<FunctionSignature>(FUNCTIONS).map(([name, { args, required = args.length, result, note = '' }]) => {
    const list = args.map((arg, index) => `${kindOf(arg)}${index < required ? '' : '?'}`).join(', ')
    return `| \`${name}(${list})\` | ${kindOf(result)} | ${note} |`
  })
  const [, table = ''] = page.split(/<!-- (?:end of )?functions[^>]*-->/)
  expect(table.trim()).toBe(['| function | result | |', '| --- | --- | --- |', ...rows].join('\n'))
})
