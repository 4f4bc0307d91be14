import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MANIFEST_NAME } from '../../compiler/7-write/manifest.ts'
import { createMemoryHost } from '../../compiler/host/memory-host.ts'
import { toProjectPath } from '../../compiler/host/project-path.ts'
import { compile } from '../../compiler/index.ts'
import { LOCK_FILE_NAME } from '../../compiler/lock/lock.ts'
import { SHORT_VERSION } from '../../compiler/version.ts'
import { typeCheckApp } from '../support/type-check-app.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const GOLDEN = join(ROOT, 'test', 'golden')
const TMP = join(ROOT, 'tmp', `golden-${process.pid}`)
/** All output trees side by side, so that one type-check sees them all. */
const OUTPUT = join(TMP, 'generated')
const MAX_CASES = 40

const cases = readdirSync(GOLDEN).sort()

/** Path → text. Forward slashes. */
type Tree = Readonly<Record<string, string>>

beforeAll(() => mkdirSync(OUTPUT, { recursive: true }))
afterAll(() => rmSync(TMP, { recursive: true, force: true }))

test('are few: each has one point', () => expect(cases.length).toBeLessThanOrEqual(MAX_CASES))

describe.each(cases)('%s', (name) => {
  const input = inputOf(name)

  test('makes the expected files', async () => {
    const folder = join(TMP, 'input', name)
    writeTree(folder, input)
    const { isOk, diagnostics, output } = await compile({ cwd: folder })
    expect({ isOk, errors: diagnostics.filter(({ severity }) => severity === 'error') }).toEqual({ isOk: true, errors: [] })
    cpSync(output, join(OUTPUT, name), { recursive: true })
    // Hooks, actions and middleware import the author's modules, two folders up.
    for (const [path, text] of Object.entries(input))
      if (/\.(?:hook|action|validator)\.ts$|\/timing\.plugin\.ts$/.test(path)) writeTree(OUTPUT, { [path]: text })
    const made = comparable({
      ...readTree(output),
      [`../${LOCK_FILE_NAME}`]: readFileSync(join(folder, LOCK_FILE_NAME), 'utf8'),
    })
    const expected = join(GOLDEN, name, 'expected')
    if (process.env['UPDATE'] === '1') {
      rmSync(expected, { recursive: true, force: true })
      writeTree(join(expected, 'generated'), made)
    }
    expectSameTree(made, comparable({ ...readTree(join(expected, 'generated')), ...lockIn(expected) }))
  })

  test.each(['posix', 'win32'] as const)('makes the same files from memory, with %s paths', async (style) => {
    const host = createMemoryHost(input, { style })
    const { isOk } = await compile({ host })
    expect(isOk).toBe(true)
    const written = [...host.files].map(([path, text]): [string, string] => [toProjectPath(host.cwd, path), text])
    const made = Object.fromEntries(
      written.flatMap(([path, text]): [string, string][] => {
        if (path === LOCK_FILE_NAME) return [[`../${path}`, text]]
        return path.startsWith('generated/') ? [[path.slice('generated/'.length), text]] : []
      }),
    )
    expectSameTree(made, {
      ...readTree(join(OUTPUT, name)),
      [`../${LOCK_FILE_NAME}`]: readFileSync(join(TMP, 'input', name, LOCK_FILE_NAME), 'utf8'),
    })
  })

  test('says nothing of this machine', () => {
    const folders = [ROOT, TMP, process.cwd()]
    for (const [path, text] of Object.entries(readTree(join(OUTPUT, name)))) {
      for (const folder of folders) expect(text.includes(folder), `${path} mentions ${folder}`).toBe(false)
    }
  })
})

describe('all of it together', () => {
  test.each(['5.9', '7'] as const)('type-checks under the strictest flags on TypeScript %s', { timeout: 180_000 }, (version) => {
    expect(typeCheckApp(OUTPUT, version)).toEqual([])
  })

  test('can be read by Node as it is', { timeout: 60_000 }, () => {
    const scripts = scriptsIn(OUTPUT)
    expect(scripts.length).toBeGreaterThan(cases.length * 5)
    expect(runNode(PARSE_ALL, scripts)).toBe('')
  })

  test('runs as plain JavaScript too', async () => {
    const { createApp } = (await import(/* @vite-ignore */ join(OUTPUT, 'emit-module-js', 'index.js'))) as { createApp(): Promise<BookApp> }
    const app = await createApp()
    await app.seed()
    const { items } = await app.objects.book.find()
    expect(items).toMatchObject([{ id: 'moby-dick', published_at: '1851-10-18T00:00:00.000Z', is_lent: false }])
    await app.close()
  })

  // Data is not code: openapi.json, trace.json and the lock have one entry per line, so that they merge well and stay small.
  test('is what the formatter would print', { timeout: 60_000 }, () => {
    expect(runBiome('format')).toBe('')
  })

  test('has nothing the linter objects to', { timeout: 60_000 }, () => {
    expect(runBiome('lint')).toBe('')
  })
})

interface BookApp {
  readonly objects: { readonly book: { find(): Promise<{ readonly items: readonly unknown[] }> } }
  seed(): Promise<unknown>
  close(): Promise<void>
}

function inputOf(name: string): Tree {
  return Object.fromEntries(Object.entries(readTree(join(GOLDEN, name))).filter(([path]) => !path.startsWith('expected/')))
}

const lockIn = (expected: string): Tree =>
  existsSync(join(expected, LOCK_FILE_NAME)) ? { [`../${LOCK_FILE_NAME}`]: readFileSync(join(expected, LOCK_FILE_NAME), 'utf8') } : {}

/** Without what changes with every release, and without the list of hashes, which says the same thing twice. */
function comparable({ [MANIFEST_NAME]: _, ...tree }: Tree): Tree {
  return Object.fromEntries(
    Object.entries(tree).map(([path, text]) => [path, text.replaceAll(`objectql ${SHORT_VERSION}`, 'objectql X.Y')]),
  )
}

function expectSameTree(made: Tree, expected: Tree): void {
  expect(Object.keys(made).sort()).toEqual(Object.keys(expected).sort())
  for (const [path, text] of Object.entries(made)) expect(text, path).toBe(expected[path])
}

function readTree(folder: string): Tree {
  if (!existsSync(folder)) return {}
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length + 1).replaceAll('\\', '/'), readFileSync(path, 'utf8')]))
}

function writeTree(folder: string, tree: Tree): void {
  for (const [path, text] of Object.entries(tree)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

const scriptsIn = (folder: string): readonly string[] =>
  Object.keys(readTree(folder))
    .filter((path) => /\.[jt]s$/.test(path) && !path.endsWith('.d.ts'))
    .map((path) => join(folder, path))

/** Parses modules without running them; prints those that are none. */
const PARSE_ALL = `
import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { SourceTextModule } from 'node:vm'
for (const path of process.argv.slice(1)) {
  const text = readFileSync(path, 'utf8')
  try {
    new SourceTextModule(path.endsWith('.ts') ? stripTypeScriptTypes(text) : text)
  } catch (error) {
    console.log(path, String(error))
  }
}
`

function runNode(script: string, args: readonly string[]): string {
  const flags = ['--experimental-vm-modules', '--no-warnings', '--input-type=module']
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, '-e', script, ...args], { encoding: 'utf8' })
  return stdout + stderr
}

/** Rules that generated code may break, and why. */
const LINT_EXCEPTIONS = {
  // `process.env['PORT']` satisfies `noPropertyAccessFromIndexSignature`, which asks for the opposite.
  complexity: {
    useLiteralKeys: 'off',
    // A field may be called `constructor` or `toString`, and then its type has to allow for the inherited member.
    noBannedTypes: 'off',
  },
  // An author's text may contain `${…}`.
  suspicious: { noTemplateCurlyInString: 'off' },
} as const

/** What Biome has to say about all output, under the style of this repository; nothing if it is content. */
function runBiome(command: 'format' | 'lint'): string {
  const { formatter, javascript } = JSON.parse(readFileSync(join(ROOT, 'biome.json'), 'utf8')) as Record<string, unknown>
  const config = {
    root: true,
    files: { includes: ['**', '!**/*.json', '!**/.objectql.json'] },
    formatter,
    javascript,
    linter: { rules: { recommended: true, ...LINT_EXCEPTIONS } },
  }
  writeFileSync(join(TMP, 'biome.json'), JSON.stringify(config))
  const biome = join(ROOT, 'node_modules', '@biomejs', 'biome', 'bin', 'biome')
  const args = [biome, command, `--config-path=${TMP}`, '--colors=off', '--error-on-warnings', '--max-diagnostics=50', OUTPUT]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: TMP })
  if (!/Checked \d{2,} files/.test(stdout + stderr)) return `Biome checked nothing: ${stdout}${stderr}`
  return status === 0 ? '' : stdout + stderr
}
