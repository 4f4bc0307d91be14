import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RequestUser } from '../../runtime-lite/context/request-context.ts'
import type { RawRecord } from '../../runtime-lite/object/object-plan.ts'
import { type CompiledFolder, compiledFolder } from '../support/compiled-folder.ts'
import { countedStatements } from '../support/counted-statements.ts'
import { answerOf, type RunningApp, startedApp } from '../support/running-app.ts'
import { allSources } from '../support/sources.ts'

const SCHEMAS = {
  'account.object.yml': `name: account
fields:
  name: { type: text }
  region: { type: text }
  level: { type: number }
  owner: { type: text }
  active: { type: boolean }
  opens_on: { type: date }
  opened_at: { type: datetime }
`,
  'user.object.yml': `name: user
fields:
  region: { type: text }
  level: { type: number }
  trusted: { type: boolean }
  since: { type: date }
  seen_at: { type: datetime }
`,
  'trip.object.yml': `name: trip
fields:
  name: { type: text }
`,
  'trip.hook.ts': `export default {
  async afterCreate(ctx) {
    if (ctx.data.name === 'sudo') await ctx.sudo().object('visit').create({ text: 's', trip: ctx.id })
    if (ctx.data.name === 'own') await ctx.api.object('visit').create({ text: 's', trip: ctx.id })
  },
}
`,
  'visit.object.yml': `name: visit
fields:
  title: { type: text }
  trip: { type: lookup, reference_to: trip }
  text: { type: lookup, reference_to: account, reference_filters: ["region = $current_user.region"] }
  both: { type: lookup, reference_to: account, reference_filters: ["active = true", "region == {current_user.region}"] }
  triple: { type: lookup, reference_to: account, reference_filters: [[owner, "=", $current_user]] }
  other: { type: lookup, reference_to: account, lookup_filters: [{ field: owner, operator: ne, value: "{$current_user.id}" }] }
  open: { type: lookup, reference_to: account, reference_filters: ["owner == $currentUser.id || active"] }
  prefix: { type: lookup, reference_to: account, lookup_filters: [{ field: name, operator: starts_with, value: $user.region }] }
  many: { type: lookup, reference_to: account, multiple: true, reference_filters: ["region = $current_user.region"] }
  started: { type: lookup, reference_to: account, reference_filters: ["opens_on <= $today", "opened_at <= $now"] }
  level: { type: lookup, reference_to: account, lookup_filters: [{ field: level, operator: lte, value: $current_user.level }] }
  above: { type: lookup, reference_to: account, reference_filters: ["!(level <= $current_user.level)"] }
  trusted: { type: lookup, reference_to: account, reference_filters: ["active || $current_user.trusted"] }
  since: { type: lookup, reference_to: account, reference_filters: ["opens_on >= $current_user.since"] }
  seen: { type: lookup, reference_to: account, reference_filters: ["opened_at > $current_user.seen_at"] }
  outside: { type: lookup, reference_to: account, reference_filters: ["not(region = $current_user.region)"] }
`,
}

const USERS: Readonly<Record<string, RequestUser>> = {
  ada: { id: 'ada', region: 'north', level: 2.5, trusted: false, since: '2020-01-01', seen_at: '2020-01-01T01:00:00+01:00' },
  ben: { id: 'ben', region: 'south', level: 3, trusted: true, since: '2021-01-01', seen_at: '2010-01-01T00:00:00Z' },
  odd: { id: 'odd', region: 7, level: 'high', trusted: 'yes', since: 'long ago', seen_at: 5 },
  bare: { id: 'bare' },
}

const ACCOUNTS = [
  {
    id: 'n',
    name: 'northern',
    region: 'north',
    level: 1,
    owner: 'ada',
    active: true,
    opens_on: '2020-01-01',
    opened_at: '2020-01-01T00:00:00.000Z',
  },
  {
    id: 's',
    name: 'southern',
    region: 'south',
    level: 3,
    owner: 'ben',
    active: true,
    opens_on: '2999-01-01',
    opened_at: '2020-01-01T00:00:00.000Z',
  },
  { id: 'o', name: 'off', region: 'north', owner: 'ada', active: false, opens_on: '2020-01-01', opened_at: '2999-01-01T00:00:00.000Z' },
  { id: 'x', name: 'nowhere', active: false },
]

/** Accounts that may be referred to. Nobody: as anonymous clients of an application that authenticates. A missing value is equal to a missing one alone. */
const OFFERED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  text: { ada: 'n o', ben: 's', odd: 'x', bare: 'x', nobody: 'x', system: 'n s o x' },
  both: { ada: 'n', ben: 's', odd: '', bare: '', nobody: '', system: 'n s' },
  triple: { ada: 'n o', ben: 's', odd: '', bare: '', nobody: 'x', system: 'n s o x' },
  other: { ada: 's x', ben: 'n o x', odd: 'n s o x', bare: 'n s o x', nobody: 'n s o', system: 'n s o x' },
  open: { ada: 'n s o', ben: 'n s', odd: 'n s', bare: 'n s', nobody: 'n s x', system: 'n s o x' },
  prefix: { ada: 'n', ben: 's', odd: '', bare: '', nobody: '', system: 'n s o x' },
  many: { ada: 'n o', ben: 's', odd: 'x', bare: 'x', nobody: 'x', system: 'n s o x' },
  started: { ada: 'n', ben: 'n', odd: 'n', bare: 'n', nobody: 'n', system: 'n' },
  level: { ada: 'n', ben: 'n s', odd: '', bare: '', nobody: '', system: 'n s o x' },
  above: { ada: 's o x', ben: 'o x', odd: 'n s o x', bare: 'n s o x', nobody: 'n s o x', system: 'n s o x' },
  trusted: { ada: 'n s', ben: 'n s o x', odd: 'n s', bare: 'n s', nobody: 'n s', system: 'n s o x' },
  since: { ada: 'n s o', ben: 's', odd: '', bare: '', nobody: '', system: 'n s o x' },
  seen: { ada: 'o', ben: 'n s o', odd: '', bare: '', nobody: '', system: 'n s o x' },
  outside: { ada: 's x', ben: 'n o x', odd: 'n s o', bare: 'n s o', nobody: 'n s o', system: 'n s o x' },
}

let folder: CompiledFolder
beforeAll(async () => {
  folder = await compiledFolder(SCHEMAS)
}, 60_000)
afterAll(() => folder.remove())

const objectOf = ({ app }: RunningApp, name: string) => app.objects[name] as NonNullable<RunningApp['app']['objects'][string]>
const referring = (field: string, id: string): unknown => (field === 'many' ? [id] : id)
const fields = Object.keys(OFFERED)
const ids = ACCOUNTS.map(({ id }) => id)

describe.for(allSources())('what lookups offer to whoever asks, on $name', ({ isThere, open }) => {
  test.runIf(isThere)('holds for every kind of write', { timeout: 120_000 }, async () => {
    const source = await open('reference_filters')
    const running = await startedApp(folder.generated, {
      datasource: source.datasource,
      migrate: true,
      authenticate: (request: { header(name: string): string | undefined }) => USERS[request.header('x-user') ?? ''],
    } as never)
    try {
      await objectOf(running, 'account').createMany(ACCOUNTS)
      await exercise(running)
    } finally {
      await running.close()
      await source.close()
    }
  })
})

async function exercise(running: RunningApp): Promise<void> {
  const visit = objectOf(running, 'visit')
  const call = async (user: string, path: string, body: unknown, method = 'POST') => {
    const headers = { 'content-type': 'application/json', ...(user === 'nobody' ? {} : { 'x-user': user }) }
    return answerOf(await running.fetch(new Request(`http://visits/api${path}`, { method, headers, body: JSON.stringify(body) })))
  }
  const issues = ({ json }: Awaited<ReturnType<typeof call>>): unknown =>
    json.errors?.map(
      ({ pointer, code }: { pointer: string; code: string }) => `${pointer.replace(/^\/(?:data|records)(?=\/)/, '')} ${code}`,
    )

  // Each field, account and asker: created over REST, or in process by the application itself.
  for (const user of ['ada', 'ben', 'odd', 'bare', 'nobody', 'system']) {
    const found: Record<string, string> = {}
    for (const field of fields) {
      const taken: string[] = []
      for (const id of ids) {
        const record = { [field]: referring(field, id) }
        const status = user === 'system' ? await statusOf(() => visit.create(record)) : (await call(user, '/visit', record)).status
        expect([201, 422]).toContain(status)
        if (status === 201) taken.push(id)
      }
      found[field] = taken.join(' ')
    }
    expect([user, found]).toEqual([user, Object.fromEntries(fields.map((field) => [field, OFFERED[field]?.[user]]))])
  }

  // In process somebody asks, too; nobody, where it is said.
  const ada = <Result>(work: () => Result): Result => running.app.as(USERS['ada'], work)
  expect(await statusOf(() => ada(() => visit.create({ text: 's' })))).toBe(422)
  expect(await statusOf(() => ada(() => visit.create({ text: 'n' })))).toBe(201)
  expect(await statusOf(() => running.app.as(undefined, () => visit.create({ text: 'n' })))).toBe(422)

  // Changes: of the lookup they are asked about, of anything else they are not.
  await visit.create({ id: 'v', title: 'V', text: 's' })
  expect((await call('ada', '/visit/v', { title: 'W' }, 'PATCH')).status).toBe(200)
  const refused = await call('ada', '/visit/v', { text: 's', title: 'X' }, 'PATCH')
  expect([refused.status, issues(refused)]).toEqual([422, ['/text reference']])
  expect(refused.json.errors[0].message).toContain('region = $current_user.region')
  expect((await call('ben', '/visit/v', { text: 's' }, 'PATCH')).status).toBe(200)
  expect((await call('ada', '/visit/v', { text: 'o' }, 'PATCH')).status).toBe(200)
  expect((await call('bare', '/visit/v', { text: null }, 'PATCH')).status).toBe(200)

  // Many at once, upserts, nested and all records of a filter.
  const many = await call('ada', '/visit/createMany', [{ text: 'n' }, { text: 's' }, {}, { both: 'o' }, { many: ['n', 's'] }])
  expect([many.status, issues(many)]).toEqual([422, ['/1/text reference', '/4/many reference', '/3/both reference'].sort(byField)])
  expect((await call('ada', '/visit/createMany', [{ text: 'n' }, { text: 'o' }, { both: 'n' }, { many: ['n', 'o'] }])).status).toBe(201)
  expect((await call('ada', '/visit/upsert', { data: { id: 'v', text: 's' } })).status).toBe(422)
  expect((await call('ben', '/visit/upsert', { data: { id: 'v', text: 's' } })).status).toBe(200)
  const nested = await call('ada', '/trip', { name: 'T', visits: { create: [{ text: 'n' }, { text: 's' }] } })
  expect([nested.status, issues(nested)]).toEqual([422, ['/visits/create/1/text reference']])
  expect((await call('ada', '/trip', { name: 'T', visits: { create: [{ text: 'n' }] } })).status).toBe(201)
  expect((await call('ada', '/visit/updateMany', { where: { id: 'v' }, data: { text: 's' } })).status).toBe(422)
  expect((await call('ben', '/visit/updateMany', { where: { id: 'v' }, data: { text: 's' } })).status).toBe(200)

  // What hooks write for whoever asks is held by it, what they write as the application is not.
  const own = await call('ada', '/trip', { name: 'own' })
  expect([own.status, issues(own)]).toEqual([422, ['/text reference']])
  expect((await call('ben', '/trip', { name: 'own' })).status).toBe(201)
  expect((await call('ada', '/trip', { name: 'sudo' })).status).toBe(201)

  // Those who ask at the same time are told apart.
  const askers = Array.from({ length: 24 }, (_, index) => (index % 2 === 0 ? 'ada' : 'ben'))
  // Nor do they wait for each other in a circle, though all of them lock the same account.
  const answers = await Promise.all(askers.map((user) => call(user, '/visit', { text: 'n' })))
  expect(answers.map(({ status }) => status)).toEqual(askers.map((user) => (user === 'ada' ? 201 : 422)))
}

/** In the order of the fields. */
const byField = (a: string, b: string): number =>
  fields.indexOf(a.split('/')[2]?.split(' ')[0] ?? '') - fields.indexOf(b.split('/')[2]?.split(' ')[0] ?? '')

async function statusOf(work: () => PromiseLike<unknown>): Promise<number> {
  try {
    await work()
    return 201
  } catch (error) {
    return (error as { status: number }).status
  }
}

test('whoever asks costs no statement, and the application itself none that would say nothing', async () => {
  const counted = countedStatements()
  const running = await startedApp(folder.generated, { datasource: counted.db } as never)
  try {
    await objectOf(running, 'account').createMany(ACCOUNTS)
    const visit = objectOf(running, 'visit')
    const as = (user: string, work: () => PromiseLike<unknown>) => counted.of(async () => running.app.as(USERS[user], work))
    // One question for each of the rules, and one for a lookup that says two things; the application asks where the filter says more.
    expect(await as('ada', () => visit.create({ id: 'v', both: 'n' }))).toHaveLength(2 + fields.length)
    expect(await counted.of(() => visit.create({ both: 'n' }))).toHaveLength(2 + 2)
    const fixed = await as('ada', () => visit.update('v', { started: 'n' }))
    expect(await as('ada', () => visit.update('v', { both: 'n' }))).toEqual(fixed)
    expect(await as('ada', () => visit.update('v', { text: 'o' }))).toEqual(fixed)
    expect(await as('bare', () => visit.update('v', { other: 's' }))).toEqual(fixed)
    // Records of one write are asked about together.
    const records = Array.from({ length: 64 }, () => ({ text: 'n' }))
    const many = await as('ada', () => visit.createMany(records))
    expect(many).toHaveLength((await as('ada', () => visit.createMany(records.slice(0, 16)))).length)
  } finally {
    await running.close()
  }
})

test('statements are the same whoever asks, and whenever: what comes from the request is bound', async () => {
  const db = new DatabaseSync(':memory:')
  const running = await startedApp(folder.generated, { datasource: db } as never)
  try {
    await objectOf(running, 'account').createMany(ACCOUNTS)
    const visit = objectOf(running, 'visit')
    const printed: string[] = []
    const prepare = db.prepare.bind(db)
    db.prepare = (sql: string) => {
      if (sql.includes(' join ')) printed.push(sql)
      return prepare(sql)
    }
    await visit.create({ id: 'v' })
    const as = (user: string, record: RawRecord) => running.app.as(USERS[user], () => visit.update('v', record))
    await as('ada', { both: 'n' })
    await as('ben', { both: 's' })
    await as('ada', { started: 'n' })
    const from = 'select r0."id" from "visit" as r0 join "account" as t0 on t0."id" = r0.'
    const isAsked = 'where r0."id" in (select value from json_each(?))'
    expect(printed).toEqual([
      `${from}"both" ${isAsked} and t0."active" = ?`,
      `${from}"started" ${isAsked} and (t0."opens_on" <= substr(?, 1, 10) and t0."opened_at" <= ?)`,
      `${from}"both" ${isAsked} and (t0."active" = ? and (t0."region" = ? or (t0."region" is null and ? is null)))`,
    ])
  } finally {
    await running.close()
  }
})
