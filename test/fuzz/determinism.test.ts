import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import type { Host } from '../../compiler/host/host.ts'
import { createMemoryHost, type MemoryHost, type MemoryHostOptions } from '../../compiler/host/memory-host.ts'
import { toProjectPath } from '../../compiler/host/project-path.ts'
import { compile } from '../../compiler/index.ts'
import { random, testSeed } from '../support/random.ts'
import { type Files, randomSchemas } from '../support/random-schemas.ts'
import { some } from '../support/random-world.ts'

const seed = testSeed()
console.log(`determinism: OBJECTQL_SEED=${seed}`)

const ROOT = join(import.meta.dirname, '..', '..')
const SCRIPT = join(ROOT, 'test', 'support', 'compile-folders.ts')
const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** Everything a compile has to say: output, lock and diagnostics. */
interface Outcome {
  readonly isOk: boolean
  readonly diagnostics: string
  readonly files: Files
}

const applications = Array.from({ length: 60 }, (_, index) => randomSchemas(random(seed + index)))

describe('the same bytes', () => {
  test('from most random applications there is output at all', async () => {
    const outcomes = await Promise.all(applications.map((files) => inMemory(files)))
    expect(outcomes.filter(({ isOk, files }) => isOk && Object.keys(files).length > 10).length).toBeGreaterThan(applications.length / 2)
  })

  test('in whatever order files are listed', { timeout: 60_000 }, async () => {
    for (const [index, files] of applications.entries()) {
      const shuffle = random(seed + index)
      const shuffled = Object.fromEntries(some(shuffle, Object.entries(files), Number.POSITIVE_INFINITY))
      const inAnyOrder = (host: MemoryHost): Host => ({
        ...host,
        list(folder) {
          const names = host.list(folder)
          return names && some(shuffle, names, names.length)
        },
      })
      expectSame(await inMemory(shuffled, {}, inAnyOrder), await inMemory(files), index)
    }
  })

  test.each<MemoryHostOptions>([
    { cwd: '/' },
    { cwd: '/very/deep/folder with spaces/ünï' },
    { style: 'win32', cwd: 'C:\\Projects\\a b' },
    { style: 'win32', cwd: 'd:\\x' },
  ])('in the folder %j', { timeout: 60_000 }, async (options) => {
    for (const [index, files] of applications.entries()) expectSame(await inMemory(files, options), await inMemory(files), index)
  })

  test('on another day, with other luck', async () => {
    const before = await Promise.all(applications.map((files) => inMemory(files)))
    vi.useFakeTimers({ now: new Date('2031-12-31T23:59:59Z'), toFake: ['Date'] })
    vi.spyOn(Math, 'random').mockReturnValue(0.999)
    try {
      for (const [index, files] of applications.entries()) expectSame(await inMemory(files), before[index], index)
    } finally {
      vi.useRealTimers()
      vi.restoreAllMocks()
    }
  })

  test('and nothing to write the second time, whatever the times of the files', { timeout: 120_000 }, async () => {
    for (const [index, files] of applications.slice(0, 20).entries()) {
      const folder = onDisk(files)
      const first = await compile({ cwd: folder, useRecord: false })
      expectSame(await outcomeOf(folder, first), await inMemory(files), index)
      for (const path of Object.keys(files)) utimesSync(join(folder, path), 1, 1)
      const { written, removed, unchangedCount } = await compile({ cwd: folder, useRecord: false })
      expect({ index, written, removed }).toEqual({ index, written: [], removed: [] })
      expect(unchangedCount).toBeGreaterThanOrEqual(first.isOk ? first.written.length - 1 : 0)
    }
  })
})

describe('the same bytes in another process', () => {
  const here = applications.slice(0, 8)

  test.each<Readonly<Record<string, string>>>([
    { TZ: 'Pacific/Kiritimati', LANG: 'C', LC_ALL: 'C' },
    { TZ: 'America/St_Johns', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
    { TZ: 'Asia/Kolkata', LANG: 'sv_SE.UTF-8', LC_ALL: 'sv_SE.UTF-8', LC_COLLATE: 'sv_SE.UTF-8' },
    { TZ: 'UTC', LANG: 'zh_CN.UTF-8', LC_ALL: 'zh_CN.GB18030', NODE_ENV: 'production', CI: 'true', FORCE_COLOR: '1' },
  ])('with %j', { timeout: 60_000 }, async (environment) => {
    const places = here.map((files) => onDisk(files))
    const cwd = environment['TZ'] === 'UTC' ? '/' : places[0]
    const said = (await run(places, environment, cwd)).trim().split('\n')
    expect(said.length).toBe(places.length)
    for (const [index, files] of here.entries()) {
      const outcome = JSON.parse(said[index] ?? '') as { isOk: boolean; diagnostics: unknown }
      expectSame(await outcomeOf(places[index] ?? '', outcome), await inMemory(files), index)
    }
  })
})

async function inMemory(files: Files, options: MemoryHostOptions = {}, wrap = (host: MemoryHost): Host => host): Promise<Outcome> {
  const host = createMemoryHost(files, options)
  const { isOk, diagnostics } = await compile({ host: wrap(host) })
  const made = [...host.files]
    .map(([path, text]): [string, string] => [toProjectPath(host.cwd, path), text])
    .filter(([path]) => isOutput(path))
  return { isOk, diagnostics: JSON.stringify(diagnostics), files: sorted(made) }
}

const isOutput = (path: string): boolean => path.startsWith('generated/') || path === 'objectql.lock.json'

const sorted = (entries: readonly (readonly [string, string])[]): Files =>
  Object.fromEntries([...entries].sort(([left], [right]) => (left < right ? -1 : 1)))

async function outcomeOf(
  folder: string,
  { isOk, diagnostics }: { readonly isOk: boolean; readonly diagnostics: unknown },
): Promise<Outcome> {
  const made = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path): [string, string] => [path.slice(folder.length + 1).replaceAll('\\', '/'), readFileSync(path, 'utf8')])
    .filter(([path]) => isOutput(path))
  return { isOk, diagnostics: JSON.stringify(diagnostics), files: sorted(made) }
}

function expectSame(outcome: Outcome, expected: Outcome | undefined, index: number): void {
  const where = `OBJECTQL_SEED=${seed}, application ${index}`
  expect(outcome.diagnostics, where).toBe(expected?.diagnostics)
  expect(Object.keys(outcome.files), where).toEqual(Object.keys(expected?.files ?? {}))
  for (const [path, text] of Object.entries(outcome.files)) expect(text, `${where}: ${path}`).toBe(expected?.files[path])
}

/** A new folder, outside of this repository, with files created in no particular order. */
function onDisk(files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), 'objectql-'))
  folders.push(folder)
  for (const [path, text] of some(random(seed), Object.entries(files), Number.POSITIVE_INFINITY)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

function run(args: readonly string[], environment: Readonly<Record<string, string>>, cwd: string | undefined): Promise<string> {
  const { PATH = '', HOME = '' } = process.env
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [SCRIPT, ...args], { cwd, env: { PATH, HOME, ...environment } })
    let out = ''
    let problems = ''
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (problems += chunk.toString()))
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve(out) : reject(new Error(problems))))
  })
}
