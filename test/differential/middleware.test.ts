import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { compile } from '../../compiler/index.ts'
import { isReachable, postgres } from '../support/database-servers.ts'
import { type Asked, type Item, interpretArounds, pluginSource, randomArounds } from '../support/interpret-middleware.ts'
import { type Random, random, testSeed } from '../support/random.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'
import { postgresUrl } from '../support/sources.ts'

const TMP = join(import.meta.dirname, '..', '..', 'tmp')
const SEED = testSeed()
const folders: string[] = []

declare global {
  // What the middleware of the generated modules tells.
  var aroundCalls: string[]
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** Compiles an application whose plugins are made up. */
async function compiled(sources: readonly string[]): Promise<string> {
  mkdirSync(TMP, { recursive: true })
  const folder = mkdtempSync(join(TMP, 'around-'))
  folders.push(folder)
  mkdirSync(join(folder, 'schemas'))
  writeFileSync(join(folder, 'objectql.config.json'), '{"name":"made","dialects":["sqlite","postgres"]}')
  writeFileSync(join(folder, 'schemas', 'item.object.yml'), 'name: item\nfields:\n  title: { type: text }\n  note: { type: textarea }\n')
  for (const [index, source] of sources.entries()) writeFileSync(join(folder, 'schemas', `p${index}.plugin.ts`), source)
  const { isOk, diagnostics } = await compile({ cwd: folder })
  expect({ isOk, diagnostics }).toEqual({ isOk: true, diagnostics: [] })
  return join(folder, 'generated')
}

const KINDS = ['create', 'create', 'update', 'delete', 'find', 'get', 'count'] as const

const randomAsked = (one: Random, index: number): Asked => ({ kind: one.pick(KINDS), id: `r${one.below(4)}`, title: `t${index}` })

const shownItem = (record: Readonly<Record<string, unknown>>): object => ({
  id: record['id'],
  title: record['title'] ?? null,
  note: record['note'] ?? null,
})

async function perform({ app }: RunningApp, { kind, id, title }: Asked): Promise<unknown> {
  const item = app.objects['item']!
  switch (kind) {
    case 'create':
      return shownItem(await item.create({ id, title }))
    case 'update':
      return shownItem(await item.update(id, { title }))
    case 'delete':
      return void (await item.delete(id))
    case 'find':
      return (await item.find({ orderBy: 'id' })).items.map(shownItem)
    case 'count':
      return item.count()
    default: {
      const found = await item.get(id)
      return found && shownItem(found)
    }
  }
}

async function compare(seed: number, datasource: string): Promise<void> {
  const one = random(seed)
  const arounds = randomArounds(one)
  const folder = await compiled([pluginSource(arounds, 0), pluginSource(arounds, 1)])
  const running = await startedApp(folder, { datasource, onError: () => undefined })
  try {
    const items = new Map<string, Item>()
    for (let index = 0; index < 15; index++) {
      const asked = randomAsked(one, index)
      globalThis.aroundCalls = []
      let status: number | undefined
      const result = await perform(running, asked).catch((error: { readonly status: number }) => {
        status = error.status
      })
      const done = { asked, calls: globalThis.aroundCalls, result, status }
      expect(done).toEqual({ asked, ...interpretArounds(arounds, items, asked) })
      // Around everything that could hide it.
      const rows = await running.app.db.selectFrom('item').select(['id', 'title', 'note']).orderBy('id').execute()
      expect(rows).toEqual([...items.values()].sort((left, right) => (left.id < right.id ? -1 : 1)))
    }
  } finally {
    await running.close()
  }
}

const CASES = Number(process.env['OBJECTQL_CASES'] ?? 25)

describe(`middleware and hooks that are made up run as a slow interpreter says (seed ${SEED})`, () => {
  test.each(Array.from({ length: CASES }, (_, index) => SEED + index))('on SQLite, %i', async (seed) => compare(seed, ':memory:'), 30_000)

  test.skipIf(!isReachable(postgres)).each(Array.from({ length: Math.min(CASES, 6) }, (_, index) => SEED + index))(
    'on PostgreSQL, %i',
    async (seed) => {
      const scratch = postgres.create(`around${seed}`)
      try {
        await compare(seed, postgresUrl(scratch))
      } finally {
        scratch.drop()
      }
    },
    60_000,
  )
})
