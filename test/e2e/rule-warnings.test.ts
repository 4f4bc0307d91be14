import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RawRecord } from '../../runtime-lite/object/object-plan.ts'
import type { RecordWarning } from '../../runtime-lite/problem/rule-warning.ts'
import { type CompiledProject, compiledProject } from '../support/compiled-project.ts'
import { isReachable, mysql, postgres } from '../support/database-servers.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'

/** The same object three times: plain, with hooks, with middleware. */
const objectOf = (name: string): string => `name: ${name}
fields:
  name: { type: text, required: true }
  amount: { type: number, defaultValue: 0 }
  code: { type: text, unique: true }
  settings: { type: json }
validation:
  rules:
    - { name: large, type: script, condition: "amount > 100", message: "{{name}} is large.", severity: warning }
    - { name: named, type: script, condition: "name = 'x'", message: No name., severity: info }
    - { name: single, type: script, condition: "amount = 7", message: Not seven., skip_bulk: true }
    - { name: lonely, type: unique, field: name, message: There is one already., severity: warning, apply_when: "record.amount == 50", skip_bulk: true }
    - { name: low, type: script, condition: "amount < 0", message: Too low. }
    - { name: gone, type: script, condition: "amount > 100", message: "{{name}} was large.", severity: warning, events: [delete] }
    - { name: kept, type: script, condition: "amount = 9", message: Nine stays., events: [delete], skip_bulk: true }
`

const FILES = {
  'objectql.config.json': '{ "dialects": ["sqlite", "postgres", "mysql"] }\n',
  'schemas/plain.object.yml': objectOf('plain'),
  'schemas/hooked.object.yml': objectOf('hooked'),
  'schemas/wrapped.object.yml': objectOf('wrapped'),
  'schemas/contact.object.yml': `name: contact
fields:
  email: { type: text }
  plain: { type: master_detail, reference_to: plain }
  hooked: { type: lookup, reference_to: hooked }
validation:
  rules:
    - { name: mailed, type: format, field: email, format: email, message: No address., severity: warning }
`,
  'schemas/hooked.hook.ts': `
export const replaced = { name: 'replaced', object: 'hooked', events: ['afterCreate', 'afterUpdate'], handler: (ctx: any) => { ctx.result = { id: ctx.result.id, seen: true, sawWarnings: '@warnings' in ctx.result } } }
export const watched = { name: 'watched', object: 'hooked', events: ['beforeDelete', 'afterDelete'], handler: (ctx: any) => { ctx.state.seen = ctx.previous?.name } }
`,
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

type Client = Readonly<Record<string, unknown>>
type Fetch = (url: string, init: RequestInit) => Promise<Response>

let project: CompiledProject
let createClient: (options: { readonly baseUrl: string; readonly fetch: Fetch }) => Client
beforeAll(async () => {
  project = await compiledProject(FILES)
  createClient = (await import(/* @vite-ignore */ join(project.output, 'client/index.js'))).createClient
}, 60_000)
afterAll(() => project?.remove())

const large = (name: string, pointer: string) => ({
  rule: 'large',
  severity: 'warning',
  pointer,
  code: 'large',
  message: `${name} is large.`,
})
/** What is told, in the order of ids. */
const told = (warnings: readonly RecordWarning[]) => warnings.map(({ id, rule, pointer }) => `${id} ${rule} ${pointer}`).sort()

describe.each(DATABASES)('warnings on $name', ({ name, server, url }) => {
  const canRun = server === undefined || isReachable(server)
  if (!canRun) console.warn(`skipped: warnings on ${name}`)

  test.runIf(canRun)('come back from every kind of write', { timeout: 120_000 }, async () => {
    const scratch = server?.create('warnings')
    const running = await startedApp(project.output, { datasource: url(scratch?.name ?? ''), migrate: true } as never)
    try {
      running.app.use({
        name: 'masked',
        objects: ['wrapped'],
        execute: async (_, next) => {
          const answer = (await next()) as RawRecord | undefined
          return answer && 'id' in answer ? { id: answer['id'], seen: true, sawWarnings: '@warnings' in answer } : answer
        },
      })
      for (const object of ['plain', 'hooked', 'wrapped'])
        await exercise(
          running,
          object,
          createClient({ baseUrl: 'http://localhost', fetch: (url, init) => running.fetch(new Request(url, init)) }),
        )
      await nested(running)
    } finally {
      await running.close()
      scratch?.drop()
    }
  })
})

async function exercise({ request, app }: RunningApp, object: string, client: Client): Promise<void> {
  const send = async (method: string, path: string, body?: object) =>
    request(`/api/${object}${path}`, { method, ...(body ? { body } : {}) })
  const api = app.objects[object]!
  const warningsOf = (record: RawRecord): unknown => record['@warnings']

  // One record, whatever hooks and middleware make of the answer.
  const one = (await send('POST', '', { id: 'a', name: 'A', amount: 101 })).json
  expect(warningsOf(one)).toEqual([large('A', '/amount')])
  // They belong to the answer: nobody who looks at the record sees them.
  expect(one['sawWarnings']).toBe(object === 'plain' ? undefined : false)
  const heard: RawRecord[] = []
  const stop = app.events.on(`record.*.${object}`, ({ payload }) => heard.push((payload as { record: RawRecord }).record))
  expect(warningsOf(await api.update('a', { amount: 102 }))).toEqual([large('A', '/amount')])
  for (const returning of ['old', 'new'] as const) {
    const found = await send('POST', '/findOneAndUpdate', {
      where: { id: 'a' },
      data: { amount: returning === 'old' ? 103 : 104 },
      returning,
    })
    expect([found.json['amount'], warningsOf(found.json)]).toEqual([
      returning === 'old' ? 102 : object === 'plain' ? 104 : undefined,
      [large('A', '/data/amount')],
    ])
    const inProcess = await api.findOneAndUpdate({ id: 'a' }, { amount: 105 }, { returning })
    expect(inProcess && warningsOf(inProcess)).toEqual([large('A', '/amount')])
    expect(inProcess && warningsOf((await api.get('a')) as RawRecord)).toBeUndefined()
  }
  const quiet = await api.findOneAndUpdate({ id: 'a' }, { amount: 1 }, { returning: 'old' })
  expect([quiet?.['amount'], quiet && warningsOf(quiet)]).toEqual([105, undefined])
  stop()
  expect(heard.map(warningsOf)).toEqual([undefined, undefined, undefined, undefined, undefined, undefined])
  // What stands in a value is not taken for a warning.
  expect(warningsOf(await api.create({ id: 'j', name: 'J', settings: { '@warnings': [1] } }))).toBeUndefined()

  // Many records: each with its own.
  const many = [
    { id: 'b', name: 'B', amount: 101 },
    { id: 'c', name: 'C', amount: 7 },
    { id: 'd', name: 'x', amount: 200 },
    ...Array.from({ length: 3 }, (_, index) => ({ id: `e${index}`, name: `E${index}`, amount: 50 })),
    { id: 'f', name: 'E0', amount: 50 },
  ]
  const created = await send('POST', '/createMany', { records: many })
  expect([created.status, created.json.items.some((one: RawRecord) => one['sawWarnings'])]).toEqual([201, false])
  expect(created.json.items.map(warningsOf)).toEqual([
    [large('B', '/records/0/amount')],
    undefined,
    [large('x', '/records/2/amount'), expect.objectContaining({ rule: 'named', severity: 'info', pointer: '/records/2/name' })],
    undefined,
    undefined,
    undefined,
    undefined,
  ])
  // The same rules hold for one.
  expect((await send('POST', '', { name: 'C', amount: 7 })).json.errors).toMatchObject([{ code: 'single' }])
  expect(warningsOf(await api.create({ id: 'g', name: 'E1', amount: 50 }))).toMatchObject([{ rule: 'lonely' }])
  const each = await api.createMany(
    [
      { name: 'h', amount: 7 },
      { name: 'i', amount: 300 },
      { name: 'k', amount: -1 },
    ] as never,
    { atomic: false },
  )
  expect(each.map((result) => ('error' in result ? 'refused' : warningsOf(result['record'] as RawRecord)))).toEqual([
    undefined,
    [large('i', '/1/amount')],
    'refused',
  ])
  const upserted = await send('POST', '/upsertMany', {
    records: [
      { id: 'c', amount: 7 },
      { id: 'b', amount: 150 },
      { id: 'l', name: 'L', amount: 7 },
      { id: 'm', name: 'M', amount: 101 },
    ],
  })
  expect([upserted.status, upserted.json.created, upserted.json.items.map(warningsOf)]).toEqual([
    200,
    2,
    [undefined, [large('B', '/records/1/amount')], undefined, [large('M', '/records/3/amount')]],
  ])

  // A number of records.
  const where = { id: { $in: ['b', 'd', 'l'] } }
  const changed = await send('POST', '/updateMany', { where, data: { amount: 500 } })
  expect([changed.status, changed.json.count, told(changed.json['@warnings'])]).toEqual([
    200,
    3,
    ['b large /data/amount', 'd large /data/amount', 'd named /data/name', 'l large /data/amount'],
  ])
  expect(changed.json['@warnings_total']).toBeUndefined()
  expect((await send('POST', '/updateMany', { where, data: { amount: 7 } })).json).toMatchObject({ count: 3 })
  expect((await send('POST', '/updateMany', { where, data: { amount: 5 } })).json['@warnings'] ?? []).not.toContainEqual(
    expect.objectContaining({ rule: 'large' }),
  )
  expect((await send('POST', '/updateMany', { where, data: { amount: { $inc: 100 } } })).json['@warnings']).toContainEqual({
    ...large('B', '/data/amount'),
    id: 'b',
  })
  const calls: (readonly [readonly string[], number])[] = []
  const options = { warnings: (first: readonly RecordWarning[], total: number) => void calls.push([told(first), total]) }
  expect(await api.updateMany({ id: 'b' }, { amount: 300 }, options)).toBe(1)
  expect(await api.updateMany({ id: 'b' }, { amount: 3 }, options)).toBe(1)
  await expect(api.updateMany({ id: 'b' }, { amount: -1 }, options)).rejects.toMatchObject({ status: 422 })
  expect(calls.splice(0)).toEqual([[['b large /amount'], 1]])

  // More than anybody reads.
  const crowd = Array.from({ length: 130 }, (_, index) => ({ name: `crowd ${index}`, amount: 2 }))
  await api.createMany(crowd)
  const big = await send('POST', '/updateMany', { where: { amount: 2 }, data: { amount: 1000 } })
  expect([big.json.count, big.json['@warnings'].length, big.json['@warnings_total']]).toEqual([130, 100, 130])
  expect(new Set(big.json['@warnings'].map(({ id }: RecordWarning) => id)).size).toBe(100)

  // The client tells the same.
  const numbers: (readonly [number, number])[] = []
  const remote = client[object] as { updateMany(where: object, changes: object, many: object): Promise<number> }
  const hear = { warnings: (first: readonly RecordWarning[], total: number) => void numbers.push([first.length, total]) }
  expect(await remote.updateMany({ amount: 1000 }, { amount: 1001 }, hear)).toBe(130)
  expect(await remote.updateMany({ id: 'b' }, { amount: 1 }, hear)).toBe(1)
  expect(numbers).toEqual([[100, 130]])
  await api.updateMany({ amount: 1001 }, { amount: 1000 })

  // Deletions.
  await api.createMany([{ id: 'n', name: 'N', amount: 9 }])
  await expect(api.delete('n')).rejects.toMatchObject({ status: 422 })
  expect(await api.deleteMany({ id: 'n' }, options)).toBe(1)
  expect(calls).toEqual([])
  const removed = await send('POST', '/deleteMany', { where: { amount: 1000 } })
  expect([removed.json.count, removed.json['@warnings'].length, removed.json['@warnings_total']]).toEqual([130, 100, 130])
  expect(await api.deleteMany({ id: 'm' }, options)).toBe(1)
  expect(calls).toEqual([[['m gone /amount'], 1]])
}

async function nested({ request, app }: RunningApp): Promise<void> {
  const broken = { rule: 'mailed', severity: 'warning', code: 'mailed', message: 'No address.' }
  for (const object of ['plain', 'hooked']) {
    const input = { id: 'nested', name: 'N', amount: 101, contacts: { create: [{ email: 'nobody' }, { email: 'a@example.com' }] } }
    const { status, json } = await request(`/api/${object}`, { method: 'POST', body: input })
    expect([status, json['@warnings'].map(({ rule }: RecordWarning) => rule).sort()]).toEqual([201, ['large', 'mailed']])
    expect(json['@warnings']).toContainEqual({ ...broken, pointer: '/contacts/create/0/email' })
    const [many] = await app.objects[object]!.createMany([{ name: 'M', contacts: { create: [{ email: 'none' }] } }])
    expect(many?.['@warnings']).toEqual([{ ...broken, pointer: '/0/contacts/create/0/email' }])
    const changed = await app.objects[object]!.update('nested', { contacts: { create: [{ email: 'none' }] } })
    expect(changed['@warnings']).toContainEqual({ ...broken, pointer: '/contacts/create/0/email' })
  }
}
