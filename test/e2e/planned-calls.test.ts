import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { compile } from '../../compiler/index.ts'
import { type App, coreOf } from '../../runtime-lite/app/app.ts'
import type { ObjectApi, Page } from '../../runtime-lite/app/object-api.ts'
import type { Connection } from '../../runtime-lite/client/connection.ts'
import { createFetchHandler } from '../../runtime-lite/rest/fetch.ts'
import { allSources } from '../support/sources.ts'

const FOLDER = join(import.meta.dirname, '..', '..', 'tmp', `planned-calls-${process.pid}`)

/** The program whose calls are looked for. It runs below. */
const PAGES = `
import { listTickets as all, countTickets, getTicket } from '../generated/client/operations.js'
const OPEN = { status: 'open' } as const
const newest = { orderBy: { hours: 'desc' } }
export const open = (client) => client.ticket.list({ where: { ...OPEN }, ...newest, limit: 10 })
export const of = (client, owner, limit) => client.ticket.list({ where: { owner, hours: { $gt: 1 } }, expand: { owner: { select: ['name'] } }, limit })
export const some = (client, ids) => client['ticket'].list({ where: { id: { $in: ids } }, select: ['id', 'subject'], count: true })
export const every = (client) => client.ticket.each({ where: { status: 'open' }, limit: 1 })
export const named = (connection, status) => all(connection, { where: { status } })
export const number = (connection) => countTickets(connection, { where: { hours: { $gte: 2 } } })
export const subject = (connection, id) => getTicket(connection, id, { select: ['subject'] })
export const hours = (client) => client.ticket.aggregate({ groupBy: ['status'], aggregations: { hours: { sum: 'hours' } } })
export const inProcess = (objects) => objects.ticket.find({ where: { status: 'open', owner: { name: 'Ada' } }, select: ['subject', 'owner.name'], expand: { owner: true } })
export const any = (client, options) => client.ticket.list(options)
`

type Handler = (request: Request) => Promise<Response>
type Call = (...args: readonly unknown[]) => Promise<Page>
let app: App<{ readonly [object: string]: ObjectApi }>
let client: unknown
let connection: Connection
let pages: Readonly<Record<string, Call>>
let handler: Handler
let diagnostics: readonly { readonly code: string; readonly span: { readonly path: string } }[]

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(FOLDER, path)), { recursive: true })
  writeFileSync(join(FOLDER, path), text)
}

beforeAll(async () => {
  write('schemas/user.object.yml', 'fields:\n  name: { type: text }\n')
  write(
    'schemas/ticket.object.yml',
    'fields:\n  subject: { type: text }\n  status: { type: text }\n  hours: { type: number }\n  owner: { type: lookup, reference: user }\nqueries:\n  by_subject: { where: { subject: $subject } }\n',
  )
  write('web/pages.ts', PAGES)
  write(
    'objectql.config.json',
    JSON.stringify({
      name: 'desk',
      input: ['schemas'],
      sources: ['web/**/*.{ts,tsx}'],
      databases: ['sqlite', 'postgres', 'mysql'],
      api: { lockdown: true },
    }),
  )
  const result = await compile({ cwd: FOLDER, useRecord: false })
  expect(result.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
  diagnostics = result.diagnostics
  const load = async <Module>(path: string): Promise<Module> => (await import(/* @vite-ignore */ join(FOLDER, path))) as Module
  const { createApp } = await load<{ createApp(): Promise<typeof app> }>('generated/index.ts')
  app = await createApp()
  handler = createFetchHandler(app)
  connection = { baseUrl: 'http://localhost', fetch: (url, init) => handler(new Request(url, init)) }
  client = (await load<{ createClient(connection: Connection): unknown }>('generated/client/index.js')).createClient(connection)
  pages = await load<typeof pages>('web/pages.ts')
  const { id: owner } = (await app.objects['user']!.create({ id: 'u1', name: 'Ada' })) as { id: string }
  for (const [index, status] of ['open', 'open', 'closed'].entries())
    await app.objects['ticket']!.create({ id: `t${index}`, subject: `s${index}`, status, hours: index, owner })
})
afterAll(async () => {
  await app?.close()
  rmSync(FOLDER, { recursive: true, force: true })
})

describe.each(allSources().filter(({ isThere }) => isThere))('on $name', ({ name, open }) => {
  it('nothing is planned when the program runs', async () => {
    const source = await open('ahead')
    const { createApp } = (await import(/* @vite-ignore */ join(FOLDER, 'generated/index.ts'))) as {
      createApp(options: object): Promise<App<{ readonly [object: string]: ObjectApi }>>
    }
    const here = await createApp({ datasource: source.datasource })
    try {
      const answer = createFetchHandler(here)
      const wire: Connection = { baseUrl: 'http://localhost', fetch: (url, init) => answer(new Request(url, init)) }
      const { createClient } = (await import(/* @vite-ignore */ join(FOLDER, 'generated/client/index.js'))) as {
        createClient(to: Connection): unknown
      }
      const user = createClient(wire)
      await here.objects['user']!.create({ id: 'u1', name: 'Ada' })
      for (const [index, status] of ['open', 'open', 'closed'].entries())
        await here.objects['ticket']!.create({ id: `t${index}`, subject: `s${index}`, status, hours: index, owner: 'u1' })
      for (const _round of [1, 2]) {
        expect(ids(await pages['open']!(user))).toEqual(['t1', 't0'])
        expect((await pages['of']!(user, 'u1', 5)).items).toMatchObject([{ id: 't2', owner: { name: 'Ada' } }])
        for (const count of [1, 2, 40])
          expect(
            await pages['some']!(
              user,
              Array.from({ length: count }, (_, index) => `t${index}`),
            ),
          ).toMatchObject({ total: Math.min(count, 3) })
        expect(ids(await pages['named']!(wire, 'closed'))).toEqual(['t2'])
        expect(await pages['number']!(wire)).toBe(1)
        expect(await pages['subject']!(wire, 't1')).toEqual({ subject: 's1' })
        expect(await pages['hours']!(user)).toHaveLength(2)
        expect((await pages['inProcess']!(here.objects)).items).toMatchObject([{ 'owner.name': 'Ada' }, { owner: { id: 'u1' } }])
        const found: string[] = []
        for await (const { id } of pages['every']!(user) as unknown as AsyncIterable<{ readonly id: string }>) found.push(id)
        expect(found).toEqual(['t0', 't1'])
      }
      const { plans } = coreOf(here).statistics()
      expect(plans.misses, name).toBe(0)
      expect(plans.hits).toBeGreaterThan(20)
    } finally {
      await here.close()
      await source.close()
    }
  })
})

const ids = ({ items }: Page) => items.map((item) => (item as { readonly id: string }).id)

test('what the sources call is answered, with any values', async () => {
  expect(ids(await pages['open']!(client))).toEqual(['t1', 't0'])
  expect((await pages['of']!(client, 'u1', 5)).items).toMatchObject([{ id: 't2', owner: { name: 'Ada' } }])
  expect(await pages['some']!(client, ['t0', 't2'])).toMatchObject({ total: 2 })
  expect(
    await pages['some']!(
      client,
      Array.from({ length: 40 }, (_, index) => `t${index}`),
    ),
  ).toMatchObject({ total: 3 })
  expect(ids(await pages['named']!(connection, 'closed'))).toEqual(['t2'])
  expect(await pages['number']!(connection)).toBe(1)
  expect(await pages['subject']!(connection, 't1')).toEqual({ subject: 's1' })
  expect(await pages['hours']!(client)).toHaveLength(2)
  const found: string[] = []
  for await (const { id } of pages['every']!(client) as unknown as AsyncIterable<{ readonly id: string }>) found.push(id)
  expect(found).toEqual(['t0', 't1'])
})

test('queries of the schema are answered', async () => {
  const response = await handler(new Request('http://localhost/api/ticket/queries/by_subject?subject=s1'))
  expect(ids((await response.json()) as Page)).toEqual(['t1'])
})

test('what nobody wrote is refused, and what could not be read is told', async () => {
  await expect(pages['any']!(client, { where: { hours: 7 } })).rejects.toMatchObject({ status: 403, code: 'QUERY_NOT_ALLOWED' })
  expect(await pages['any']!(client, { where: { status: 'open' } })).toMatchObject({ items: [{ id: 't0' }, { id: 't1' }] })
  const told = diagnostics.filter(({ code }) => code === 'plan/not-planned-ahead')
  expect(told.map(({ span }) => span.path)).toEqual(['web/pages.ts'])
})
