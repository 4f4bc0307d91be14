import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { App } from '../../runtime-lite/app/app.ts'
import { type RunningServer, serve } from '../../runtime-lite/rest/serve.ts'
import { type CompiledProject, compiledProject } from '../support/compiled-project.ts'
import { docsPage, examplesOf, runExamples } from '../support/docs-examples.ts'

// Compilers run in processes of their own, and a busy machine is no failure.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const page = docsPage('authentication.md')
const blocks = [...page.matchAll(/^```(?:yaml|ts)\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text)
const pathOf = (text: string): string | undefined => /^(?:#|\/\/) (\S+\.(?:ts|yml))\n/.exec(text)?.[1]
const files = Object.fromEntries(blocks.flatMap((text) => (pathOf(text) === undefined ? [] : [[pathOf(text), text]])))

const TSC = join(import.meta.dirname, '..', '..', 'node_modules', '@ts', 'native', 'bin', 'tsc')

let project: CompiledProject
let server: RunningServer

beforeAll(async () => {
  project = await compiledProject(files)
  expect({ isOk: project.isOk, diagnostics: project.diagnostics }).toEqual({ isOk: true, diagnostics: [] })
  const { createApp } = (await import(/* @vite-ignore */ join(project.output, 'index.ts'))) as { createApp(): Promise<App> }
  server = await serve(await createApp(), { port: 0 })
})

afterAll(async () => {
  await server?.close()
  project?.remove()
})

test('calls of docs/authentication.md are answered as the page says', async () => {
  const text = page.replaceAll(/^```(?:yaml|ts|text)\n[\s\S]*?^```$/gm, (block) => block.replaceAll(/[^\n]/g, ''))
  const examples = examplesOf(text)
  expect(examples.length).toBeGreaterThan(3)
  await runExamples(examples, Number(new URL(server.url).port))
})

test('programs of docs/authentication.md type-check against what the page declares', () => {
  const { folder } = project
  const named = blocks.flatMap((text, index): [string, string][] =>
    pathOf(text)?.endsWith('.yml') ? [] : [[pathOf(text) ?? `example-${index}.ts`, text]],
  )
  expect(named.map(([path]) => path)).toContain('auth.ts')
  for (const [path, text] of named) {
    const isFragment = /\bapp\.as\(/.test(text)
    // What a page need not repeat.
    const given =
      "import type { App } from 'objectql/runtime'\nimport type { Objects } from './generated/index.ts'\ndeclare const app: App<Objects>\n"
    writeFileSync(
      join(folder, path),
      isFragment ? given + text.replace('objects.task', 'objects.note').replace('title:', 'text:') : `${text}\nexport {}\n`,
    )
  }
  const paths = named.map(([path]) => path)
  const tsconfig = {
    extends: '../../tsconfig.json',
    compilerOptions: { noUnusedLocals: false },
    include: [...paths, 'generated'],
    exclude: [],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
  const { stdout, status } = spawnSync(process.execPath, [TSC, '-p', folder, '--pretty', 'false'], { encoding: 'utf8' })
  expect({ stdout, status }).toEqual({ stdout: '', status: 0 })
})
