import { afterAll, beforeAll, expect, test } from 'vitest'
import { Span } from '../../../../compiler/source/span.ts'
import type { Protocol } from '../../../../runtime-lite/app/protocol.ts'
import { appIr, objectIr } from '../../../support/ir.ts'
import { type RunningApp, runningApp } from '../../../support/running-app.ts'

let app: RunningApp
let protocol: Protocol
beforeAll(async () => {
  const span = Span.file('a.yml')
  const close = { name: 'close', label: 'Close', scope: 'record' as const, params: [], annotations: {}, span }
  app = await runningApp(
    appIr(
      [
        objectIr({ name: 'case', fields: { title: 'text', owner: { type: 'lookup', reference: { object: 'user' } } }, actions: [close] }),
        objectIr({ name: 'user', fields: { name: 'text' } }),
      ],
      { metadata: [{ type: 'app', name: 'desk', tags: [], body: { label: 'Desk' }, span }] },
    ),
  )
  protocol = app.app.protocol
})
afterAll(() => app.close())

test('metadata', async () => {
  expect(await protocol.getMetaTypes()).toEqual(['app', 'object'])
  expect((await protocol.listMetaItems('object')).map(({ name }) => name)).toEqual(['case', 'user'])
  expect(await protocol.listMetaItems('nothing')).toEqual([])
  expect(await protocol.getMetaItem('object', 'case')).toMatchObject({ name: 'case' })
  expect(await protocol.getMetaItem('object', 'nothing')).toBeUndefined()
  expect(protocol.hasObject('case')).toBe(true)
  expect(protocol.hasObject('__proto__')).toBe(false)
})

test('data', async () => {
  const user = await protocol.createData('user', { name: 'Ann' })
  const made = await protocol.createData('case', { title: 'A', owner: user['id'] })
  const id = String(made['id'])
  expect(await protocol.getData('case', id)).toEqual(made)
  expect(await protocol.getData('case', id, { select: ['title'], expand: ['owner'] })).toEqual({ title: 'A', owner: user })
  await protocol.createData('case', { title: 'B' })
  expect(await protocol.findData('case', { where: { title: 'A' } })).toEqual({ value: [made], count: 1 })
  expect(await protocol.findData('case', { limit: 1 })).toMatchObject({ value: [made], count: 2 })
  expect((await protocol.findData('case')).value).toHaveLength(2)
  expect(await protocol.countData('case')).toBe(2)
  expect(await protocol.countData('case', { title: 'B' })).toBe(1)
  expect(await protocol.updateData('case', id, { title: null })).toMatchObject({ title: null })
  expect(await protocol.deleteData('case', id)).toBe(true)
  expect(await protocol.deleteData('case', id)).toBe(false)
})

test.each<[string, () => Promise<unknown>]>([
  ['findData', () => protocol.findData('nothing')],
  ['getData', () => protocol.getData('nothing', 'x')],
  ['createData', () => protocol.createData('nothing', {})],
  ['updateData', () => protocol.updateData('nothing', 'x', {})],
  ['deleteData', () => protocol.deleteData('nothing', 'x')],
  ['countData', () => protocol.countData('nothing')],
  ['countData of a prototype', () => protocol.countData('__proto__')],
  ['getData of no record', () => protocol.getData('case', 'ghost')],
  ['updateData of no record', () => protocol.updateData('case', 'ghost', {})],
])('%s: 404', async (_, call) => {
  await expect(call()).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' })
})

test('actions are known by name, and not compiled yet', async () => {
  await expect(protocol.executeAction('case:close', {})).rejects.toMatchObject({
    status: 404,
    message: "Action 'close' of object 'case' has no handler.",
  })
  await expect(protocol.executeAction('case:nothing')).rejects.toMatchObject({ message: "Action 'nothing' not found for object 'case'." })
  await expect(protocol.executeAction('nothing:x')).rejects.toMatchObject({ status: 404 })
  await expect(protocol.executeAction('')).rejects.toMatchObject({ status: 404 })
})
