import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { checkTypes, installTypes, writeText } from '../support/type-project.ts'

// Compilers run in processes of their own, and a busy machine is no failure.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const ROOT = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'objectql-docs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('every example of docs/sdk.md compiles against the sample application', () => {
  installTypes(folder)
  for (const part of ['client', 'objects']) cpSync(join(ROOT, 'generated', part), join(folder, 'generated', part), { recursive: true })
  writeText(join(folder, 'package.json'), '{ "type": "module" }')
  const page = readFileSync(join(ROOT, 'docs', 'sdk.md'), 'utf8')
  // What runs inside the server is checked with the server (named-queries.test.ts).
  const examples = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].flatMap(([, text = '']) =>
    text.includes("from './generated/index.ts'") ? [] : [text],
  )
  expect(examples.length).toBeGreaterThan(8)
  const files = examples.map((text, index) => {
    const file = `example-${index + 1}.ts`
    writeText(join(folder, file), text)
    return file
  })
  expect(checkTypes(folder, '7', { files }).problems).toEqual([])
})
