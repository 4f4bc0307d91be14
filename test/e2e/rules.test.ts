import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compile } from '../../compiler/index.ts'
import { isReachable, mysql, postgres } from '../support/database-servers.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const FOLDER = join(ROOT, 'tmp', `rules-${process.pid}`)

const SCHEMAS = {
  'project.object.yml': `
name: project
fields:
  name: { type: text, required: true }
  status: { type: select, options: [draft, open, done], defaultValue: draft }
  budget: { type: number, defaultValue: 0 }
  spent: { type: number, defaultValue: 0 }
  left: { type: formula, data_type: number, expression: "budget - spent" }
  starts_on: { type: date }
  ends_on: { type: date }
  mail: { type: text }
  code: { type: text }
  note: { type: text }
  reason: { type: text, required_when: "record.status == 'done'" }
  fixed: { type: number, readonly_when: "record.status == 'open'" }
  labels: { type: tags, options: [a, b] }
  key: { type: password }
validation:
  rules:
    - { name: range, type: cross_field, rule: { field: ends_on, operator: ">=", compare_to: starts_on }, apply_when: { field: starts_on, operator: not_empty }, message: "{{name}} ends before it starts.", error_code: BAD_RANGE }
    - { name: flow, type: state_machine, field: status, initial_states: [draft], transitions: { draft: [open], open: { allowed_next: [done] }, done: [] }, message: "Not from {{old_status}} to {{new_status}}." }
    - { name: budgeted, type: script, condition: "left < 0", message: { en: "Spent too much.", de: "Zu viel ausgegeben." } }
    - { name: explained, type: conditional, condition: { field: budget, operator: ">", value: 1000 }, rule: { field: note, operator: not_empty }, message: Say why., severity: warning }
    - { name: mailed, type: format, field: mail, format: email, message: No address. }
    - { name: coded, type: format, field: code, regex: "^[A-Z]{2}$", message: "{{code}} is no code.", skip_bulk: true }
    - { name: labelled, type: conditional, condition: { field: status, operator: "=", value: done }, rule: { field: labels, operator: not_empty }, message: No label. }
    - { name: long_key, type: script, condition: "LEN(key) < 4", message: The key is too short. }
    - { name: signed, type: script, condition: "record.budget > 5000 && current_user.role != 'boss'", message: Ask the boss. }
    - { name: kept, type: script, condition: "status = 'open'", events: [delete], message: Open projects stay. }
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

beforeAll(async () => {
  mkdirSync(join(FOLDER, 'schemas'), { recursive: true })
  for (const [name, text] of Object.entries(SCHEMAS)) writeFileSync(join(FOLDER, 'schemas', name), text.trimStart())
  writeFileSync(join(FOLDER, 'objectql.config.json'), '{ "dialects": ["sqlite", "postgres", "mysql"] }\n')
  const { isOk, diagnostics } = await compile({ cwd: FOLDER })
  expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([])
  expect(isOk).toBe(true)
}, 60_000)
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

describe.each(DATABASES)('rules on $name', ({ name, server, url }) => {
  const canRun = server === undefined || isReachable(server)
  if (!canRun) console.warn(`skipped: rules on ${name}`)

  test.runIf(canRun)('hold for every kind of write', { timeout: 60_000 }, async () => {
    const scratch = server?.create('rules')
    const app = await startedApp(join(FOLDER, 'generated'), { datasource: url(scratch?.name ?? ''), migrate: true } as never)
    try {
      await exercise(app)
    } finally {
      await app.close()
      scratch?.drop()
    }
  })
})

async function exercise({ request, app }: RunningApp): Promise<void> {
  const send = (method: string, path: string, body?: object) => request(`/api/project${path}`, { method, ...(body ? { body } : {}) })
  const problems = async (method: string, path: string, body?: object): Promise<unknown> => {
    const { status, json } = await send(method, path, body)
    return [status, json?.errors?.map(({ pointer, code, message }: Record<string, string>) => `${pointer} ${code} ${message}`)]
  }

  // New records.
  expect(await problems('POST', '', { name: 'A', starts_on: '2024-02-01', ends_on: '2024-01-01' })).toEqual([
    422,
    ['/ends_on BAD_RANGE A ends before it starts.'],
  ])
  // A date that is missing is not before another one.
  expect(await problems('POST', '', { name: 'Open', starts_on: '2024-02-01' })).toEqual([201, undefined])
  expect(await problems('POST', '', { name: 'A', status: 'open', mail: 'nobody', code: 'x', spent: 1 })).toEqual([
    422,
    ['/left budgeted Spent too much.', '/mail mailed No address.', '/code coded x is no code.', '/status flow Not from  to open.'],
  ])
  const created = await send('POST', '', { id: 'p1', name: 'A', budget: 2000, fixed: 1, mail: 'a@example.com', code: 'AB' })
  expect(created.status).toBe(201)
  expect(created.json['@warnings']).toEqual([
    { rule: 'explained', severity: 'warning', pointer: '/note', code: 'explained', message: 'Say why.' },
  ])
  expect((await send('GET', '/p1')).json['@warnings']).toBeUndefined()

  // Changed ones.
  expect(await problems('PATCH', '/p1', { status: 'done', labels: ['a'], reason: 'So.' })).toEqual([
    422,
    ['/status flow Not from draft to done.'],
  ])
  expect((await send('PATCH', '/p1', { status: 'open' })).status).toBe(200)
  expect((await send('PATCH', '/p1', { status: 'open', note: 'So.' })).json['@warnings']).toBeUndefined()
  expect(await problems('PATCH', '/p1', { spent: 3000 })).toEqual([422, ['/left budgeted Spent too much.']])
  expect(await problems('PATCH', '/p1', { spent: { $inc: 3000 } })).toEqual([422, ['/left budgeted Spent too much.']])
  expect((await send('PATCH', '/p1', { spent: { $inc: 1500 } })).json).toMatchObject({ spent: 1500, left: 500 })
  expect((await send('GET', '/p1')).json).toMatchObject({ spent: 1500, status: 'open' })

  // In the language of whoever asks.
  const german = { 'accept-language': 'fr, de-CH;q=0.8, en;q=0.5' }
  const told = await request('/api/project/p1', { method: 'PATCH', body: { spent: 9999 }, headers: german })
  expect(told.json.errors).toMatchObject([{ code: 'budgeted', message: 'Zu viel ausgegeben.' }])
  expect(told.json.detail).toBe('Zu viel ausgegeben.')

  // A key is looked at only where it is written: nobody reads it later.
  expect(await problems('PATCH', '/p1', { key: 'abc' })).toEqual([422, ['/key long_key The key is too short.']])
  expect((await send('PATCH', '/p1', { key: 'abcdef' })).status).toBe(200)
  expect((await send('PATCH', '/p1', { name: 'B' })).status).toBe(200)
  expect(await problems('PATCH', '/p1', { budget: 6000 })).toEqual([422, ['/budget signed Ask the boss.']])
  const asBoss = app.as({ id: 'u1', role: 'boss' }, () => app.objects['project']!.update('p1', { budget: 6000 }))
  await expect(asBoss).resolves.toMatchObject({ budget: 6000 })
  // Whoever changes anything else is asked, too.
  expect(await problems('PATCH', '/p1', { name: 'C' })).toEqual([422, ['/budget signed Ask the boss.']])
  expect((await app.as({ id: 'u1', role: 'boss' }, () => app.objects['project']!.update('p1', { budget: 2000 })))['budget']).toBe(2000)

  // Many at once: those that skip them are left out, all others hold for each.
  const many = await send('POST', '/createMany', {
    records: [
      { name: 'x', code: 'bad' },
      { name: 'y', mail: 'no' },
    ],
  } as object)
  expect([many.status, many.json.errors?.map(({ pointer }: { pointer: string }) => pointer)]).toEqual([422, ['/records/1/mail']])
  expect(
    (
      await send('POST', '/createMany', {
        records: [
          { id: 'm1', name: 'x', code: 'bad' },
          { id: 'm2', name: 'y' },
        ],
      })
    ).status,
  ).toBe(201)
  expect(await problems('POST', '/updateMany', { where: { id: { $in: ['m1', 'm2'] } }, data: { spent: 1 } })).toEqual([
    422,
    ['/data/left budgeted Spent too much.'],
  ])
  expect((await send('GET', '/m1')).json).toMatchObject({ spent: 0 })

  // Deleted ones.
  expect(await problems('DELETE', '/p1')).toEqual([422, ['/status kept Open projects stay.']])
  expect(await problems('PATCH', '/p1', { status: 'done', labels: [], reason: 'So.' })).toEqual([422, ['/labels labelled No label.']])
  expect(await problems('PATCH', '/p1', { status: 'done', labels: ['a'] })).toEqual([422, ['/reason required Reason is required.']])
  expect(await problems('PATCH', '/p1', { fixed: 2 })).toEqual([422, ['/fixed read_only Fixed cannot be changed now.']])
  expect((await send('PATCH', '/p1', { fixed: 1 })).status).toBe(200)
  expect((await send('PATCH', '/p1', { status: 'done', labels: ['a'], reason: 'So.', fixed: 2 })).status).toBe(200)
  expect((await send('DELETE', '/p1')).status).toBe(204)
}
