import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { RequestUser } from '../../runtime-lite/context/request-context.ts'
import { queryPlansOf } from '../../runtime-lite/object/query-plans.ts'
import { type CompiledProject, compiledProject } from '../support/compiled-project.ts'
import { isReachable, mysql, postgres } from '../support/database-servers.ts'
import { answerOf, type RunningApp, startedApp } from '../support/running-app.ts'

const FILES = {
  'objectql.config.json': '{ "dialects": ["sqlite", "postgres", "mysql"], "api": { "lockdown": true } }\n',
  'schemas/person.object.yml': 'name: person\nfields: { name: { type: text }, region: { type: text } }\n',
  'schemas/ticket.object.yml': `name: ticket
fields:
  title: { type: text }
  owner: { type: lookup, reference_to: person }
  region: { type: text }
  level: { type: number, scale: 0 }
  due_on: { type: date }
  opened_at: { type: datetime }
queries:
  mine: { where: { owner: $current_user } }
  not_mine: { where: { owner: { $ne: $currentUser } } }
  of_my_region: { where: { region: $current_user.region }, orderBy: { title: desc } }
  of_people_of_my_region: { where: { owner: { region: $user.region } } }
  in_my_regions: { where: { region: { $in: $current_user.work.regions } } }
  within_my_level: { where: { level: { $lte: $current_user.level } } }
  overdue:
    params: { least: { type: number, required: false } }
    where: { due_on: { $lt: $today }, level: { $gte: $least } }
  opened: { $filter: "opened_at le $now and (owner eq $current_user.id or level gt 3)" }
  opened_today: { where: { opened_at: { $between: [$TODAY, $now] } } }
  this_hour: { $filter: "opened_at ge now() sub duration'PT1H' and opened_at le $now" }
  due_before_now: { where: { due_on: { $lte: $NOW } } }
  on_day:
    params: { today: { type: date } }
    where: { due_on: $today }
  priced: { where: { title: $$today } }
`,
}

const USERS: Readonly<Record<string, RequestUser>> = {
  ada: { id: 'ada', region: 'north', level: 2, work: { regions: ['north', 'sea'] } },
  ben: { id: 'ben', region: 'south', level: 5, work: { regions: [] } },
  odd: { id: 'odd', region: 7, level: 'high', work: { regions: [{}] } },
  bare: { id: 'bare' },
}

interface Ticket {
  readonly title: string
  readonly owner: string
  readonly region: string | null
  readonly level: number
  readonly due_on: string
  readonly opened_at: string
}

const TICKETS: readonly Ticket[] = Array.from({ length: 24 }, (_, index) => ({
  title: index === 7 ? '$today' : `t${String(index).padStart(2, '0')}`,
  owner: index % 3 === 0 ? 'ada' : 'ben',
  region: ['north', 'south', 'sea', null][index % 4] as string | null,
  level: index % 6,
  due_on: `2031-05-${String(10 + (index % 8)).padStart(2, '0')}`,
  opened_at: `2031-05-${String(10 + (index % 8)).padStart(2, '0')}T${String(index).padStart(2, '0')}:00:00.000Z`,
}))

/** What each query means, said slowly. */
type Meaning = (ticket: Ticket, of: { readonly user: RequestUser; readonly now: string }) => boolean
const regionOf: Readonly<Record<string, string>> = { ada: 'north', ben: 'south' }
const MEANINGS: Readonly<Record<string, Meaning>> = {
  mine: ({ owner }, { user }) => owner === user.id,
  not_mine: ({ owner }, { user }) => owner !== user.id,
  of_my_region: ({ region }, { user }) => region === user['region'],
  of_people_of_my_region: ({ owner }, { user }) => regionOf[owner] === user['region'],
  in_my_regions: ({ region }, { user }) => (user['work'] as { regions: unknown[] }).regions.includes(region),
  within_my_level: ({ level }, { user }) => level <= Number(user['level']),
  overdue: ({ due_on }, { now }) => due_on < now.slice(0, 10),
  opened: ({ opened_at, owner, level }, { user, now }) => opened_at <= now && (owner === user.id || level > 3),
  opened_today: ({ opened_at }, { now }) => opened_at >= `${now.slice(0, 10)}T00:00:00.000Z` && opened_at <= now,
  this_hour: ({ opened_at }, { now }) => opened_at <= now && Date.parse(opened_at) >= Date.parse(now) - 3_600_000,
  due_before_now: ({ due_on }, { now }) => due_on <= now.slice(0, 10),
  priced: ({ title }) => title === '$today',
}

const DATABASES = [
  { name: 'SQLite', server: undefined, url: () => ':memory:' },
  {
    name: 'PostgreSQL',
    server: postgres,
    url: (database: string) => `postgres://${process.env['PGUSER'] ?? 'postgres'}@127.0.0.1:5432/${database}`,
  },
  {
    name: 'MariaDB',
    server: mysql,
    url: (database: string) => `mysql://${process.env['MYSQL_USER'] ?? 'root'}@127.0.0.1:3306/${database}`,
  },
]

let project: CompiledProject
beforeAll(async () => {
  project = await compiledProject(FILES)
  expect(project.diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([])
}, 60_000)
afterAll(() => {
  vi.useRealTimers()
  project?.remove()
})

describe.each(DATABASES)('queries about the request on $name', ({ name, server, url }) => {
  const canRun = server === undefined || isReachable(server)
  if (!canRun) console.warn(`skipped: queries about the request on ${name}`)

  test.runIf(canRun)('find what they mean, by statements that stay', { timeout: 120_000 }, async () => {
    const scratch = server?.create('context')
    const running = await startedApp(project.output, {
      datasource: url(scratch?.name ?? ''),
      migrate: true,
      authenticate: (request) => USERS[request.header('x-user') ?? ''],
    })
    try {
      const { app } = running
      await app.objects['person']!.createMany(Object.entries(regionOf).map(([id, region]) => ({ id, name: id, region })))
      await app.objects['ticket']!.createMany(TICKETS as never)
      vi.useFakeTimers({ now: new Date('2031-05-13T11:30:00Z'), toFake: ['Date'] })
      await agree(running)
      const { misses } = await statistics(running)
      vi.setSystemTime(new Date('2031-05-15T00:00:00Z'))
      await agree(running)
      // Values are bound: nothing was planned for another user or another day, but for the optional parameter.
      expect((await statistics(running)).misses).toBe(misses)
      await refuse(running)
    } finally {
      vi.useRealTimers()
      await running.close()
      scratch?.drop()
    }
  })
})

const statistics = async ({ core }: RunningApp) => queryPlansOf(await core.database()).statistics()

/** Who asks is found out in front of the routes. */
const asking =
  ({ fetch }: RunningApp) =>
  async (target: string, { user, body }: { readonly user?: string | undefined; readonly body?: object } = {}) =>
    answerOf(
      await fetch(
        new Request(`http://localhost${target}`, {
          method: body ? 'POST' : 'GET',
          headers: { ...(user ? { 'x-user': user } : {}), ...(body ? { 'content-type': 'application/json' } : {}) },
          ...(body ? { body: JSON.stringify(body) } : {}),
        }),
      ),
    )

async function agree(running: RunningApp): Promise<void> {
  const { app } = running
  const request = asking(running)
  const now = new Date().toISOString()
  for (const id of ['ada', 'ben'])
    for (const [query, meaning] of Object.entries(MEANINGS)) {
      const user = USERS[id] as RequestUser
      const expected = TICKETS.filter((ticket) => meaning(ticket, { user, now })).map(({ title }) => title)
      const byUrl = await request(`/api/ticket/queries/${query}`, { user: id })
      const byBody = await request(`/api/ticket/queries/${query}`, { user: id, body: {} })
      const calls = (app.objects['ticket'] as unknown as { queries: Record<string, () => Promise<{ items: readonly Ticket[] }>> }).queries
      const inProcess = await app.as(user, () => calls[query.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())]!())
      const titles = [byUrl.json.items, byBody.json.items, inProcess.items].map((items: readonly Ticket[]) =>
        items.map(({ title }) => title),
      )
      for (const found of titles) expect(found.toSorted(), `${query} of ${id}: ${byUrl.text}`).toEqual(expected.toSorted())
      if (query === 'of_my_region') expect(titles[0]).toEqual(expected.toSorted().reverse())
    }
  // Beside what callers give, and what they may leave out.
  const hard = await request('/api/ticket/queries/overdue?least=4', { user: 'ada' })
  expect(hard.json.items.length).toBe(TICKETS.filter(({ due_on, level }) => due_on < now.slice(0, 10) && level >= 4).length)
  expect((await request('/api/ticket/queries/on_day?today=2031-05-11')).json.items.length).toBe(3)
}

async function refuse(running: RunningApp): Promise<void> {
  const { app } = running
  const request = asking(running)
  const ask = async (query: string, user?: string) =>
    (await request(`/api/ticket/queries/${query}`, { user })) as {
      status: number
      json: { code: string; detail: string; items?: unknown }
    }
  expect(await ask('mine')).toMatchObject({ status: 401, json: { code: 'UNAUTHENTICATED' } })
  expect((await ask('overdue')).status).toBe(200)
  for (const query of ['of_my_region', 'in_my_regions', 'within_my_level'])
    for (const user of ['odd', 'bare']) {
      const { status, json } = await ask(query, user)
      expect([status, json.code, json.items], `${query} of ${user}`).toEqual([403, 'FORBIDDEN', undefined])
    }
  expect((await ask('within_my_level', 'bare')).json.detail).toBe(
    'The query compares with "$current_user.level", and whoever asks has none that is a whole number.',
  )
  // Nobody says for others who they are, or when it is.
  for (const given of ['current_user=ben', 'current_user.region=north', 'currentUser=ben'])
    expect(await ask(`mine?${given}`, 'ada')).toMatchObject({ status: 400, json: { code: 'INVALID_QUERY' } })
  expect(await ask('overdue?today=2031-01-01', 'ada')).toMatchObject({ status: 400 })
  const { queries } = app.objects['ticket'] as unknown as { queries: Record<string, (params?: object) => Promise<unknown>> }
  await expect(app.as(undefined, () => queries['mine']!())).rejects.toMatchObject({ status: 401 })
  await expect(app.as(USERS['ada'], () => queries['mine']!({ current_user: 'ben' }))).rejects.toMatchObject({ status: 400 })
}

test('types and OpenAPI know no such parameters', async () => {
  const { readFile } = await import('node:fs/promises')
  const types = await readFile(join(project.output, 'objects', 'ticket.d.ts'), 'utf8')
  expect(types).not.toMatch(/current_user|TicketMineParams/)
  expect(types).toMatch(/mine: ql\.QueryCall<\[\], Ticket>/)
  expect(types).toMatch(/overdue: ql\.QueryCall<\[params\?: TicketOverdueParams\], Ticket>/)
  const document = JSON.parse(await readFile(join(project.output, 'openapi.json'), 'utf8'))
  const operation = (query: string) => document.paths[`/api/ticket/queries/${query}`].get
  expect(operation('mine').parameters).toBeUndefined()
  expect(Object.keys(operation('mine').responses)).toEqual(expect.arrayContaining(['200', '401', '403']))
  expect(operation('overdue').parameters.map(({ name }: { name: string }) => name)).toEqual(['least'])
  expect(Object.keys(operation('overdue').responses)).not.toContain('401')
})
