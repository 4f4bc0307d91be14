import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { expect, test } from 'vitest'
import { createMemoryHost } from '../../compiler/host/memory-host.ts'
import { check } from '../../compiler/index.ts'
import { compiledApp } from '../support/compiled-app.ts'
import { type Random, random, testSeed } from '../support/random.ts'
import { startedWorkflows } from '../support/workflow-app.ts'
import { WORKFLOW_SCHEMAS } from '../support/workflow-schemas.ts'

const SEED = testSeed()
const CASES = Number(process.env['OBJECTQL_CASES'] ?? 60)

const MACHINE = `
name: parcel
fields: { name: { type: text }, status: { type: select, options: [a, b, c] } }
stateMachine:
  initial: a
  states:
    a: { on: { GO: [{ target: b, cond: "name == 'x'", actions: [one, { type: two, params: { x: 1 } }] }], BACK: "#x.b" } }
    b: { initial: c, states: { c: { type: final }, d: { always: { target: c } } }, entry: one, exit: [two] }
`

/** What may stand anywhere. */
const ODD: readonly unknown[] = [
  ...[
    null,
    true,
    0,
    -1,
    1e300,
    '',
    ' ',
    '$now',
    '{{',
    '{{a.b}}',
    'constructor',
    '__proto__',
    'a.b.c',
    "x' or 1 = 1",
    '`${1}`',
    '𝄞\ud800',
    '5h',
    '* * * * *',
  ],
  ...[[], {}, [[]], [null], { field: 'name' }, { expression: 'amount +' }, { type: 'approval' }, { next_step: 'nowhere' }, { steps: [{}] }],
]

function mangled(value: unknown, one: Random): unknown {
  if (one.chance(0.06)) return one.pick(ODD)
  if (Array.isArray(value)) {
    const items = value.map((item) => mangled(item, one))
    return one.chance(0.1) ? [...items, ...items] : items
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, item]) => [one.chance(0.02) ? String(one.pick(ODD)) : key, mangled(item, one)])
  return Object.fromEntries(one.chance(0.05) ? entries.slice(1) : entries)
}

const mangledFiles = (one: Random): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ ...WORKFLOW_SCHEMAS, 'schemas/parcel.object.yml': MACHINE }).map(([path, text]): [string, string] => {
      const isMangled = path.endsWith('.workflow.yml') || path.includes('parcel')
      return [path, isMangled ? JSON.stringify(mangled(load(text), one)) : text]
    }),
  )

test(`mangled workflows and state machines are told, and never break the compiler (seed ${SEED})`, { timeout: 120_000 }, async () => {
  const one = random(SEED)
  let told = 0
  for (let index = 0; index < CASES; index++) {
    const { diagnostics } = await check({ host: createMemoryHost(mangledFiles(one), { style: 'posix' }) })
    const context = `seed ${SEED}, case ${index}`
    expect(
      diagnostics.filter(({ message }) => message === ''),
      context,
    ).toEqual([])
    told += diagnostics.filter(({ code }) => code.startsWith('workflow/')).length
  }
  expect(told).toBeGreaterThan(CASES)
})

test(`what is left of mangled workflows is code that loads and starts (seed ${SEED})`, { timeout: 120_000 }, async () => {
  const one = random(SEED + 1)
  let loaded = 0
  for (let index = 0; index < Math.min(CASES, 12); index++) {
    const compiled = await compiledApp(mangledFiles(one)).catch(() => undefined)
    if (!compiled) continue
    try {
      const folder = join(compiled.folder, 'workflows')
      for (const file of existsSync(folder) ? readdirSync(folder) : []) {
        await import(/* @vite-ignore */ join(folder, file))
        loaded++
      }
      const app = await startedWorkflows(compiled.folder, { workflows: { run: false } })
      await app.workflows.runDue()
      await app.close()
    } finally {
      compiled.remove()
    }
  }
  expect(loaded).toBeGreaterThan(0)
})
