import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import type { ActionCall } from '../../runtime-lite/behaviour/action-plan.ts'
import { type CompiledProject, compiledProject } from '../support/compiled-project.ts'
import { type Answer, type RunningApp, startedApp } from '../support/running-app.ts'

let project: CompiledProject
let running: RunningApp

beforeAll(async () => {
  project = await compiledProject({
    'schemas/order_line.object.yml': `name: order_line
fields:
  title: { type: text }
  amount: { type: number }
actions:
  approve:
    type: record
    params:
      by: { type: lookup, reference_to: order_line }
      percent: { type: number, min: 0, max: 100, required: true }
      reason: { type: text, defaultValue: none }
  recount: { type: global, internal: true, params: { deep: { type: boolean } } }
  print: { type: script, label: Print, params: { copies: { type: number, max: 3 } } }
  open: { type: url, target: 'https://example.test' }
  total: { type: global }
`,
    'schemas/order_line.action.ts': `export const total = { handler: async ({ api }: any) => ({ compiled: await api.count('order_line') }) }\n`,
    'schemas/plain.object.yml': 'name: plain\nfields:\n  title: { type: text }\n',
    'schemas/mute.object.yml': 'name: mute\nenable: { apiEnabled: false }\nfields:\n  title: { type: text }\n',
  })
})

afterAll(() => project?.remove())

beforeEach(async () => {
  running = await startedApp(project.output, { onError: () => undefined })
  return () => running.close()
})

const object = (name: string): ObjectApi => running.app.objects[name] as ObjectApi
const post = (path: string, body: unknown = {}): Promise<Answer> =>
  running.request(`/api/${path}`, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
const echo = ({ objectName, actionName, id, input, params }: ActionCall) => ({ objectName, actionName, id, input, same: input === params })

test('what is declared without code is told, and answers 404 until the program registers it', async () => {
  expect(project.diagnostics.map(({ code }) => code)).toEqual(['behaviour/action-without-handler', 'behaviour/action-without-handler'])
  const { id } = await object('order_line').create({ title: 'a' })
  const missing = await post(`order_line/${id}/actions/approve`, { percent: 5 })
  expect([missing.status, missing.json.detail]).toEqual([404, "Action 'approve' of object 'order_line' has no handler."])
  const off = running.app.registerAction('order_line', 'approve', echo)
  const done = await post(`order_line/${id}/actions/approve`, { percent: 5 })
  expect(done.json).toEqual({ objectName: 'order_line', actionName: 'approve', id, input: { percent: 5, reason: 'none' }, same: true })
  off()
  expect((await post(`order_line/${id}/actions/approve`, { percent: 5 })).status).toBe(404)
})

test('parameters are checked as the schema declares them, and lookups lead somewhere', async () => {
  running.app.registerAction('OrderLine', 'approve', echo)
  running.app.registerAction('order_line', 'print', echo)
  const { id } = await object('order_line').create({ title: 'a' })
  const wrong = await post(`order_line/${id}:approve`, { percent: 101, prozent: 1 })
  expect([wrong.status, wrong.json.errors.map(({ pointer }: { pointer: string }) => pointer)]).toEqual([422, ['/percent', '/prozent']])
  const nowhere = await post(`order_line/${id}:approve`, { percent: 1, by: 'nobody' })
  expect([nowhere.status, nowhere.json.errors[0].code]).toEqual([422, 'reference'])
  expect((await post('order_line/nobody:approve', { percent: 1 })).status).toBe(404)
  expect((await post('order_line/actions/approve', { percent: 1 })).status).toBe(400)
  expect((await post('order_line/actions/print', { copies: 4 })).status).toBe(422)
  expect((await post('order_line/actions/print', { copies: 2 })).json.input).toEqual({ copies: 2 })
})

test('actions that no schema knows take an id or none, and any object of parameters', async () => {
  running.app.registerAction('plain', 'echo', echo)
  const { id } = await object('plain').create({ title: 'a' })
  expect((await post(`plain/${id}/actions/echo`, { x: [1] })).json).toMatchObject({ id, input: { x: [1] } })
  expect((await post('plain/actions/echo', { x: 1 })).json).toEqual({
    objectName: 'plain',
    actionName: 'echo',
    input: { x: 1 },
    same: true,
  })
  expect((await post('plain/actions/echo', [1])).status).toBe(422)
  expect((await post('plain/actions/echo', '"x"')).status).toBe(422)
  expect((await post('plain/gone/actions/echo')).status).toBe(404)
  expect(await running.app.executeAction('plain:echo', { id, input: { y: 2 } })).toMatchObject({ id, input: { y: 2 } })
  expect(await running.app.executeAction('plain:echo')).toMatchObject({ input: {} })
  running.app.registerAction('plain', 'rename', echo, { type: 'record' })
  expect((await post('plain/actions/rename')).status).toBe(400)
  expect((await post(`plain/${id}/actions/rename`)).status).toBe(200)
})

test('one call is one transaction, with hooks and nested actions', async () => {
  running.app.registerAction('plain', 'fill', async ({ api, input }) => {
    await api.create('plain', { title: 'one' })
    await api.object('order_line').create({ title: 'two' })
    if (input['fails']) throw new Error('Not today.')
    return api.object('plain').execute('count', undefined)
  })
  running.app.registerAction('plain', 'count', ({ api }) => api.count('plain'))
  const refused = await post('plain/actions/fill', { fails: true })
  expect([refused.status, refused.json.detail]).toEqual([422, 'Not today.'])
  expect([await object('plain').count(), await object('order_line').count()]).toEqual([0, 0])
  expect((await post('plain/actions/fill')).json).toBe(1)
  expect([await object('plain').count(), await object('order_line').count()]).toEqual([1, 1])
})

test('a registered action takes the place of a compiled one; internal ones are for the inside; packages go as a whole', async () => {
  const { app } = running
  expect((await post('order_line/actions/total')).json).toEqual({ compiled: 0 })
  const off = app.registerAction('order_line', 'total', () => 'mine', 'acme')
  expect((await post('order_line/actions/total')).json).toBe('mine')
  app.registerAction('order_line', 'total', () => 'theirs', 'acme')
  // What was replaced is gone already.
  off()
  expect((await post('order_line/actions/total')).json).toBe('theirs')
  app.registerAction('order_line', 'recount', () => 1)
  expect((await post('order_line/actions/recount')).status).toBe(404)
  expect(await app.executeAction('order_line:recount', {})).toBe(1)
  app.registerAction('plain', 'hidden', () => 2, { internal: true, packageId: 'acme' })
  expect((await post('plain/actions/hidden')).status).toBe(404)
  expect(await app.executeAction('plain:hidden')).toBe(2)
  expect(app.protocol.getActions()).toEqual(['order_line:recount', 'order_line:total', 'plain:hidden'])
  expect(app.unregisterActions('acme')).toBe(2)
  expect((await post('order_line/actions/total')).json).toEqual({ compiled: 0 })
  expect([app.unregisterAction('order_line', 'recount'), app.unregisterAction('order_line', 'recount')]).toEqual([true, false])
  expect(app.protocol.getActions()).toEqual(['order_line:total'])
})

test('what is unknown is told in the documented words, and an object without an API has no actions over HTTP', async () => {
  const { app } = running
  await expect(app.executeAction('plain:nothing')).rejects.toMatchObject({
    status: 404,
    message: "Action 'nothing' not found for object 'plain'.",
  })
  await expect(app.executeAction('gone:nothing')).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' })
  await expect(app.executeAction('')).rejects.toMatchObject({ status: 404 })
  expect((await post('order_line/actions/nothing')).json.detail).toBe("Action 'nothing' not found for object 'order_line'.")
  expect(() => app.registerAction('plian', 'x', echo)).toThrow('Did you mean "plain"?')
  expect(() => app.registerAction('*', 'x', echo)).toThrow(TypeError)
  for (const name of ['', 'a:b', 'a/b', 'a b', '?', 7])
    expect(() => app.registerAction('plain', name as string, echo), String(name)).toThrow(TypeError)
  expect(() => app.registerAction('plain', 'x', 'echo' as never)).toThrow('needs a function')
  app.registerAction('mute', 'speak', () => 'x')
  expect((await post('mute/actions/speak')).status).toBe(404)
  expect(await app.executeAction('mute:speak')).toBe('x')
})

test('calls while actions come and go are answered by one or the other', async () => {
  const { app } = running
  const answers = await Promise.all(
    Array.from({ length: 60 }, async (_, index) => {
      if (index % 3 === 0) app.registerAction('plain', 'flip', () => index)
      if (index % 7 === 0) app.unregisterAction('plain', 'flip')
      return (await post('plain/actions/flip')).status
    }),
  )
  expect([...new Set(answers)].every((status) => status === 200 || status === 404)).toBe(true)
  // Registered last.
  app.registerAction('plain', 'flip', () => 'last')
  expect((await post('plain/actions/flip')).json).toBe('last')
})
