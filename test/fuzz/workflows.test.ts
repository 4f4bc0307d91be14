import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { expect, test } from 'vitest'
import { createMemoryHost } from '../../compiler/host/memory-host.ts'
import { check } from '../../compiler/index.ts'
import { coreOf } from '../../runtime-lite/app/app.ts'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import { compiledApp } from '../support/compiled-app.ts'
import { type Random, random, testSeed } from '../support/random.ts'
import { requested } from '../support/running-app.ts'
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

const CHART = `
name: crate
fields: { name: { type: text }, status: { type: select, options: [a, b, c] }, side: { type: select, options: [x, y] } }
stateMachine:
  id: crate
  field: status
  initial: a
  states:
    a: { on: { GO: b }, after: { 1h: c, "2h": [{ target: b, cond: "name == 'x'" }] } }
    b:
      type: parallel
      on: { OUT: c }
      onDone: { target: c }
      states:
        side: { initial: x, states: { x: { on: { NEXT: { target: y, in: "#crate.b.top.w" } } }, y: { type: final } } }
        top: { initial: v, states: { v: { on: { NEXT: w } }, w: { type: final }, before: { type: history, history: deep, target: v } } }
    c: { on: { BACK: b.top.before, BOTH: { target: [b.side.y, b.top.w] } } }
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
    Object.entries({ ...WORKFLOW_SCHEMAS, 'schemas/parcel.object.yml': MACHINE, 'schemas/crate.object.yml': CHART }).map(
      ([path, text]): [string, string] => {
        const isMangled = path.endsWith('.workflow.yml') || path.includes('parcel') || path.includes('crate')
        return [path, isMangled ? JSON.stringify(mangled(load(text), one)) : text]
      },
    ),
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

/** What a stranger may write into a path, a query or a body. */
const HOSTILE: readonly string[] = [
  ...['', '.', '..', '%', '%00', '%2e%2e', '%ff', '__proto__', 'constructor', 'toString', "x' or 1=1 --", '𝄞', 'a'.repeat(3_000)],
  ...['tasks', 'instances', 'start', 'retry', 'cancel', 'steps', 'reassign', 'actions', 'approve', '*', '-1', '1e9', 'null', '{}'],
]
const BODIES: readonly unknown[] = [
  ...[
    undefined,
    null,
    [],
    {},
    0,
    'x',
    { assignee: null },
    { assignee: [] },
    { assignee: { type: 'user' } },
    { assignee: { type: 'role', name: {} } },
  ],
  ...[
    { assignee: 'x', comment: 7 },
    { comment: 'x'.repeat(20_000) },
    { record: {} },
    { record: '\u0000' },
    { variables: [] },
    { __proto__: { x: 1 } },
  ],
  ...[{ assignee: '\u0000' }, { assignee: '\ud800' }, { record: '\ud800' }, { constructor: 1 }],
]

test(`hostile requests to workflows are refused, and never an error of the server (seed ${SEED})`, { timeout: 120_000 }, async () => {
  const one = random(SEED + 2)
  const compiled = await compiledApp(WORKFLOW_SCHEMAS)
  const reported: unknown[] = []
  const app = await startedWorkflows(compiled.folder, { workflows: { run: false }, onError: (error) => void reported.push(error) })
  try {
    const orders = app.objects['order'] as ObjectApi
    const id = String((await orders.create({ name: 'A', owner: 'ada' }))['id'])
    await orders.update(id, { status: 'checked' })
    await app.workflows.runDue()
    const [task] = (await app.workflows.tasks()).items
    const known = [task?.id as string, task?.instance as string, id, 'asks', 'approve', 'boss']
    const shapes = [
      ...[
        'tasks/@/actions/@',
        'tasks/@/reassign',
        'instances/@/retry',
        'instances/@/cancel',
        'instances/@/steps',
        '@/start',
        'tasks',
        'instances',
      ],
      ...['@', '@/@', '@/@/@', '@/@/@/@', '@/@/@/@/@'],
    ]
    for (let index = 0; index < CASES * 10; index++) {
      const part = (): string => encodeOnce(one.chance(0.3) ? one.pick(known) : one.pick(HOSTILE))
      const path = one.pick(shapes).replaceAll('@', part)
      const query = one.chance(0.2) ? `?${one.pick(['limit', 'cursor', 'assignee', 'record', 'x'])}=${part()}` : ''
      const body = one.pick(BODIES)
      const method = one.pick(['GET', 'POST', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])
      const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
      const call = { method, headers, ...(body === undefined || method === 'GET' || method === 'HEAD' ? {} : { body }) }
      const { status } = await requested(coreOf(app as never), `/api/workflows/${path}${query}`, call)
      expect(status, `seed ${SEED}, case ${index}: ${method} ${path}${query} ${JSON.stringify(body)}`).toBeLessThan(500)
    }
    expect(reported).toEqual([])
  } finally {
    await app.close()
    compiled.remove()
  }
})

/** Some are encoded already, and broken on purpose. */
const encodeOnce = (text: string): string => (text.startsWith('%') ? text : encodeURIComponent(text.toWellFormed()))
