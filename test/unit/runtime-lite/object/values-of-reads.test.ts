import { afterAll, beforeAll, expect, test } from 'vitest'
import { appIr, objectIr } from '../../../support/ir.ts'
import { type RunningApp, runningApp } from '../../../support/running-app.ts'

let running: RunningApp

beforeAll(async () => {
  running = await runningApp(
    appIr([objectIr({ name: 'item', fields: { name: 'text', size: { type: 'number', value: { kind: 'number', isInteger: true } } } })]),
    {
      api: { maxBodyBytes: 4_000_000 },
    },
  )
  const items = running.app.objects['item']!
  for (let index = 0; index < 2_000; index++) await items.create({ name: `n${index % 3}`, size: 2 ** 53 - 1 })
})

afterAll(async () => running.close())

const query = (body: unknown) =>
  running.request('/api/item/query', { method: 'POST', headers: { 'content-type': 'application/json' }, body })

test('sums of whole numbers beyond 2^63 are doubles, smaller ones stay whole', async () => {
  const { status, json } = await query({
    groupBy: [],
    aggregations: [
      { function: 'sum', field: 'size', alias: 'all' },
      { function: 'avg', field: 'size', alias: 'mean' },
    ],
  })
  expect(status).toBe(200)
  expect(json.items[0].all / (2_000 * (2 ** 53 - 1))).toBeCloseTo(1, 12)
  expect(json.items[0].mean / (2 ** 53 - 1)).toBeCloseTo(1, 12)
  const small = await query({ where: { size: { $lt: 0 } }, groupBy: [], aggregations: [{ function: 'sum', field: 'size', alias: 'all' }] })
  expect(small.text).toBe('{"items":[{"all":null}]}')
  await running.app.objects['item']!.create({ name: 'small', size: 5 })
  const five = await query({ where: { name: 'small' }, groupBy: [], aggregations: [{ function: 'sum', field: 'size', alias: 'all' }] })
  expect(five.text).toBe('{"items":[{"all":5}]}')
})

test('a pattern that is too long for the database is 400, not a failure of the server', async () => {
  const { status, json } = await query({ where: { name: { $ilike: '%a'.repeat(40_000) } } })
  expect(status).toBe(400)
  expect(json.code).toBe('INVALID_FILTER')
})
