import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compile } from '../../compiler/index.ts'
import { type App, coreOf } from '../../runtime-lite/app/app.ts'
import type { AppOptions } from '../../runtime-lite/app/app-options.ts'
import type { Page } from '../../runtime-lite/app/object-api.ts'
import type { CallOptions, Connection } from '../../runtime-lite/client/connection.ts'
import { queryPlansOf } from '../../runtime-lite/object/query-plans.ts'
import { createFetchHandler } from '../../runtime-lite/rest/fetch.ts'
import { isReachable, mysql, postgres, type ScratchDatabase } from '../support/database-servers.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const FOLDER = join(ROOT, 'tmp', `named-queries-${process.pid}`)

type Call = (params?: object, options?: CallOptions) => Promise<Page>
interface Objects {
  readonly user: { create(input: object): Promise<{ readonly id: string }> }
  readonly ticket: {
    create(input: object): Promise<{ readonly id: string }>
    readonly queries: Readonly<Record<string, Call>>
  }
}
interface Client {
  readonly ticket: { readonly queries: Readonly<Record<string, Call>> }
}
type CreateApp = (options?: AppOptions) => Promise<App<Objects>>
type CreateClient = (connection: Connection) => Client

let createApp: CreateApp
let createClient: CreateClient
let operations: Readonly<Record<string, (connection: Connection, params?: object) => Promise<Page>>>

beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true })
  cpSync(join(ROOT, 'test', 'golden', 'named-queries', 'schemas'), join(FOLDER, 'schemas'), { recursive: true })
  // MySQL is left out: there the query is planned when it is first used.
  writeFileSync(join(FOLDER, 'objectql.config.json'), JSON.stringify({ name: 'desk', databases: ['sqlite', 'postgres'] }))
  const { isOk, diagnostics } = await compile({ cwd: FOLDER, useRecord: false })
  expect({ isOk, diagnostics }).toMatchObject({ isOk: true })
  createApp = ((await import(/* @vite-ignore */ join(FOLDER, 'generated', 'index.ts'))) as { createApp: CreateApp }).createApp
  createClient = ((await import(/* @vite-ignore */ join(FOLDER, 'generated', 'client', 'index.js'))) as { createClient: CreateClient })
    .createClient
  operations = (await import(/* @vite-ignore */ join(FOLDER, 'generated', 'client', 'operations.js'))) as typeof operations
})
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

const SERVERS = [
  { name: 'SQLite', problem: undefined, open: () => ({ url: ':memory:', scratch: undefined }) },
  {
    name: 'PostgreSQL',
    problem: isReachable(postgres) ? undefined : 'not reachable',
    open: () => remote(postgres.create('named'), (name) => `postgres://postgres@127.0.0.1:5432/${name}`),
  },
  {
    name: 'MariaDB',
    problem: isReachable(mysql) ? undefined : 'not reachable',
    open: () => remote(mysql.create('named'), (name) => `mysql://root@127.0.0.1:3306/${name}`),
  },
] as const

const remote = (scratch: ScratchDatabase, url: (name: string) => string) => ({ url: url(scratch.name), scratch })

describe.each(SERVERS)('named queries on $name', ({ problem, open }) => {
  let app: App<Objects>
  let handler: (request: Request) => Promise<Response>
  let scratch: ScratchDatabase | undefined
  const owners: string[] = []

  beforeAll(async () => {
    if (problem !== undefined) return
    const opened = open()
    scratch = opened.scratch
    app = await createApp({ datasource: opened.url })
    handler = createFetchHandler(app)
    for (const name of ['Ada', 'Ben']) owners.push((await app.objects.user.create({ name })).id)
    for (const [index, status] of ['open', 'waiting', 'closed', 'open'].entries())
      await app.objects.ticket.create({
        subject: `${status} ${index}, printer`,
        status,
        hours: index,
        due_on: `2024-05-0${index + 1}`,
        owner: owners[index === 3 ? 1 : 0],
      })
  })
  afterAll(async () => {
    if (problem !== undefined) return
    await app.close()
    scratch?.drop()
  })

  const get = async (target: string, init?: RequestInit) => {
    const response = await handler(new Request(`http://localhost${target}`, init))
    return {
      status: response.status,
      allow: response.headers.get('allow'),
      json: response.status === 204 ? undefined : await response.json(),
    }
  }
  const subjects = (page: { readonly items: readonly unknown[] }) =>
    page.items.map((item) => (item as { readonly subject: string }).subject)

  test.skipIf(problem !== undefined)('answer by URL, by body and in process', async () => {
    const { status, json } = await get(`/api/ticket/queries/open_of_owner?owner=${owners[0]}`)
    expect(status).toBe(200)
    expect(subjects(json).sort()).toEqual(['open 0, printer', 'waiting 1, printer'])
    const posted = await get('/api/ticket/queries/open_of_owner', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ owner: owners[1] }),
    })
    expect(subjects(posted.json)).toEqual(['open 3, printer'])
    expect(subjects(await app.objects.ticket.queries['openOfOwner']!({ owner: owners[1] }))).toEqual(['open 3, printer'])
    expect((await get(`/api/ticket/queries/open_of_owner/?owner=${owners[1]}`)).status).toBe(200)
  })

  test.skipIf(problem !== undefined)(
    'leave out what compares with optional parameters that are not given, in any combination',
    async () => {
      const all = ['open', 'waiting', 'closed', 'open'].map((status, hours) => ({
        subject: `${status} ${hours}, printer`,
        status,
        hours,
        owner: owners[hours === 3 ? 1 : 0],
      }))
      const given: Readonly<Record<string, unknown>> = {
        owner: owners[1],
        status: 'waiting',
        least_hours: 1,
        words: 'waiting printer',
        page_size: 1,
      }
      for (let subset = 0; subset < 32; subset++) {
        const params = Object.fromEntries(Object.entries(given).filter((_entry, index) => (subset >> index) & 1))
        const expected = all.filter(({ subject, status, hours, owner }) => {
          const either = [
            ...('owner' in params ? [owner === params['owner']] : []),
            ...('status' in params ? [status === params['status']] : []),
          ]
          return (
            (either.length === 0 || either.includes(true)) &&
            (!('least_hours' in params) || hours >= Number(params['least_hours'])) &&
            (!('words' in params) ||
              String(params['words'])
                .split(' ')
                .every((word) => subject.includes(word)))
          )
        })
        const { status, json } = await get(`/api/ticket/queries/filtered?${new URLSearchParams(params as Record<string, string>)}`)
        expect(status, JSON.stringify(json)).toBe(200)
        const found = await app.objects.ticket.queries['filtered']!({ ...params, status: params['status'] ?? null })
        expect(subjects(found).sort()).toEqual(subjects(json).sort())
        if ('page_size' in params) expect(subjects(json)).toHaveLength(Math.min(1, expected.length))
        else expect(subjects(json).sort(), JSON.stringify(params)).toEqual(subjects({ items: expected }).sort())
      }
      expect((await get('/api/ticket/queries/filtered?least_hours=many')).status).toBe(400)
    },
  )

  test.skipIf(problem !== undefined)('take lists, defaults, page sizes; count, expand and select', async () => {
    const wanted = { statuses: ['open', 'waiting'], until: '2024-05-31', limit: 2 }
    const page = await app.objects.ticket.queries['due']!(wanted)
    expect(page.total).toBe(3)
    expect(page.items).toHaveLength(2)
    expect(page.items[0]).toMatchObject({ subject: 'open 0, printer', owner: { name: 'Ada' } })
    expect(Object.keys(page.items[0] as object).sort()).toEqual(['due_on', 'id', 'owner', 'subject'])
    for (const list of ['open,waiting', encodeURIComponent('["open","waiting"]'), 'open&statuses=waiting']) {
      const { json } = await get(`/api/ticket/queries/due?limit=2&until=2024-05-31&statuses=${list}`)
      expect(json).toEqual(page)
    }
    // Until today, twenty of them.
    expect((await get('/api/ticket/queries/due?statuses=closed')).json.items).toHaveLength(1)
  })

  test.skipIf(problem !== undefined)('group', async () => {
    const { items } = await app.objects.ticket.queries['hoursByStatus']!()
    expect(items).toEqual(
      expect.arrayContaining([
        { status: 'open', total: 3, tickets: 1 },
        { status: 'closed', total: 2, tickets: 1 },
      ]),
    )
  })

  test.skipIf(problem !== undefined)('go on from page to page by cursor', async () => {
    const first = await app.objects.ticket.queries['searched']!({ words: 'printer' })
    expect(first.items).toHaveLength(4)
    expect(first.next_cursor).toBeUndefined()
    const refused = await get('/api/ticket/queries/searched?words=printer&cursor=e30.x')
    expect(refused).toMatchObject({ status: 400, json: { code: 'INVALID_QUERY' } })
  })

  test.skipIf(problem !== undefined)('are called by the SDK', async () => {
    const connection: Connection = { baseUrl: 'http://localhost', fetch: (url, init) => handler(new Request(url, init)) }
    const client = createClient(connection)
    expect(subjects(await client.ticket.queries['openOfOwner']!({ owner: owners[1] }))).toEqual(['open 3, printer'])
    expect((await client.ticket.queries['hoursByStatus']!()).items).toHaveLength(3)
    const page = await operations['queryTicketDue']!(connection, { statuses: ['open'], until: '2024-05-31', limit: undefined })
    expect(page.total).toBe(2)
    // Too long for a URL: it goes as a body.
    const statuses = ['open', ...Array.from({ length: 400 }, (_, index) => `none-${index}`)]
    expect((await operations['queryTicketDue']!(connection, { statuses, until: '2024-05-31' })).total).toBe(2)
  })

  test.skipIf(problem !== undefined)('refuse what does not fit, by the name of the parameter', async () => {
    const cases: readonly (readonly [string, string, RegExp])[] = [
      ['open_of_owner', 'owner', /missing/],
      ['due?statuses=open&until=soon', 'until', /date/],
      ['due?statuses=open&limit=many', 'limit', /whole number/],
      ['due?statuses=open&limit=100000', 'limit', /whole number from 0/],
      ['due?statuses=open&until=2024-05-31&limits=2', 'limits', /Did you mean "limit"/],
      ['open_of_owner?owner=a&owner=b', 'owner', /is an id/],
      ['hours_by_status?x=1', 'x', /has no parameter "x"/],
    ]
    for (const [target, parameter, message] of cases) {
      const { status, json } = await get(`/api/ticket/queries/${target}`)
      expect({ target, status, parameter: json.errors?.[0]?.parameter }).toEqual({ target, status: 400, parameter })
      expect(json.detail).toMatch(message)
    }
    const unknown = await get('/api/ticket/queries/open_of_owners?owner=a')
    expect(unknown).toMatchObject({
      status: 404,
      json: { detail: '"ticket" has no query "open_of_owners". Did you mean "open_of_owner"?' },
    })
    expect(await get('/api/ticket/queries/open_of_owner', { method: 'DELETE' })).toMatchObject({
      status: 405,
      allow: 'GET, HEAD, POST, OPTIONS',
    })
    expect((await get('/api/ticket/queries/__proto__')).status).toBe(404)
    await expect(app.objects.ticket.queries['openOfOwner']!({ owner: 7 })).rejects.toThrow(/"owner" is an id/)
  })

  test.skipIf(problem !== undefined)('take part in transactions', async () => {
    const found = await app
      .transaction(async () => {
        await app.objects.ticket.create({ subject: 'undone', status: 'open', owner: owners[1] })
        const { items } = await app.objects.ticket.queries['openOfOwner']!({ owner: owners[1] })
        throw Object.assign(new Error('undo'), { count: items.length })
      })
      .catch((error: Error & { readonly count: number }) => error.count)
    expect(found).toBe(2)
    expect((await app.objects.ticket.queries['openOfOwner']!({ owner: owners[1] })).items).toHaveLength(1)
  })

  test.skipIf(problem !== undefined)('are made in code, too', async () => {
    const plan = app.queries.compile('ticket', {
      where: { status: { $in: '$statuses' }, hours: { $gte: '$least' } },
      orderBy: { hours: 'desc' },
      limit: '$limit',
    } as never) as unknown as { execute(values?: object): Promise<Page> }
    const values = { statuses: ['open', 'closed'], least: 1, limit: 10 }
    expect(subjects(await plan.execute(values))).toEqual(['open 3, printer', 'closed 2, printer'])
    expect(subjects(await plan.execute({ ...values, limit: 1 }))).toEqual(['open 3, printer'])
    await expect(plan.execute({ statuses: ['open'], limit: 1 })).rejects.toThrow(/"least" is missing/)
    await expect(plan.execute({ ...values, least: 'many' })).rejects.toThrow(/"least" is a number/)
    await expect(plan.execute({ ...values, most: 1 })).rejects.toThrow(/no parameter "most"/)
    expect(() => app.queries.compile('tickets' as never, {})).toThrow(/no object "tickets"/)
    expect(() => app.queries.compile('ticket', { were: {} } as never)).toThrow(/Did you mean "where"/)
    const clash = app.queries.compile('ticket', { where: { subject: '$x', hours: '$x' } } as never) as typeof plan
    await expect(clash.execute({ x: 1 })).rejects.toThrow(/"\$x" is text in one place and a number in another/)
    const count = await app
      .transaction(async () => {
        await app.objects.ticket.create({ subject: 'new', status: 'open', hours: 9, owner: owners[1] })
        const { items } = await plan.execute(values)
        throw Object.assign(new Error('undo'), { count: items.length })
      })
      .catch((error: Error & { readonly count: number }) => error.count)
    expect(count).toBe(3)
  })

  test.skipIf(problem !== undefined)('leave nothing to plan', async () => {
    const plans = queryPlansOf(await coreOf(app as App).database())
    const before = plans.count
    await get(`/api/ticket/queries/open_of_owner?owner=${owners[0]}`)
    expect(plans.count).toBe(before)
  })
})
