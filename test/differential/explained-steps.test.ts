import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { OperationStep } from '../../compiler/6-emit/operation-step.ts'
import { runExplainPipeline } from '../../compiler/cli/commands/explain-pipeline.ts'
import type { RawRecord } from '../../runtime-lite/object/object-plan.ts'
import { compiledApp } from '../support/compiled-app.ts'
import { random, testSeed } from '../support/random.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'
import { stepSchemas } from '../support/steps/step-schemas.ts'
import { tracedDatabase, tracePlan } from '../support/steps/traced-steps.ts'

const SEED = testSeed()
const CASES = Math.min(Number(process.env['OBJECTQL_CASES'] ?? 8), 400)

type Step = Pick<OperationStep, 'kind' | 'name'> & { readonly isAlive: boolean }

/** What `objectql explain pipeline` prints, as data. */
async function explained(folder: string, place: string): Promise<readonly Step[]> {
  const out: string[] = []
  const terminal = {
    out: (text: string) => void out.push(text),
    err: () => undefined,
    hasColor: false,
    isInteractive: false,
    cwd: folder,
    env: {},
  }
  expect(await runExplainPipeline({ json: true }, terminal, place)).toBe(0)
  return out
    .join('')
    .split('\n')
    .filter(Boolean)
    .flatMap((line) => {
      const { says, steps } = JSON.parse(line) as { says: readonly string[]; steps: readonly Step[] }
      return steps.map((step) => ({ ...step, isAlive: says.includes('where it is not in the trash yet') }))
    })
}

/** The call by which a step shows; undefined for what is looked at in another way. */
function callOf({ kind, name }: Step): string | undefined {
  switch (kind) {
    case 'field':
      return 'validate'
    case 'default':
      return 'defaults'
    case 'history':
      return 'write insert _objectql_history'
    case 'workflow':
      return 'write insert _objectql_workflows'
    case 'rollup':
      return `write update ${name.split('.')[0]}`
    case 'trash':
      // A lookup of the record itself is looked at, not written.
      return name.includes('.') ? `write update ${name.split('.')[0]}` : undefined
    case 'hook':
    case 'middleware':
    case 'rule':
    case 'machine':
    case 'autonumber':
    case 'write':
      return `${kind} ${name}`
    default:
      return undefined
  }
}

const KEPT = /^write (?:insert _objectql_(?:history|workflows)$|\w+ (?:item|shelf|slip)$)/

/** Each call where it came first: several records, and several fields of one, do not count. */
const inOrder = (calls: readonly string[]): readonly string[] => [...new Set(calls)]

async function traced(running: RunningApp, steps: readonly Step[], work: () => Promise<unknown>): Promise<void> {
  globalThis.stepCalls = []
  await work()
  const { behaviours } = running.core
  await (await behaviours()).queue.drained()
  const isFilled = steps.some(({ kind }) => kind === 'default')
  const found = globalThis.stepCalls.filter((call) => (call.startsWith('write ') ? KEPT.test(call) : call !== 'defaults' || isFilled))
  expect(inOrder(found), JSON.stringify(steps)).toEqual(inOrder(steps.flatMap((step) => callOf(step) ?? [])))
}

async function compare(seed: number): Promise<Set<string>> {
  const compiled = await compiledApp(stepSchemas(random(seed)))
  const root = dirname(compiled.folder)
  const db = tracedDatabase()
  const running = await startedApp(compiled.folder, { datasource: db, onError: () => undefined } as never)
  try {
    const { item, shelf, slip } = running.app.objects as Record<'item' | 'shelf' | 'slip', RunningApp['app']['objects'][string]>
    const { plan } = await running.core.store('item')
    const steps = Object.fromEntries(
      await Promise.all(
        ['create', 'update', 'delete', 'restore', 'purge'].map(async (name) => [name, await explained(root, `item.${name}`)] as const),
      ),
    ) as Record<'create' | 'update' | 'delete' | 'restore' | 'purge', readonly Step[]>
    tracePlan(plan)
    for (const id of ['s1', 's2']) await shelf.create({ id })
    const has = (field: string): boolean => Object.hasOwn(plan.fields, field)
    const record = (id: string, more: RawRecord = {}): RawRecord => ({ id, title: 'same', stage: 'a', shelf: 's1', ...more })
    await item.create(record('first', has('code') ? { code: 'c0' } : {}))
    await traced(running, steps.create, () => item.create(record('r1', has('code') ? { code: 'c1' } : {})))
    const patch = { title: 'same again', stage: 'b', shelf: 's2', ...(has('phase') ? { phase: 'two' } : {}) }
    for (const id of ['other', 'third']) await item.create({ ...record(id), title: 'same again' })
    await traced(running, steps.update, () => item.update('r1', patch))
    await refusals(running, steps, patch)
    await slip.create({ id: 'l1', item: 'r1' })
    await traced(running, steps.delete, () => item.delete('r1'))
    if (plan.trash) {
      await traced(running, steps.restore, () => item.restore('r1'))
      await item.delete('r1')
      const ofTrashed = steps.purge.filter(({ isAlive }) => !isAlive)
      await traced(running, ofTrashed, () => item.purge('r1'))
      await traced(running, steps.purge, () => item.purge('other'))
    }
    return new Set(Object.values(steps).flatMap((some) => some.map(({ kind }) => kind)))
  } finally {
    await running.close()
    db.close()
    compiled.remove()
  }
}

/** Steps that only show by what they refuse: values, unique keys, lookups, fields that clients only read. */
async function refusals(
  running: RunningApp,
  { create, update }: Record<'create' | 'update', readonly Step[]>,
  patch: RawRecord,
): Promise<void> {
  const { item, shelf } = running.app.objects as Record<'item' | 'shelf', RunningApp['app']['objects'][string]>
  const refused = (work: Promise<unknown>): Promise<{ status: number; errors: readonly { pointer: string }[] }> =>
    work.then(
      () => expect.fail('It was not refused.'),
      (error) => error,
    )
  for (const { kind, name } of update) {
    if (kind === 'field')
      expect((await refused(item.update('r1', { [name]: { odd: [] } }))).errors).toMatchObject([{ pointer: `/${name}` }])
    if (kind === 'unique') expect(await refused(item.update('r1', { ...patch, [name]: 'c0' }))).toMatchObject({ status: 409 })
    if (kind === 'reference') expect(await refused(item.update('r1', { [name]: 'nobody' }))).toMatchObject({ status: 422 })
    if (kind === 'readonly') {
      globalThis.stepCalls = []
      expect((await refused(item.update('r1', { [name]: 'x' }))).errors).toMatchObject([{ pointer: `/${name}` }])
      expect(globalThis.stepCalls.filter((call) => call !== 'validate')).toEqual([])
    }
    if (kind === 'lookup') {
      await shelf.create({ id: 'gone' })
      await shelf.delete('gone')
      expect((await refused(item.update('r1', { [name]: 'gone' }))).errors).toMatchObject([{ pointer: `/${name}`, code: 'reference' }])
    }
  }
  expect(
    create.filter(
      ({ kind, name }) => (kind === 'unique' && name !== 'number') || kind === 'reference' || kind === 'readonly' || kind === 'lookup',
    ),
  ).toHaveLength(update.filter(({ kind }) => kind === 'unique' || kind === 'reference' || kind === 'readonly' || kind === 'lookup').length)
}

describe(`what explain pipeline prints is what runs, in that order (seed ${SEED})`, () => {
  const seen = new Set<string>()
  test.each(Array.from({ length: CASES }, (_, index) => SEED + index))(
    'schemas %i',
    async (seed) => {
      for (const kind of await compare(seed)) seen.add(kind)
    },
    60_000,
  )

  test('and the schemas have steps of most kinds', () => {
    expect(seen.size).toBeGreaterThan(8)
  })
})
