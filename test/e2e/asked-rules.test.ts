import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compile } from '../../compiler/index.ts'
import { ASKED_SCHEMAS } from '../support/asked-schemas.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'
import { allSources } from '../support/sources.ts'

const FOLDER = join(import.meta.dirname, '..', '..', 'tmp', `asked-rules-${process.pid}`)

beforeAll(async () => {
  mkdirSync(join(FOLDER, 'schemas'), { recursive: true })
  for (const [name, text] of Object.entries(ASKED_SCHEMAS)) writeFileSync(join(FOLDER, 'schemas', name), text.trimStart())
  writeFileSync(join(FOLDER, 'objectql.config.json'), '{ "dialects": ["sqlite", "postgres", "mysql"] }\n')
  const { isOk, diagnostics } = await compile({ cwd: FOLDER })
  expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([])
  expect(isOk).toBe(true)
}, 60_000)
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

describe.each(allSources())('rules that ask the database on $name', ({ isThere, open }) => {
  test.runIf(isThere)('hold for every kind of write', { timeout: 120_000 }, async () => {
    const source = await open('asked_rules')
    const app = await startedApp(join(FOLDER, 'generated'), { datasource: source.datasource, migrate: true } as never)
    try {
      await exercise(app)
    } finally {
      await app.close()
      await source.close()
    }
  })
})

async function exercise({ request }: RunningApp): Promise<void> {
  const send = (method: string, target: string, body?: unknown, headers: Record<string, string> = {}) =>
    request(`/api${target}`, { method, headers, ...(body === undefined ? {} : { body }) })
  /** Status, and each thing that is wrong. */
  const told = async (method: string, target: string, body?: unknown, headers: Record<string, string> = {}): Promise<unknown[]> => {
    const { status, json } = await send(method, target, body, headers)
    return [
      status,
      ...((json?.errors ?? []) as { pointer: string; code: string; message: string }[]).map(
        ({ pointer, code, message }) => `${pointer.replace(/^\/(?:data|records)(?=\/)/, '')} ${code} ${message}`,
      ),
    ]
  }
  const made = async (object: string, ...records: readonly object[]): Promise<void> => {
    for (const record of records) expect([(await send('POST', `/${object}`, record)).status, record]).toEqual([201, record])
  }
  await made('account', { id: 'a1', name: 'A' }, { id: 'a2', name: 'B' }, { id: 'off', active: false }, { id: 'moon', region: 'moon' })
  await made(
    'contact',
    { id: 'c1', name: 'Ada', account: 'a1' },
    { id: 'c2', name: 'Bo', account: 'a2' },
    { id: 'no', name: 'Nobody', account: 'a1' },
  )

  // State machines.
  expect(await told('POST', '/project', { id: 'x', name: 'X', status: 'open' })).toEqual([422, '/status FLOW X: not from  to open.'])
  await made(
    'project',
    { id: 'p1', name: 'One', code: 'Ab', amount: 1 },
    { id: 'p2', name: 'Two', code: null },
    { id: 'p3', name: 'Three' },
  )
  expect(await told('PATCH', '/project/p1', { status: 'done' })).toEqual([422, '/status FLOW One: not from draft to done.'])
  expect(await told('PATCH', '/project/p1', { status: 'draft', name: 'Uno' })).toEqual([200])
  expect(await told('PATCH', '/project/p1', { status: null })).toEqual([422, '/status FLOW Uno: not from draft to .'])
  expect(await told('PATCH', '/project/gone', { status: 'open' })).toEqual([404])
  const { headers } = await send('GET', '/project/p1')
  const etag = headers.get('etag') as string
  expect(await told('PATCH', '/project/p1', { status: 'open' }, { 'if-match': etag })).toEqual([200])
  expect(await told('PATCH', '/project/p1', { status: 'done' }, { 'if-match': etag })).toEqual([412])
  expect(await told('PATCH', '/project/p1', { status: 'open' })).toEqual([200])
  expect(await told('PATCH', '/project/p1', { status: 'done', tasks: { create: [{ id: 't0', title: 'nested' }] } })).toEqual([200])
  expect(await told('PATCH', '/project/p1', { status: 'open' })).toEqual([422, '/status FLOW Uno: not from done to open.'])
  expect(await told('POST', '/project/updateMany', { where: { id: { $in: ['p2', 'p1'] } }, data: { status: 'open' } })).toEqual([
    422,
    '/status FLOW Uno: not from done to open.',
  ])
  expect((await send('GET', '/project/p2')).json.status).toBe('draft')
  expect(await told('POST', '/project/updateMany', { where: { id: { $in: ['p2', 'p3'] } }, data: { status: 'open' } })).toEqual([200])
  expect(await told('POST', '/project/upsert', { data: { id: 'p2', status: 'draft' } })).toEqual([200])
  expect(await told('POST', '/project/upsert', { data: { id: 'p2', status: 'done' } })).toEqual([
    422,
    '/status FLOW Two: not from draft to done.',
  ])

  // Unique, held by an index: done ones do not count, case does not, null says nothing.
  await made('project', { id: 'q1', name: 'Q', code: 'aB' }, { id: 'q2', code: null }, { id: 'q3' })
  expect(await told('POST', '/project', { name: 'R', code: 'AB' })).toEqual([422, '/code CODE_TAKEN AB is taken.'])
  expect(await told('PATCH', '/project/q3', { code: 'ab' })).toEqual([422, '/code CODE_TAKEN ab is taken.'])
  expect(await told('PATCH', '/project/q1', { code: 'AB' })).toEqual([200])
  expect(
    await told('POST', '/project/createMany', [{ code: 'n1' }, { code: 'n2' }, { code: 'N1' }, { code: 'n3' }, { code: 'n4' }]),
  ).toEqual([422, '/2/code CODE_TAKEN N1 is taken.'])

  // Unique, asked.
  await made(
    'project',
    { id: 'b1', name: 'Big', amount: 50 },
    { id: 'b2', name: 'Big', amount: 60 },
    { id: 'b3', name: 'Other', amount: 500 },
  )
  expect(await told('POST', '/project', { name: 'Big', amount: 101 })).toEqual([422, '/name one_big_name Big is a big one already.'])
  expect(await told('PATCH', '/project/b2', { amount: 101 })).toEqual([422, '/name one_big_name Big is a big one already.'])
  expect(await told('PATCH', '/project/b3', { name: 'Big' })).toEqual([422, '/name one_big_name Big is a big one already.'])
  expect(await told('PATCH', '/project/b3', { name: 'Other', amount: 501 })).toEqual([200])
  expect(
    await told('POST', '/project/createMany', [
      { name: 'Twin', amount: 900 },
      { name: 'Twin', amount: 901 },
    ]),
  ).toEqual([422, '/0/name one_big_name Twin is a big one already.', '/1/name one_big_name Twin is a big one already.'])
  expect((await send('POST', '/project', { id: 'w', name: 'W', amount: 50 })).json['@warnings']).toMatchObject([
    { rule: 'same_amount', message: 'There is another one with 50.' },
  ])

  // What lookups refer to.
  expect(await told('POST', '/project', { account: 'off' })).toEqual([422, expect.stringMatching(/^\/account reference /)])
  expect(await told('POST', '/project', { account: 'moon' })).toEqual([422, '/account served Nobody serves the moon.'])
  expect(await told('POST', '/project', { account: 'a1', lead: 'c2' })).toEqual([422, expect.stringMatching(/^\/lead reference /)])
  expect(await told('POST', '/project', { account: 'a1', lead: 'no' })).toEqual(
    [422, ' led Nobody leads nothing.'].map((text) => (typeof text === 'string' ? expect.stringContaining('led Nobody') : text)),
  )
  expect(await told('POST', '/project', { lead: 'c2' })).toEqual([201])
  await made('project', { id: 'l1', name: 'L', account: 'a1', lead: 'c1' })
  expect(await told('PATCH', '/project/l1', { account: 'a2' })).toEqual([422, expect.stringMatching(/^\/lead reference /)])
  expect(await told('PATCH', '/project/l1', { account: 'a2', lead: 'c2' })).toEqual([200])
  expect(await told('PATCH', '/project/l1', { account: null, lead: null })).toEqual([200])
  expect(await told('POST', '/project', { helpers: ['c1', 'no'] })).toEqual([422, expect.stringMatching(/^\/helpers reference /)])
  expect(await told('POST', '/project', { id: 'h', helpers: ['c1', 'c2'] })).toEqual([201])
  expect(
    await told('POST', '/project/createMany', [{ account: 'a1' }, { account: 'off' }, { account: 'a2' }, {}, { account: 'moon' }]),
  ).toEqual([422, expect.stringMatching(/^\/1\/account reference /), expect.stringMatching(/^\/4\/account served /)])

  // What refers to a record.
  await made('task', { id: 't1', project: 'l1' }, { id: 't2', project: 'h', status: 'done' })
  expect(await told('DELETE', '/project/l1')).toEqual([422, expect.stringContaining('kept L has open tasks.')])
  expect(await told('POST', '/project/deleteMany', { where: { id: { $in: ['h', 'l1'] } } })).toEqual([
    422,
    expect.stringContaining('kept L has open tasks.'),
  ])
  expect(await told('PATCH', '/task/t1', { status: 'done' })).toEqual([200])
  expect(await told('POST', '/project/deleteMany', { where: { id: { $in: ['h', 'l1'] } } })).toEqual([200])
}
