import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { compile } from '../../compiler/index.ts'
import type { App } from '../../runtime-lite/app/app.ts'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import { type RunningServer, serve } from '../../runtime-lite/rest/serve.ts'
import { docsPage, examplesOf, runExamples } from '../support/docs-examples.ts'
import { checkTypes, installTypes, writeText } from '../support/type-project.ts'

// Compilers run in processes of their own, and a busy machine is no failure.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const TMP = join(import.meta.dirname, '..', '..', 'tmp')
const page = docsPage('actions.md')

/** Blocks of the page that are files, by their path in the first line, and those that are programs. */
const blocks = [...page.matchAll(/^```(?:yaml|ts)\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text)
const pathOf = (text: string): string | undefined => /^(?:#|\/\/) (schemas\/\S+)\n/.exec(text)?.[1]

let folder: string
let app: App<{ readonly [object: string]: ObjectApi }>
let server: RunningServer

beforeAll(async () => {
  mkdirSync(TMP, { recursive: true })
  folder = mkdtempSync(join(TMP, 'docs-actions-'))
  mkdirSync(join(folder, 'schemas'))
  for (const text of blocks) {
    const path = pathOf(text)
    if (path) writeFileSync(join(folder, path), text)
  }
  writeFileSync(join(folder, 'objectql.config.json'), '{"name":"cellar","input":["schemas"],"output":"generated"}')
  const { isOk, diagnostics } = await compile({ cwd: folder })
  expect({ isOk, diagnostics }).toEqual({ isOk: true, diagnostics: [] })
  const { createApp } = (await import(/* @vite-ignore */ join(folder, 'generated', 'index.ts'))) as { createApp(): Promise<typeof app> }
  app = await createApp()
  server = await serve(app as unknown as App, { port: 0 })
})

afterAll(async () => {
  await server?.close()
  await app?.close()
  rmSync(folder, { recursive: true, force: true })
})

test('calls of docs/actions.md are answered as the page says', async () => {
  const text = page.replaceAll(/^```(?:yaml|ts|js)\n[\s\S]*?^```$/gm, (block) => block.replaceAll(/[^\n]/g, ''))
  const examples = examplesOf(text)
  expect(examples.length).toBeGreaterThan(3)
  await runExamples(examples, Number(new URL(server.url).port))
})

test('the spellings in process do the same', async () => {
  const cask = app.objects['cask'] as ObjectApi
  await cask.create({ id: 'ash', name: 'Ash' })
  expect(await cask.actions['topUp']?.('ash', { litres: 1 })).toMatchObject({ litres: 1 })
  expect(await cask.execute('top_up', 'ash', { litres: 1 })).toMatchObject({ litres: 2 })
  expect(await app.protocol.executeAction('cask:top_up', { id: 'ash', input: { litres: 1 } })).toMatchObject({ litres: 3 })
})

test('programs of docs/actions.md compile against what the page declares', () => {
  const types = join(folder, 'types')
  mkdirSync(types)
  installTypes(types)
  for (const part of ['client', 'objects']) cpSync(join(folder, 'generated', part), join(types, 'generated', part), { recursive: true })
  writeText(join(types, 'package.json'), '{ "type": "module" }')
  const programs = blocks.filter((text) => pathOf(text) === undefined)
  expect(programs.length).toBeGreaterThan(0)
  const files = programs.map((text, index) => {
    writeText(join(types, `example-${index}.ts`), text)
    return `example-${index}.ts`
  })
  const functions = `import { topUpCask } from './generated/client/operations.js'\nexport const call = () => topUpCask({ baseUrl: '' }, '1', { litres: 1 })\n`
  writeText(join(types, 'functions.ts'), functions)
  expect(checkTypes(types, '7', { files: [...files, 'functions.ts'] }).problems).toEqual([])
})
