import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compile } from '../../compiler/index.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'

const FOLDER = join(import.meta.dirname, '..', '..', 'tmp', `visibility-${process.pid}`)

const SCHEMA = `
name: deal
fields:
  stage: { type: select, options: [open, lost, won], defaultValue: open }
  reason: { type: text, visible_when: "record.stage == 'lost'" }
  rating: { type: number, defaultValue: 3, visible_when: { field: stage, operator: "!=", value: open } }
  signed_on: { type: date, required: true, visible_when: "stage = 'won'" }
  note: { type: text, required_when: "record.rating > 3", visible_when: "record.stage == 'lost'" }
  channel:
    type: select
    options: [mail, { label: Phone, value: phone, visible_when: "record.stage == 'won'" }]
  tags:
    type: multiselect
    options: [a, { label: B, value: b, visibleWhen: "record.stage == 'won'" }]
`

let app: RunningApp
beforeAll(async () => {
  mkdirSync(join(FOLDER, 'schemas'), { recursive: true })
  writeFileSync(join(FOLDER, 'schemas', 'deal.object.yml'), SCHEMA.trimStart())
  writeFileSync(join(FOLDER, 'objectql.config.json'), '{}\n')
  const { isOk, diagnostics } = await compile({ cwd: FOLDER })
  expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([])
  expect(isOk).toBe(true)
  app = (await startedApp(join(FOLDER, 'generated'), { datasource: ':memory:', migrate: true } as never)) as RunningApp
}, 60_000)
afterAll(async () => {
  await app.close()
  rmSync(FOLDER, { recursive: true, force: true })
})

const told = async (method: string, path: string, body: unknown): Promise<unknown> => {
  const { status, json } = await app.request(`/api/deal${path}`, { method, body })
  return [status, ...(json?.errors ?? []).map(({ pointer, code }: Record<string, string>) => `${pointer} ${code}`)]
}

test('what is not visible is not filled in, and not required', async () => {
  expect(await told('POST', '', { reason: 'Price', rating: 4, channel: 'phone', tags: ['a', 'b'] })).toEqual([
    422,
    '/reason not_visible',
    '/rating not_visible',
    '/channel not_visible',
    '/tags not_visible',
  ])
  expect(await told('POST', '', { id: 'd', reason: '', rating: 3, channel: 'mail', tags: ['a'] })).toEqual([201])
  expect(await told('POST', '', { stage: 'won' })).toEqual([422, '/signed_on required'])
  expect(await told('PATCH', '/d', { stage: 'won' })).toEqual([422, '/signed_on required'])
  expect(await told('PATCH', '/d', { stage: 'won', signed_on: '2025-01-01', channel: 'phone', tags: ['b'], rating: 5 })).toEqual([200])
  expect(await told('PATCH', '/d', { reason: 'x' })).toEqual([422, '/reason not_visible'])
})

test('what stands there stays', async () => {
  expect(await told('PATCH', '/d', { stage: 'open' })).toEqual([200])
  expect(await told('PATCH', '/d', { rating: 5, channel: 'phone', tags: ['b', 'a'] })).toEqual([200])
  expect(await told('PATCH', '/d', { rating: 4 })).toEqual([422, '/rating not_visible'])
  expect(await told('PATCH', '/d', { rating: null, signed_on: null, channel: null, tags: [] })).toEqual([200])
  expect(await told('PATCH', '/d', { channel: 'phone' })).toEqual([422, '/channel not_visible'])
  expect(await told('PATCH', '/d', { tags: ['b'] })).toEqual([422, '/tags not_visible'])
})

test('what is not visible is not required where a condition asks for it', async () => {
  expect(await told('POST', '', { id: 'n', stage: 'won', signed_on: '2025-01-01', rating: 5 })).toEqual([201])
  expect(await told('PATCH', '/n', { stage: 'lost' })).toEqual([422, '/note required'])
  expect(await told('PATCH', '/n', { stage: 'lost', note: 'Why' })).toEqual([200])
  expect(await told('POST', '', { stage: 'lost', rating: 5 })).toEqual([422, '/note required'])
  expect(await told('POST', '', { stage: 'lost', rating: 3 })).toEqual([201])
})
