import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compile } from '../../compiler/index.ts'
import { coreOf } from '../../runtime-lite/app/app.ts'
import type { Page } from '../../runtime-lite/app/object-api.ts'
import { queryPlansOf } from '../../runtime-lite/object/query-plans.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'
import { allSources, type OpenSource } from '../support/sources.ts'

// Statements that the compiler made leave out what is deleted, too: named queries and reads that stand in the application's sources.

const FOLDER = join(import.meta.dirname, '..', '..', 'tmp', `trash-queries-${process.pid}`)

const FILES = {
  'schemas/account.object.yml': `name: account
enable: { trash: true, trackHistory: true }
fields:
  name: { type: text, unique: true, searchable: true }
  region: { type: text }
  orders_total: { type: summary, summary_object: order, summary_field: total, summary_type: sum }
queries:
  all_names: { select: [name], orderBy: name, where: { region: $region } }
  pages: { orderBy: name, limit: 1, cursor: $cursor, where: { region: $region }, params: { region: { type: text }, cursor: { type: text, defaultValue: '' } } }
  in_trash: { deleted: only, orderBy: name, where: { region: $region } }
  everything: { deleted: with, orderBy: name, where: { region: $region }, count: true }
  by_name: { groupBy: [name], aggregations: { number: { count: '*' } }, where: { region: $region }, orderBy: name }
`,
  'schemas/order.object.yml': `name: order
fields:
  title: { type: text }
  account: { type: master_detail, reference_to: account }
  total: { type: number }
`,
  'schemas/note.object.yml': `name: note
fields:
  text: { type: text }
  account: { type: lookup, reference_to: account, delete_behavior: set_null }
  about: { type: lookup, reference_to: account, multiple: true }
queries:
  with_account: { orderBy: text, where: { text: { $startsWith: $region } }, expand: { account: { select: [name], expand: { orders: { select: [title] } } } } }
  of_account: { where: { 'account.name': $name } }
  of_any: { where: { text: { $startsWith: $region }, about: { $some: { name: { $ne: '' } } } } }
`,
  'web/pages.ts': `
export const names = (objects, region) => objects.account.find({ where: { region }, select: ['name'], orderBy: 'name' })
export const number = (objects, region) => objects.account.count({ where: { region } })
export const one = (objects, id) => objects.account.get(id, { select: ['name'], expand: { orders: true } })
export const trash = (objects, region) => objects.account.find({ where: { region }, deleted: 'only', select: ['name'] })
export const notes = (objects, name) => objects.note.find({ where: { account: { name } }, select: ['text', 'account.name'] })
`,
}

beforeAll(async () => {
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(FOLDER, path)), { recursive: true })
    writeFileSync(join(FOLDER, path), text)
  }
  writeFileSync(
    join(FOLDER, 'objectql.config.json'),
    JSON.stringify({ name: 'kept', input: ['schemas'], sources: ['web/**/*.ts'], databases: ['sqlite', 'postgres', 'mysql'] }),
  )
  const { isOk, diagnostics } = await compile({ cwd: FOLDER, useRecord: false })
  expect({ isOk, errors: diagnostics.filter(({ severity }) => severity === 'error') }).toEqual({ isOk: true, errors: [] })
}, 60_000)
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

const plansOf = (database: Parameters<typeof queryPlansOf>[0]) => queryPlansOf(database).statistics()

type Named = Readonly<Record<string, (params: object) => Promise<Page>>>

describe.for(allSources())('what was planned ahead knows the trash on $name', ({ isThere, open }) => {
  let source: OpenSource
  let running: RunningApp
  const it = test.skipIf(!isThere)
  let number = 0

  beforeAll(async () => {
    if (!isThere) return
    source = await open('trashq')
    running = await startedApp(join(FOLDER, 'generated'), { datasource: source.datasource })
  }, 60_000)
  afterAll(async () => {
    if (!isThere) return
    await running.app.close()
    await source.close()
  })

  const object = (name: string) => running.app.objects[name] as NonNullable<RunningApp['app']['objects'][string]>
  const named = (name: string): Named => (object(name) as unknown as { readonly queries: Named }).queries
  /** Three accounts of a region, the second deleted, each with an order and a note. */
  const region = async () => {
    const name = `r${++number}-`
    const ids: string[] = []
    for (const letter of ['a', 'b', 'c']) {
      const { id } = await object('account').create({
        name: `${name}${letter}`,
        region: name,
        orders: { create: [{ title: letter, total: 2 }] },
      })
      await object('note').create({ text: `${name}${letter}`, account: id, about: [id] })
      ids.push(String(id))
    }
    const [a = '', b = '', c = ''] = ids
    await object('account').delete(b)
    return { name, a, b, c }
  }

  it('named queries', async () => {
    const { name, b } = await region()
    const names = async (query: string) => {
      const page = await (named('account')[query] as Named[string])({ region: name })
      return page.items.map((item) => String(item['name']).slice(name.length)).join('')
    }
    expect(await names('allNames')).toBe('ac')
    expect(await names('inTrash')).toBe('b')
    expect(await names('everything')).toBe('abc')
    expect(await names('byName')).toBe('ac')
    expect((await named('account')['everything']?.({ region: name }))?.total).toBe(3)
    expect((await named('note')['ofAccount']?.({ name: `${name}b` }))?.items).toEqual([])
    expect((await named('note')['ofAccount']?.({ name: `${name}a` }))?.items).toHaveLength(1)
    expect((await named('note')['ofAny']?.({ region: name }))?.items).toHaveLength(2)
    const notes = (await named('note')['withAccount']?.({ region: name }))?.items ?? []
    expect(notes.map(({ account }) => account)).toEqual([
      { name: `${name}a`, orders: [{ title: 'a' }] },
      b,
      { name: `${name}c`, orders: [{ title: 'c' }] },
    ])
    await object('account').restore(b)
    expect(await names('allNames')).toBe('abc')
    expect(await names('inTrash')).toBe('')
  })

  it('pages by cursor', async () => {
    const { name } = await region()
    const seen: unknown[] = []
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const page = (await named('account')['pages']?.({ region: name, cursor })) as Page
      seen.push(...page.items.map((item) => String(item['name']).slice(name.length)))
      cursor = page.next_cursor
    }
    expect(seen).toEqual(['a', 'c'])
  })

  it('reads of the sources, and none of them is planned anew', async () => {
    const { name, a, b } = await region()
    type Read = (objects: unknown, value: string) => Promise<never>
    const pages = (await import(/* @vite-ignore */ join(FOLDER, 'web/pages.ts'))) as Readonly<Record<string, Read>>
    const { objects } = running.app
    const before = plansOf(await coreOf(running.app as never).database()).misses
    expect(await pages['names']?.(objects, name)).toMatchObject({ items: [{ name: `${name}a` }, { name: `${name}c` }] })
    expect(await pages['number']?.(objects, name)).toBe(2)
    expect(await pages['one']?.(objects, b)).toBeNull()
    expect(await pages['one']?.(objects, a)).toMatchObject({ name: `${name}a`, orders: [{ title: 'a' }] })
    expect(await pages['trash']?.(objects, name)).toMatchObject({ items: [{ name: `${name}b` }] })
    expect(await pages['notes']?.(objects, `${name}b`)).toMatchObject({ items: [] })
    expect(plansOf(await coreOf(running.app as never).database()).misses).toBe(before)
  })

  it('queries compiled in code', async () => {
    const { name } = await region()
    const compiled = running.app.queries as unknown as {
      compile(
        object: string,
        query: object,
      ): { execute(params: object): Promise<readonly Record<string, unknown>[] | { items: unknown[] }> }
    }
    const answer = async (query: object) => {
      const found = await compiled.compile('account', { where: { region: '$region' }, ...query }).execute({ region: name })
      return ('items' in found ? found.items : found).length
    }
    expect([await answer({}), await answer({ deleted: 'only' }), await answer({ deleted: 'with' })]).toEqual([2, 1, 3])
  })

  it('writes that look for a record', async () => {
    const { name, b } = await region()
    expect(await object('account').findOneAndUpdate({ name: `${name}b` }, { region: 'x' })).toBeNull()
    const made = await object('account').upsertResult({ name: `${name}b`, region: 'other' }, { on: ['name'] })
    expect(made.isCreated).toBe(true)
    expect((await object('account').get(b, { deleted: 'only' }))?.['region']).toBe(name)
    await expect(object('note').create({ text: 'x', account: { connect: { id: b } } })).rejects.toMatchObject({
      status: expect.any(Number),
    })
    await expect(object('note').create({ text: 'x', account: b })).rejects.toMatchObject({ status: 422 })
    await object('account').delete(String(made.record['id']))
    expect(await object('account').restore(b)).toMatchObject({ id: b, orders_total: 2 })
    const history = (await running.request(`/api/account/${b}/history`)).json.items as readonly {
      field: string
      old: unknown
      new: unknown
    }[]
    expect(history.filter(({ field }) => field === 'deleted_at')).toMatchObject([{ new: null }, { old: null }])
    expect(await running.app.rebuildSummaries()).toBe(0)
  })
})
