import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { generateApp } from '../../bench/support/generate-app.ts'
import { loadedFiles } from '../support/loaded-files.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const OBJECTS = 20

// What is published, not the sources: an application starts on it. The folder lies in the project so that it finds the package.
let folder = ''

beforeAll(() => {
  execFileSync(process.execPath, [join(ROOT, '.ci', 'build.ts')])
  mkdirSync(join(ROOT, '.objectql'), { recursive: true })
  folder = mkdtempSync(join(ROOT, '.objectql', 'startup-'))
  generateApp(folder, OBJECTS)
  writeFileSync(join(folder, 'objectql.config.ts'), `export default { name: 'startup', emit: { module: 'js' } }\n`)
  execFileSync(process.execPath, [join(ROOT, 'dist', 'compiler', 'cli', 'bin.js'), 'compile'], { cwd: folder, stdio: 'pipe' })
}, 60_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const START = `
import { serve } from 'objectql/rest'
import { createApp } from './generated/index.js'
const server = await serve(await createApp({ datasource: 'app.db' }), { port: 0 })
`

function script(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return name
}

test('a server loads three chunks of the runtime at its start, and no object', () => {
  const name = script('start.js', `${START}await server.close()\n`)
  // The first start makes the tables.
  loadedFiles([name], folder)
  const { files, builtins } = loadedFiles([name], folder)
  expect(files.map(({ path }) => basename(path).replace(/-[\w-]{8}\.js$/, '')).sort()).toEqual([
    'everywhere',
    'index.js',
    'index.js',
    'index.js',
    'query-syntax',
    'schema.js',
    'server',
    'start.js',
  ])
  // 262 KB when this was written; 100 KB cost three milliseconds.
  expect(files.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(280_000)
  // node:fs, node:http and their like build fetch, streams and promises when they are imported.
  expect(builtins.toSorted()).toEqual(['node:async_hooks', 'node:sqlite'])
})

test('what the first requests load does not grow with the number of objects', () => {
  const name = script(
    'request.js',
    `${START}const url = server.url + '/api/crm_account'
await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: 'Vlierhaven', status: 'open' }) })
const { items } = await (await fetch(url + '?status=open&sort=name')).json()
if (items.length !== 1) throw new Error(JSON.stringify(items))
await server.close()\n`,
  )
  const { files } = loadedFiles([name], folder)
  const ours = files.map(({ path }) => relative(folder, path))
  expect(ours.filter((path) => path.startsWith('generated/plans/'))).toEqual(['generated/plans/crm-account.js'])
  expect(files.filter(({ path }) => path.startsWith(join(ROOT, 'dist'))).length).toBeLessThan(12)
})

test('validators and clients bundle for browsers from what is published', async () => {
  const size = async (program: string): Promise<number> => {
    const { outputFiles } = await build({
      stdin: { contents: program, resolveDir: folder, loader: 'js' },
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'browser',
      write: false,
      tsconfigRaw: {},
    })
    return outputFiles[0]?.text.length ?? 0
  }
  expect(await size(`export { checkText } from 'objectql/validate'`)).toBeLessThan(4500)
  expect(await size(`export { createClient } from './generated/client/index.js'`)).toBeLessThan(9000)
})

test('compiling loads what the application needs, and no tool for anything else', () => {
  const compile = [join(ROOT, 'dist', 'compiler', 'cli', 'bin.js'), 'compile']
  rmSync(join(folder, 'generated'), { recursive: true })
  const whole = loadedFiles(compile, folder).files
  const tools = whole.map(({ path }) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? '')
  expect(tools.filter((name) => /^(?:ts-morph|typescript|handlebars|ajv|semver|json-schema-to-typescript)$/.test(name))).toEqual([])
  expect(whole.length).toBeLessThan(50)
  // Nothing has changed: no parser, no printer.
  expect(loadedFiles(compile, folder).files.length).toBeLessThan(24)
})
