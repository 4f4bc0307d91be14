import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { compile } from '../../compiler/index.ts'
import type { RawRecord } from '../../runtime-lite/object/object-plan.ts'
import { isReachable, mysql, postgres } from '../support/database-servers.ts'
import {
  hookSource,
  interpretHooks,
  KEEPERS,
  type Operation,
  randomHooks,
  type ScriptedHook,
  SHELVES,
  type World,
} from '../support/interpret-hooks.ts'
import { type Random, random, testSeed } from '../support/random.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'
import { mysqlUrl, postgresUrl } from '../support/sources.ts'

const TMP = join(import.meta.dirname, '..', '..', 'tmp')
const SEED = testSeed()
const folders: string[] = []

declare global {
  // What the hooks of the generated modules tell.
  var hookCalls: string[]
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** Compiles an application whose hooks are made up. */
async function compiled(source: string, hasTrash: boolean): Promise<string> {
  mkdirSync(TMP, { recursive: true })
  const folder = mkdtempSync(join(TMP, 'pipelines-'))
  folders.push(folder)
  mkdirSync(join(folder, 'schemas'))
  writeFileSync(join(folder, 'objectql.config.json'), '{"name":"made","dialects":["sqlite","postgres","mysql"]}')
  writeFileSync(
    join(folder, 'schemas', 'item.object.yml'),
    `name: item\nenable: { trash: ${hasTrash} }\nfields:\n  title: { type: text }\n  note: { type: textarea }\n  shelf: { type: lookup, reference_to: shelf }\n`,
  )
  writeFileSync(
    join(folder, 'schemas', 'shelf.object.yml'),
    'name: shelf\nfields:\n  label: { type: text }\n  keeper: { type: lookup, reference_to: keeper }\n',
  )
  writeFileSync(join(folder, 'schemas', 'keeper.object.yml'), 'name: keeper\nfields:\n  town: { type: text }\n')
  writeFileSync(join(folder, 'schemas', 'audit.object.yml'), 'name: audit\nfields:\n  line: { type: text }\n')
  writeFileSync(join(folder, 'schemas', 'item.hook.ts'), source)
  const { isOk, diagnostics } = await compile({ cwd: folder })
  expect({ isOk, errors: diagnostics.filter(({ severity, code }) => severity === 'error' || /condition|never/.test(code)) }).toEqual({
    isOk: true,
    errors: [],
  })
  return join(folder, 'generated')
}

function randomOperation(one: Random, { items, trashed = new Map() }: World, index: number): Operation {
  const known = [...items.keys()].sort()
  const gone = [...trashed.keys()].sort()
  if (gone.length > 0 && one.chance(0.35)) {
    const picked = one.chance(0.5) ? [one.pick(gone)] : gone
    return { kind: one.pick(['restore', 'restore', 'purge'] as const), ids: picked }
  }
  const kind = known.length === 0 ? 'create' : one.pick(['create', 'update', 'update', 'delete'] as const)
  const shelf = (): string | null => one.pick(['s0', 's1', 's2', 's3', null])
  const ids = one.chance(0.6) ? [one.pick(known)] : known.filter(() => one.chance(0.6))
  if (kind === 'update' && ids.length > 0) return { kind, ids, title: `changed ${index}`, ...(one.chance(0.4) ? { shelf: shelf() } : {}) }
  if (kind === 'delete' && ids.length > 0) return { kind, ids }
  return {
    kind: 'create',
    records: Array.from({ length: one.pick([1, 1, 2, 5]) }, (_, at) => ({ id: `r${index}-${at}`, title: `new ${at}`, shelf: shelf() })),
  }
}

async function perform({ app }: RunningApp, operation: Operation): Promise<boolean> {
  const item = app.objects['item']
  if (!item) throw new Error('The application has no items.')
  try {
    if (operation.kind !== 'create') {
      const { kind, ids, ...patch } = operation
      const [only = '', ...more] = ids
      const where = { id: { $in: ids } }
      if (kind === 'restore') await (more.length === 0 ? item.restore(only) : item.restoreMany(where))
      else if (kind === 'purge') await (more.length === 0 ? item.purge(only) : item.purgeMany(where))
      else if (kind === 'update') await (more.length === 0 ? item.update(only, patch) : item.updateMany(where, patch))
      else await (more.length === 0 ? item.delete(only) : item.deleteMany(where))
    } else if (operation.records.length === 1) await item.create(operation.records[0] as RawRecord)
    else await item.createMany(operation.records as readonly RawRecord[])
    return true
  } catch (error) {
    expect(error).toMatchObject({ status: 422, message: expect.stringMatching(/^h\d+ (?:refuses|fails)$/) })
    return false
  }
}

async function stored({ app }: RunningApp): Promise<{ items: unknown[]; audit: unknown[] }> {
  const items = (await app.objects['item']?.find({ orderBy: 'id', limit: 1000 }))?.items ?? []
  const audit = (await app.objects['audit']?.find({ limit: 1000 }))?.items ?? []
  return { items: items.map(({ id, title, note, shelf }) => ({ id, title, note, shelf })), audit: audit.map(({ line }) => line).sort() }
}

/** What nobody waits for runs side by side for several records: its order says nothing. */
function split(hooks: readonly ScriptedHook[], calls: readonly string[]): { inOrder: readonly string[]; later: readonly string[] } {
  const detached = new Set(hooks.filter(({ isDetached }) => isDetached).map(({ name }) => name))
  const isLater = (call: string): boolean => / after(?:Commit|Rollback)$/.test(call) || detached.has(call.split(' ')[0] ?? '')
  return { inOrder: calls.filter((call) => !isLater(call)), later: calls.filter(isLater).sort() }
}

const byId = (left: { readonly id: string }, right: { readonly id: string }): number => (left.id < right.id ? -1 : 1)

async function compare(seed: number, datasource: string): Promise<void> {
  const one = random(seed)
  const hasTrash = one.chance(0.5)
  const hooks = randomHooks(one, hasTrash)
  const folder = await compiled(hookSource(hooks), hasTrash)
  const pauses: number[] = []
  const clock = {
    after(milliseconds: number, call: () => void) {
      pauses.push(milliseconds)
      queueMicrotask(call)
      return () => undefined
    },
  }
  const running = await startedApp(folder, { datasource, hooks: { clock }, onError: () => undefined })
  try {
    await running.app.objects['keeper']?.createMany(KEEPERS)
    await running.app.objects['shelf']?.createMany(SHELVES)
    const world: World = { items: new Map(), ...(hasTrash ? { trashed: new Map() } : {}), audit: [] }
    for (let index = 0; index < 12; index++) {
      const operation = randomOperation(one, world, index)
      globalThis.hookCalls = []
      const isDone = await perform(running, operation)
      await (await running.core.behaviours()).queue.drained()
      const expected = interpretHooks(hooks, world, operation)
      const calls = split(hooks, globalThis.hookCalls)
      expect({ operation, calls, isDone }).toEqual({ operation, calls: split(hooks, expected.calls), isDone: expected.isDone })
      expect(await stored(running)).toEqual({ items: [...world.items.values()].sort(byId), audit: [...world.audit].sort() })
    }
    expect(pauses.every((pause) => pause === 10 || pause === 20)).toBe(true)
  } finally {
    await running.close()
  }
}

describe(`hooks that are made up run as a slow interpreter says (seed ${SEED})`, () => {
  test.each(Array.from({ length: 25 }, (_, index) => SEED + index))('on SQLite, %i', async (seed) => compare(seed, ':memory:'), 30_000)

  test.skipIf(!isReachable(mysql)).each(Array.from({ length: 4 }, (_, index) => SEED + index))(
    'on MariaDB, %i',
    async (seed) => {
      const scratch = mysql.create(`hooks${seed}`)
      try {
        await compare(seed, mysqlUrl(scratch))
      } finally {
        scratch.drop()
      }
    },
    60_000,
  )

  test.skipIf(!isReachable(postgres)).each(Array.from({ length: 6 }, (_, index) => SEED + index))(
    'on PostgreSQL, %i',
    async (seed) => {
      const scratch = postgres.create(`hooks${seed}`)
      try {
        await compare(seed, postgresUrl(scratch))
      } finally {
        scratch.drop()
      }
    },
    60_000,
  )
})
