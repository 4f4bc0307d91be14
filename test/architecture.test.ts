import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CONTRACT as COMPILER_CONTRACT } from '../compiler/6-emit/app/contract.ts'
import { DIAGNOSTIC_CODES } from '../compiler/diagnostics/catalog.ts'
import { compile } from '../compiler/index.ts'
import { VERSION } from '../compiler/version.ts'
import { CONTRACT as RUNTIME_CONTRACT } from '../runtime-lite/app/app-manifest.ts'
import {
  BROWSER_IMPORTS,
  COMPILER_IMPORTS,
  COMPILER_TO_RUNTIME,
  DRIVER_PACKAGES,
  PHASES,
  TARGET_IMPORTS,
} from './support/allowed-imports.ts'
import { PRIVATE } from './support/private-places.ts'
import { type SourceFile, sourceFiles, textFiles } from './support/source-files.ts'
import { UNWANTED_SYNTAX } from './support/unwanted-syntax.ts'

const ROOT = join(import.meta.dirname, '..')
const OURS = sourceFiles('compiler', 'runtime-lite')
const TESTS = sourceFiles('test', 'bench', '.ci', 'plugins')

test('the tests run on the Node version that is meant', () => {
  expect(process.versions.node).toMatch(/^24\./)
})

const TOP_FILES = ['ARCHITECTURE.md', 'CHANGELOG.md', 'README.md', 'biome.json', 'objectql.config.ts', 'package.json', 'tsconfig.json']

describe('imports', () => {
  const part = (path: string): string => path.split('/')[1] ?? ''

  test('lead to files that are there', () => {
    const known = new Set([...OURS, ...TESTS].map(({ path }) => path))
    const lost = [...OURS, ...TESTS].flatMap(({ path, imports }) =>
      imports.filter(({ to, isRelative }) => isRelative && to.endsWith('.ts') && !known.has(to)).map(({ to }) => `${path} → ${to}`),
    )
    // Applications of tests and benchmarks import what they compile or generate.
    expect(lost.filter((edge) => !/→ (?:bench\/app|generated|schemas)\//.test(edge))).toEqual([])
  })

  test('go down the table of the compiler', () => {
    const wrong = edges('compiler/', (from, to) => {
      if (!to.startsWith('compiler/'))
        return (
          COMPILER_TO_RUNTIME[from]?.includes(to) ||
          part(from) === 'dev' ||
          part(from) === 'explain' ||
          part(from) === 'plugin-testing' ||
          from === 'compiler/cli/commands/explain-query.ts'
        )
      const allowed = COMPILER_IMPORTS[part(from)]
      // Files at the top of the compiler are the pipeline.
      return allowed === '*' || from.split('/').length === 2 || part(from) === part(to) || allowed?.includes(part(to)) === true
    })
    expect(wrong).toEqual([])
  })

  test('the table of the compiler has a row for each folder, and no phase below a later one', () => {
    const folders = new Set(OURS.filter(({ path }) => /^compiler\/[^/]+\//.test(path)).map(({ path }) => part(path)))
    expect(Object.keys(COMPILER_IMPORTS).sort()).toEqual([...folders].sort())
    for (const [index, phase] of PHASES.entries()) {
      for (const imported of COMPILER_IMPORTS[phase] ?? []) expect(PHASES.indexOf(imported), `${phase} → ${imported}`).toBeLessThan(index)
    }
  })

  test('leave the testing kit to tests', () => {
    const wrong = [...edges('compiler/', () => false), ...edges('runtime-lite/', () => false)].filter(
      (edge) => !edge.startsWith('compiler/plugin-testing/') && edge.includes('→ compiler/plugin-testing/'),
    )
    expect(wrong).toEqual([])
  })

  test('keep emit targets apart', () => {
    const target = (path: string): string | undefined => /^compiler\/6-emit\/([^/]+)\//.exec(path)?.[1]
    const wrong = edges('compiler/6-emit/', (from, to) => {
      const [own, other] = [target(from), target(to)]
      if (own === undefined || other === undefined || own === other) return true
      return TARGET_IMPORTS[own]?.includes(to.slice('compiler/6-emit/'.length)) === true
    })
    expect(wrong).toEqual([])
    expect(Object.keys(TARGET_IMPORTS).sort()).toEqual([...new Set(OURS.flatMap(({ path }) => target(path) ?? []))].sort())
  })

  test('every permission is in use', () => {
    const used = new Set(OURS.flatMap(({ path, imports }) => imports.map(({ to }) => `${path} ${to}`)))
    const isUsed = (from: string, to: string): boolean => [...used].some((edge) => edge.startsWith(from) && edge.includes(` ${to}`))
    const unused = [
      ...Object.entries(COMPILER_IMPORTS).flatMap(([from, list]) =>
        list === '*' ? [] : list.filter((to) => !isUsed(`compiler/${from}/`, `compiler/${to}`)).map((to) => `${from} → ${to}`),
      ),
      ...Object.entries(TARGET_IMPORTS).flatMap(([from, list]) =>
        list.filter((to) => !isUsed(`compiler/6-emit/${from}/`, `compiler/6-emit/${to}`)).map((to) => `6-emit/${from} → ${to}`),
      ),
    ]
    expect(unused).toEqual([])
  })

  test('leave the compiler out of the runtime, and packages too', () => {
    expect(edges('runtime-lite/', (_, to) => to.startsWith('runtime-lite/'))).toEqual([])
    const packages = filesBelow('runtime-lite/').flatMap(({ path, imports }) =>
      imports
        .filter(({ to, isRelative }) => !isRelative && !to.startsWith('node:') && !DRIVER_PACKAGES[part(path)]?.includes(packageName(to)))
        .map(({ to }) => `${path} → ${to}`),
    )
    expect(packages).toEqual([])
  })

  test.each(Object.entries(BROWSER_IMPORTS))('of %s work in a browser', (folder, allowed) => {
    const wrong = filesBelow(`runtime-lite/${folder}/`).flatMap(({ path, imports }) =>
      imports
        .filter(({ to, isRelative }) => !isRelative || !(part(to) === folder || allowed.includes(part(to))))
        .map(({ to }) => `${path} → ${to}`),
    )
    expect(wrong).toEqual([])
  })

  test('form no circle', () => {
    const importsOf = new Map(
      OURS.map(({ path, imports }) => [path, imports.filter(({ isRelative, isDynamic }) => isRelative && !isDynamic).map(({ to }) => to)]),
    )
    expect([...importsOf.keys()].flatMap((path) => circleThrough(path, importsOf) ?? [])).toEqual([])
  })

  test('name packages that are dependencies', () => {
    const { dependencies } = manifest()
    const packages = filesBelow('compiler/').flatMap(({ imports }) =>
      imports.filter(({ to, isRelative }) => !isRelative && !to.startsWith('node:')).map(({ to }) => packageName(to)),
    )
    // What draws pages of graphs is copied into the package when it is built.
    const built = ['@dagrejs/dagre', 'd3-selection', 'd3-zoom']
    expect([...new Set(packages)].filter((name) => !Object.hasOwn(dependencies, name)).sort()).toEqual(built)
  })
})

describe('files', () => {
  /** House rule: 300. The hard stop is 500; tests and what supports them may go that far. */
  test.each([
    ['of the compiler and the runtime', OURS, 300],
    ['of the tests and benchmarks', TESTS, 500],
  ] as const)('%s are short', (_, files, limit) => {
    const long = files.map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 })).filter(({ lines }) => lines > limit)
    expect(long).toEqual([])
  })

  test('are named in kebab case, after what they export', () => {
    expect(OURS.map(({ path }) => basename(path)).filter((name) => !/^[a-z0-9]+(?:-[a-z0-9]+)*\.ts$/.test(name))).toEqual([])
    // Several functions of one kind, such as the checks of a validator, go by what they have in common.
    const misnamed = OURS.filter(({ path, exports }) => {
      const stem = fold(basename(path, '.ts'))
      return exports.filter(({ isType }) => !isType).length === 1 && !exports.some(({ name }) => fold(name).includes(stem))
    })
    expect(misnamed.map(({ path, exports }) => `${path}: ${exports.map(({ name }) => name).join(', ')}`)).toEqual([
      // The pipeline keeps its name.
      'compiler/compile.ts: runPhases',
    ])
  })

  test('have named exports only', () => {
    expect(OURS.filter(({ exports }) => exports.some(({ name }) => name === 'default')).map(({ path }) => path)).toEqual([])
  })

  // The node types of an escape from the type system, or of syntax that does more than name types.
  test.each(Object.entries(UNWANTED_SYNTAX))('have no %s', (name, type) => {
    // TypeScript 7 gives up comparing models along their relations, however they are written without it.
    const exceptions = name === 'any' ? ['runtime-lite/types/model.ts'] : []
    expect(OURS.filter(({ syntax }) => syntax.has(type)).map(({ path }) => path)).toEqual(exceptions)
  })

  test.each([
    ['ways around the type-checker', /@ts-(?:ignore|nocheck|expect-error)\b/],
    ['ways around the linter without a reason', /biome-ignore [\w/]+(?!: \S|[\w/])/],
    ['unfinished work', /\b(?:TODO|FIXME|XXX|HACK)\b/],
  ])('have no %s', (_, pattern) => {
    expect(OURS.filter(({ text }) => pattern.test(text)).map(({ path }) => path)).toEqual([])
  })
})

describe('the repository', () => {
  const texts = textFiles(
    ...['compiler', 'runtime-lite', 'plugins', 'templates', 'docs', 'schemas', 'bench', '.ci', 'generated', 'test'],
    ...TOP_FILES,
  )

  test('names no folder of a machine and no private server', () => {
    const self = 'test/architecture.test.ts'
    const found = texts.flatMap(({ path, text }) =>
      path === self ? [] : PRIVATE.flatMap((pattern) => [...text.matchAll(pattern)].map(([match]) => `${path}: ${match}`)),
    )
    expect(found).toEqual([])
  })

  test('installs from no private registry', () => {
    const hosts = [...readText('package-lock.json').matchAll(/"resolved": "https?:\/\/([^/"]+)/g)].map(([, host]) => host)
    expect([...new Set(hosts)].filter((host) => host !== 'registry.npmjs.org')).toEqual([])
  })

  test('has one version, and one contract between generated code and runtime', () => {
    expect(manifest().version).toBe(VERSION)
    expect(COMPILER_CONTRACT).toBe(RUNTIME_CONTRACT)
  })

  test('has a test for every diagnostic', () => {
    const tests = texts.filter(({ path }) => path.startsWith('test/') && !path.endsWith('.md')).map(({ text }) => text)
    const fixtures = new Set(texts.flatMap(({ path }) => /^test\/errors\/([^/]+)\//.exec(path)?.[1] ?? []))
    const untested = DIAGNOSTIC_CODES.filter(
      (code) => !fixtures.has(code.replace('/', '-')) && !tests.some((text) => text.includes(`'${code}'`) || text.includes(code)),
    )
    expect(untested).toEqual([])
  })

  test('has fresh output of its own sample application', { timeout: 60_000 }, async () => {
    const { isOk, diagnostics } = await compile({ cwd: ROOT, mode: 'compare', useRecord: false })
    expect(diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message)).toEqual([])
    expect(isOk).toBe(true)
  })
})

const filesBelow = (folder: string): readonly SourceFile[] => OURS.filter(({ path }) => path.startsWith(folder))

/** Imports between our modules that a rule forbids. */
const edges = (folder: string, isAllowed: (from: string, to: string) => boolean | undefined): readonly string[] =>
  filesBelow(folder).flatMap(({ path, imports }) =>
    imports.filter(({ to, isRelative }) => isRelative && !isAllowed(path, to)).map(({ to }) => `${path} → ${to}`),
  )

/** The way from a module back to itself, if there is one. Reported by its first module only. */
function circleThrough(start: string, importsOf: ReadonlyMap<string, readonly string[]>): string | undefined {
  const cameFrom = new Map<string, string>()
  const queue = [start]
  for (const path of queue) {
    for (const next of importsOf.get(path) ?? []) {
      if (next === start) {
        const circle = [path]
        for (let at = path; at !== start; at = cameFrom.get(at) ?? start) circle.unshift(cameFrom.get(at) ?? start)
        return circle.every((member) => member >= start) ? [...circle, start].join(' → ') : undefined
      }
      if (cameFrom.has(next)) continue
      cameFrom.set(next, path)
      queue.push(next)
    }
  }
  return undefined
}

const packageName = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

const readText = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

const manifest = (): { readonly version: string; readonly dependencies: Readonly<Record<string, string>> } =>
  JSON.parse(readText('package.json'))

const fold = (name: string): string => name.replaceAll(/[-_$]/g, '').toLowerCase()
