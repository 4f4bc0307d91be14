import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { allocateNames } from '../../../../compiler/4-lower/allocate-names.ts'
import { createExample, updateExample } from '../../../../compiler/6-emit/openapi/object-schemas.ts'
import type { AppIr } from '../../../../compiler/ir/object.ts'
import { compiledApp, corpusApps, sampleApp } from '../../../support/compiled-apps.ts'
import { appIr } from '../../../support/ir.ts'
import { loadValidators } from '../../../support/load-validators.ts'
import { textOf, wrongExamples } from '../../../support/openapi.ts'
import { testSeed } from '../../../support/random.ts'
import { randomApp } from '../../../support/random-ir.ts'
import { ruledObject } from '../../../support/ruled-object.ts'
import { sdkObjects } from '../../../support/sdk-objects.ts'

const BIN = join(import.meta.dirname, '..', '..', '..', '..', 'node_modules', '.bin')
const folder = mkdtempSync(join(tmpdir(), 'objectql-openapi-'))
afterAll(() => rmSync(folder, { recursive: true }))
writeFileSync(join(folder, 'spectral.json'), '{ "extends": ["spectral:oas"] }')

const environment = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', NO_COLOR: '1', FORCE_COLOR: '0' }

interface Finding {
  readonly rule: string
  readonly message: string
}

/** Findings of a linter, printed as JSON. A linter that does not run is a failure, not a clean document. */
function findings(tool: string, args: readonly string[]): unknown {
  const { stdout, stderr } = spawnSync(process.execPath, [join(BIN, tool), ...args], {
    cwd: folder,
    env: environment,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  const start = stdout.search(/[[{]/)
  if (start < 0) throw new Error(`${tool} printed no JSON: ${stdout}${stderr}`)
  return JSON.parse(stdout.slice(start))
}

function redocly(): readonly Finding[] {
  const { problems } = findings('redocly', [
    'lint',
    '--extends',
    'recommended-strict',
    '--format',
    'json',
    '--max-problems',
    '50',
    'openapi.json',
  ]) as {
    readonly problems: readonly { readonly ruleId: string; readonly message: string }[]
  }
  return problems.map(({ ruleId, message }) => ({ rule: ruleId, message }))
}

function spectral(): readonly Finding[] {
  const results = findings('spectral', [
    'lint',
    '--ruleset',
    'spectral.json',
    '--format',
    'json',
    '--fail-severity',
    'hint',
    '--quiet',
    'openapi.json',
  ]) as readonly {
    readonly code: string
    readonly message: string
    readonly path: readonly string[]
  }[]
  return results.map(({ code, message, path }) => ({ rule: code, message: `${message} at ${path.join('/')}` }))
}

function expectClean(text: string, linters: readonly (() => readonly Finding[])[] = [redocly, spectral]): void {
  writeFileSync(join(folder, 'openapi.json'), text)
  for (const lint of linters) expect(lint()).toEqual([])
  expect(wrongExamples(JSON.parse(text) as Record<string, unknown>)).toEqual([])
}

test('the linters find what is wrong', () => {
  writeFileSync(
    join(folder, 'openapi.json'),
    '{"openapi":"3.1.0","info":{"title":"x","version":"1"},"paths":{"/a/":{"get":{"responses":{"200":{"description":"ok"}}}}}}',
  )
  expect(redocly().map(({ rule }) => rule)).toContain('operation-operationId')
  expect(spectral().map(({ rule }) => rule)).toContain('operation-description')
})

/** What the document shows, the server takes. */
function expectAccepted(app: AppIr): void {
  for (const object of app.objects) {
    const { create, update } = loadValidators(object)
    expect([object.name, create(createExample(object)), update(updateExample(object))]).toEqual([object.name, undefined, undefined])
  }
}

test('the sample application', async () => {
  const app = await compiledApp(sampleApp)
  expectAccepted(app)
  expectClean(textOf(app))
}, 60_000)

test('actions with and without parameters, results and records', () => {
  expectClean(textOf(appIr(sdkObjects)))
}, 60_000)

test('rules of every kind', () => {
  expectClean(textOf(appIr([ruledObject])))
}, 60_000)

const seed = testSeed()

/** Spectral loses its way where a path holds percent signs, as those of names with slashes must. */
test.each([
  ['every type of field and any references', { objects: 10, hostile: false }, [redocly, spectral]],
  ['hostile names', { objects: 10 }, [redocly]],
] as const)(
  'a random application with %s',
  (_name, options, linters) => {
    console.log(`openapi lint: OBJECTQL_SEED=${seed}`)
    const app = randomApp(seed, options)
    const names = allocateNames(
      app.objects.map((object) => object.name),
      new Map(),
    )
    const objects = app.objects.map((object) => ({ ...object, names: names.get(object.name) ?? object.names }))
    expectClean(textOf({ ...app, objects }), linters)
  },
  60_000,
)

const apps = corpusApps()
if (apps.length === 0) test.skip('applications of others: set OBJECTQL_CORPUS to a folder of them', () => {})
else
  test.each(apps)(
    '$name',
    async (folder) => {
      const app = await compiledApp(folder)
      expectAccepted(app)
      expectClean(textOf(app))
    },
    60_000,
  )
