import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { sdkObjects } from '../support/sdk-objects.ts'
import { COMPILERS, type CompilerName, checkTypes, writeText, writeTypeProject } from '../support/type-project.ts'
import { MISTAKES } from './sdk-mistakes.ts'

// Compilers run in processes of their own, and a busy machine is no failure.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const compilers = Object.keys(COMPILERS) as CompilerName[]
const folder = mkdtempSync(join(tmpdir(), 'objectql-types-'))

const PREAMBLE = `
import { createClient, isProblem, ProblemError, type Connection } from './generated/client/index.js'
import { archiveContact, cloneAccount, countAccounts, createAccount, deleteAccount, deleteContact$1, getAccount, historyOfUser, listAccounts, sendInviteContact, updateAccount } from './generated/client/operations.js'
import type { HistoryEntry, ListQuery } from 'objectql/client'
import type { Account, AccountCreate, AccountFilter, AccountModel, AccountStatus, AccountUpdate, Contact, ContactFilter, ContactSort, Objects, User } from './generated/objects/index.js'
declare const connection: Connection
declare const app: Objects
const client = createClient(connection)
type Equal<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false
const same = <Left, Right>(..._: Equal<Left, Right> extends true ? [] : ['these types differ']): void => {}
export { client, app, same, isProblem, ProblemError, archiveContact, cloneAccount, deleteContact$1, historyOfUser, sendInviteContact, countAccounts, createAccount, deleteAccount, getAccount, listAccounts, updateAccount }
`

beforeAll(() => writeTypeProject(folder, sdkObjects))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each(compilers)('TypeScript %s', (compiler) => {
  test('refuses every deliberate mistake, and for the right reason', () => {
    const lines = MISTAKES.map(({ call }) => `await (${call})`)
    writeText(join(folder, 'mistakes.ts'), `${PREAMBLE}${lines.join('\n')}\n`)
    const firstLine = PREAMBLE.split('\n').length
    const { problems } = checkTypes(folder, compiler, { files: ['mistakes.ts'] })
    const missed = MISTAKES.flatMap(({ about, says }, index) => {
      const said = problems.filter(({ line }) => line === firstLine + index).map(({ message }) => message)
      return said.some((message) => says.test(message)) ? [] : [`${about}: ${said.join(' ') || 'accepted'}`]
    })
    expect(missed).toEqual([])
    expect(problems.filter(({ line }) => line < firstLine)).toEqual([])
    expect(MISTAKES.length).toBeGreaterThan(130)
  })

  test('accepts correct calls and narrows what they return', () => {
    writeText(join(folder, 'uses.ts'), `${PREAMBLE}${USES}`)
    expect(checkTypes(folder, compiler, { files: ['uses.ts'] }).problems).toEqual([])
  })

  test('finds nothing wrong in the declarations themselves', () => {
    const options = {
      exactOptionalPropertyTypes: true,
      isolatedDeclarations: true,
      declaration: true,
      verbatimModuleSyntax: true,
      erasableSyntaxOnly: true,
    }
    const files = ['generated/objects/index.d.ts', 'generated/client/index.d.ts', 'generated/client/operations.d.ts']
    const strict = checkTypes(folder, compiler, { files, skipLibCheck: false, options: { ...options, lib: ['es2022', 'dom'] } })
    expect(strict.problems).toEqual([])
  })
})

test('costs nothing until the first call', () => {
  writeText(
    join(folder, 'none.ts'),
    `import { createClient } from './generated/client/index.js'\nexport const client = createClient({ baseUrl: '' })\n`,
  )
  expect(checkTypes(folder, '5.9', { files: ['none.ts'] }).instantiations).toBe(0)
})

test('costs little per call', () => {
  const perCall = (call: string): number => {
    const script = Array.from({ length: 10 }, (_, index) => `export const value${index} = (await ${call})`).join('\n')
    writeText(
      join(folder, 'cost.ts'),
      `import { createClient } from './generated/client/index.js'\nconst client = createClient({ baseUrl: '' })\n${script}\n`,
    )
    const { problems, instantiations } = checkTypes(folder, '5.9', { files: ['cost.ts'] })
    expect(problems).toEqual([])
    return instantiations / 10
  }
  expect(perCall(`client.contact.create({ email: 'x', account: '1' })`)).toBeLessThan(40)
  expect(perCall(`client.account.update('1', { status: 'closed', revenue: null })`)).toBeLessThan(40)
  expect(
    perCall(`client.account.aggregate({ groupBy: ['status'], aggregations: { n: { count: true }, total: { sum: 'revenue' } } })`),
  ).toBeLessThan(150)
  expect(
    perCall(`client.account.list({ expand: { contacts: { where: { email: 'x', id: { $gt: '5' } }, orderBy: { email: 'asc' } } } })`),
  ).toBeLessThan(210)
  expect(
    perCall(
      `client.account.list({ where: { owner: { name: 'x' }, contacts: { $some: { email: 'x' } } }, orderBy: { owner: { name: 'asc' } } })`,
    ),
  ).toBeLessThan(60)
  expect(perCall(`client.contact.actions.sendInvite('1', { subject: 'x', channel: 'mail' })`)).toBe(0)
  expect(perCall(`client.account.clone('1', { status: 'closed' })`)).toBeLessThan(80)
  expect(perCall(`client.account.list({ expand: { contacts: { select: ['email'], limit: 3 } } })`)).toBeLessThan(210)
  expect(
    perCall(`client.account.list({ where: { status: 'open', revenue: { $gt: 5 } }, orderBy: { name: 'asc' }, select: ['name'] })`),
  ).toBeLessThan(60)
  expect(perCall(`client.account.list({ where: { status: 'open' }, orderBy: [{ name: 'asc' }], expand: { owner: true } })`)).toBeLessThan(
    120,
  )
  expect(perCall(`client.account.get('1', { expand: { owner: { select: ['name'], expand: { manager: true } } } })`)).toBeLessThan(210)
})

const USES = `
{
  const page = await client.account.list()
  same<typeof page.items, Account[]>()
  same<typeof page.total, number | undefined>()
  const account = await client.account.get('1')
  same<typeof account, Account>()
  same<Account['name'], string>()
  same<Account['stage'], 'lead' | 'customer' | "won't buy">()
  same<Account['status'], AccountStatus>()
  same<Account['industry'], 'retail' | 'energy' | (string & {}) | null>()
  same<Account['rank'], 1 | 2 | 3 | null>()
  same<Account['labels'], ('a' | 'b')[] | null>()
  same<Account['tags'], string[] | null>()
  same<Account['created_at'], string>()
  same<Account['owner'], string | null>()
  same<Account['main_contact'], string>()
  same<Account['odd key'], string | null>()
  same<'title' extends keyof Account ? 1 : 0, 0>()
  same<'portal_password' extends keyof Account ? 1 : 0, 0>()
  same<'portal_password' extends keyof AccountUpdate ? 1 : 0, 1>()
  same<'number' extends keyof Account ? 1 : 0, 1>()
  same<'number' extends keyof AccountUpdate ? 1 : 0, 0>()
}
{
  const { items } = await client.account.list({ where: { status: 'open' }, select: ['id', 'name'], limit: 5, offset: 0, count: true })
  same<(typeof items)[number], Pick<Account, 'id' | 'name'>>()
  const account = await client.account.get('1', { expand: { owner: true, main_contact: true, members: true } })
  same<typeof account.owner, User | null>()
  same<typeof account.main_contact, Contact>()
  same<typeof account.members, (User | string)[] | null>()
  same<typeof account.parent, string | null>()
  same<typeof account.name, string>()
}
{
  const account = await client.account.get('1', { select: ['name'], expand: { owner: { select: ['name'] } } })
  same<keyof typeof account, 'name' | 'owner'>()
  same<typeof account.owner, Pick<User, 'name'> | null>()
  const contact = await client.contact.get('1', { expand: { account: { select: ['name'], expand: { owner: { expand: { manager: true } } } } } })
  same<NonNullable<typeof contact.account>['name'], string>()
  const owner = contact.account?.owner
  same<NonNullable<typeof owner>['manager'], User | null>()
}
{
  const found = await app.account.find({ where: { labels: { $contains: 'a' } }, select: ['name'] })
  same<(typeof found.items)[number], Pick<Account, 'name'>>()
  const maybe = await app.account.get('1')
  same<typeof maybe, Account | null>()
  const many = await app.contact.createMany([{ email: 'a@b.c' }, { id: '2', email: 'd@e.f' }])
  same<typeof many, Contact[]>()
}
{
  const page = await listAccounts(connection, { orderBy: [{ name: 'asc' }, { revenue: 'desc' }], expand: { parent: { select: ['name'] } } })
  same<(typeof page.items)[number]['parent'], Pick<Account, 'name'> | null>()
  same<ReturnType<typeof countAccounts>, Promise<number>>()
  await updateAccount(connection, '1', { status: 'closed' }, { ifMatch: 'W/"1"', headers: { 'x-request-id': '1' } })
  await deleteAccount(connection, '1')
  const created: Account = await createAccount(connection, { name: 'x', stage: 'lead', main_contact: '1' })
  void created
}
{
  // Everything a filter can say.
  const filter: AccountFilter = {
    name: { $startsWith: 'a', $endsWith: 'z', $contains: 'm', $notContains: 'q', $ne: null },
    stage: { $in: ['lead', 'customer'] },
    industry: 'anything',
    rank: { $nin: [1, 2], $null: false },
    tags: { $contains: 'vip' },
    labels: null,
    revenue: { $between: [1, 2], $gte: 1, $lt: 3 },
    is_active: { $ne: true },
    founded_on: { $gte: '2025-01-01' },
    visited_at: { $gt: new Date(), $lte: '2025-01-01T00:00:00Z' },
    opens_at: '09:00',
    logo: null,
    settings: { $null: true },
    owner: { $in: ['1', '2'] },
    members: { $contains: '1' },
    'odd key': 'x',
    $and: [{ $or: [{ name: 'x' }, { $not: { owner: null } }] }],
  }
  await client.account.count({ where: filter })
  const values: AccountCreate = {
    id: 'own-id',
    name: 'x',
    stage: "won't buy",
    main_contact: '1',
    industry: 'something new',
    rank: 2,
    labels: ['a'],
    tags: ['x', 'y'],
    revenue: 5.5,
    is_active: true,
    founded_on: '2025-01-01',
    visited_at: new Date(),
    opens_at: '09:30',
    logo: { url: 'https://example.com/a.png', width: 10 },
    contract: { id: 'file-1', size: 100 },
    place: { latitude: 1, longitude: 2 },
    address: { city: 'Bonn' },
    settings: { theme: 'dark', sizes: [1, 2, null], nested: { deep: true } },
    lines: [{ sku: 'a', amount: 1 }],
    extra: { anything: ['goes'] },
    embedding: [0.1, 0.2],
    portal_password: 'secret',
    members: ['1', '2'],
    external: 'tenant-1',
  }
  await client.account.create(values)
  await client.account.update('1', { revenue: null, owner: null, tags: null, settings: null, name: 'y' })
  await client.account.update('1', { labels: ['a', 'b'] as const })
}
{
  // Relations in both directions, pages, groups and writes.
  const { items } = await client.account.list({
    where: {
      owner: { name: 'Ada', manager: { id: '1' } },
      parent: { $in: ['1', '2'] },
      contacts: { $some: { email: { $icontains: 'x' } }, $none: { account: null } },
      accounts: { name: { $like: 'a%' } },
      members: { $some: { name: 'x' } },
      place: { $near: { latitude: 1, longitude: 2, distance: 500 } },
      embedding: { $similar: { to: [1, 2], minScore: 0.5 } },
      'settings.theme': { $in: ['dark', 'light'] },
      'extra.deep.0': null,
      revenue: { $gt: { $field: 'rank' }, $exists: true },
      $expr: [{ $call: ['year', { $field: 'founded_on' }] }, '>', 2000],
    },
    search: { query: 'x', fields: ['name'], operator: 'or' },
    orderBy: [{ owner: { name: 'desc', manager: { name: 'asc' } } }, { name: { order: 'asc', nulls: 'last' } }],
    expand: { contacts: { where: { email: { $ne: null }, $or: [{ id: '1' }, { account: { name: 'x' } }] }, orderBy: [{ email: 'desc' }], limit: 3, expand: { assistant: true } }, accounts: true, owner: true },
    count: 'estimated',
    cursor: '',
  })
  same<(typeof items)[number]['accounts'], Account[]>()
  same<(typeof items)[number]['owner'], User | null>()
  same<(typeof items)[number]['parent'], string | null>()
  const contact = items[0]?.contacts[0]
  // What was declared as a filter is not looked into again, and may be absent.
  const where: ContactFilter = { email: 'x' }
  const orderBy: ContactSort = { email: 'asc' }
  await client.account.list({ expand: { contacts: { where, orderBy }, accounts: { where: { visited_at: { $gt: new Date() } }, orderBy: [{ owner: { name: 'asc' } }, { name: { nulls: 'last' } }] } } })
  await client.account.list({ expand: { contacts: { where: contact ? where : undefined, orderBy: [orderBy] } } })
  same<NonNullable<typeof contact>['assistant'], User | null>()
  same<NonNullable<typeof contact>['email'], string>()
  const some = await client.account.get('1', { select: ['name'], expand: { contacts: { select: ['id'] } } })
  same<keyof typeof some, 'name' | 'contacts'>()
  same<typeof some.contacts, Pick<Contact, 'id'>[]>()
  for await (const account of client.account.each({ select: ['id'] })) same<typeof account, Pick<Account, 'id'>>()
  for await (const page of client.account.pages()) same<typeof page.items, Account[]>()
  const rows = await client.account.aggregate({
    groupBy: ['status', { field: 'visited_at', granularity: 'week' }, { field: 'rank', alias: 'place' }],
    aggregations: { n: { count: true }, kinds: { count_distinct: 'stage' }, total: { sum: 'revenue', filter: { is_active: true } }, first: { min: 'founded_on' } },
    having: { n: { $gt: 1 } },
    orderBy: { total: 'desc', place: 'asc' },
  })
  const row = rows[0]
  if (row) {
    same<typeof row.status, AccountStatus>()
    same<typeof row.visited_at, string | null>()
    same<typeof row.place, 1 | 2 | 3 | null>()
    same<typeof row.n, number>()
    same<typeof row.kinds, number>()
    same<typeof row.total, number | null>()
    same<typeof row.first, string | null>()
  }
  const [totals] = await app.account.aggregate({ aggregations: { n: { count: true } } })
  same<NonNullable<typeof totals>['n'], number>()
  const found = await client.account.getBy({ number: 'A-1' }, { select: ['name'] })
  same<typeof found, Pick<Account, 'name'> | null>()
  await app.account.getBy({ name: 'x', stage: 'lead' })
  await client.account.create({ name: 'x', stage: 'lead', main_contact: { create: { email: 'x' } }, contacts: { create: { email: 'y' }, connect: ['1'] }, owner: { connect: '1' } })
  await client.account.update('1', { revenue: { $inc: 5 }, owner: { disconnect: true }, contacts: { update: [{ id: '1', changes: { email: 'x' } }], delete: '2' } })
  same<Awaited<ReturnType<typeof client.account.updateMany>>, number>()
  await client.account.updateMany({ status: 'open' }, { revenue: { $mul: 2 }, status: 'closed' }, { maxAffected: 5 })
  const results = await client.contact.createMany([{ email: 'x' }], { atomic: false })
  same<(typeof results)[number]['record'], Contact | undefined>()
  same<Awaited<ReturnType<typeof client.account.upsertMany>>, Account[]>()
  await client.account.upsert({ name: 'x', stage: 'lead', main_contact: '1' }, { on: ['name', 'stage'] })
  const changed = await app.account.findOneAndUpdate({ name: 'x' }, { status: 'closed' }, { orderBy: { name: 'asc' }, returning: 'old' })
  same<typeof changed, Account | null>()
  await client.account.deleteMany({}, { maxAffected: 10 }, { signal: AbortSignal.timeout(5) })
}
{
  // Queries that are put together at run time stay honest about what they may return.
  const wantsOwner = Math.random() > 0.5
  const account = await client.account.get('1', { expand: wantsOwner ? { owner: true } : {} })
  same<typeof account.owner, User | string | null>()
  const query: ListQuery<AccountModel> = { where: { name: 'x' }, orderBy: { name: 'asc' }, select: ['name', 'owner'], expand: { owner: { select: ['name'] } } }
  await client.account.list(query)
  await app.account.find({ ...query, limit: 5 })
  const field: 'name' | 'stage' = wantsOwner ? 'name' : 'stage'
  const some = await client.account.list({ select: [field] })
  same<keyof (typeof some.items)[number], 'name' | 'stage'>()
}
{
  const sent = await client.contact.actions.sendInvite('1', { subject: 'x', channel: 'mail', copies_to: ['2'], send_at: new Date() }, { signal: AbortSignal.timeout(5), headers: { 'idempotency-key': '1' } })
  same<typeof sent, Contact>()
  same<typeof sent, Awaited<ReturnType<typeof sendInviteContact>>>()
  same<Awaited<ReturnType<typeof client.contact.actions.archive>>, unknown>()
  await client.contact.actions.archive('1', { signal: AbortSignal.timeout(5) })
  same<Awaited<ReturnType<typeof client.contact.actions.delete>>, number>()
  await client.contact.actions.delete()
  await client.contact.actions.delete({ older_than: null })
  same<Awaited<ReturnType<typeof client.contact.actions.tidyUp>>, void>()
  same<Awaited<ReturnType<typeof app.contact.actions.sendInvite>>, Contact>()
  await app.contact.actions.reindex()
  same<Awaited<ReturnType<typeof app.contact.execute>>, unknown>()
  await app.contact.execute('send_invite', '1', { subject: 'x' })
  await sendInviteContact(connection, '1', { subject: 'x' })
  same<Awaited<ReturnType<typeof deleteContact$1>>, number>()
  await archiveContact(connection, '1')
  const copy = await client.account.clone('1', { name: 'x' }, { children: ['contacts'] })
  same<typeof copy, Account>()
  same<typeof copy, Awaited<ReturnType<typeof cloneAccount>>>()
  same<Awaited<ReturnType<typeof client.user.history>>, HistoryEntry[]>()
  await historyOfUser(connection, '1', { limit: 10, before: '2' })
  await app.user.history('1', { limit: 10 })
}
try {
  await client.account.delete('1', { signal: AbortSignal.timeout(100), ifMatch: 'W/"3"', onResponse: (response) => void response.headers.get('etag') })
} catch (error) {
  if (isProblem(error, 'PRECONDITION_FAILED')) same<typeof error.code, 'PRECONDITION_FAILED'>()
  if (isProblem(error)) for (const { code, message } of error.errors) console.log(code, message, error.status, error.response.headers.get('retry-after'))
  if (error instanceof ProblemError && error.code === 'HTTP_502') console.log(error.message)
}
declare const console: { log(...values: unknown[]): void }
`
