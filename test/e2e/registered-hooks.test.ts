import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import { type CompiledProject, compiledProject } from '../support/compiled-project.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'

let project: CompiledProject
let running: RunningApp
const calls: string[] = []

beforeAll(async () => {
  project = await compiledProject({
    'schemas/task.object.yml': 'name: task\nfields:\n  title: { type: text }\n  note: { type: text }\n',
    'schemas/big_project.object.yml': 'name: big_project\nfields:\n  title: { type: text }\n  tasks: { type: text }\n',
    'schemas/plain.object.yml': 'name: plain\nfields:\n  title: { type: text }\n',
    'schemas/task.hook.ts': `
      export const first = { name: 'first', object: 'task', events: ['beforeCreate'], handler: (ctx: any) => { ctx.state.calls = ['file'] } }
      export const named = { name: 'named', object: 'task', events: ['beforeUpdate'], condition: 'ISCHANGED(title)', handler: 'stamp_note' }
    `,
  })
})

afterAll(() => project?.remove())

beforeEach(async () => {
  running = await startedApp(project.output, { onError: (error) => void calls.push(String((error as Error).message)) })
  calls.length = 0
  return () => running.close()
})

const object = (name: string): ObjectApi => running.app.objects[name] as ObjectApi
const tell = (text: string) => (ctx: { readonly event: string; readonly object: string }) =>
  void calls.push(`${text} ${ctx.object}.${ctx.event}`)

test('a handler that is a name is told, and called once it is registered', async () => {
  expect(project.diagnostics.map(({ code, severity }) => `${severity} ${code}`)).toEqual(['info behaviour/unknown-handler'])
  const { id } = await object('task').create({ title: 'a' })
  await expect(object('task').update(String(id), { title: 'b' })).rejects.toMatchObject({ status: 500 })
  expect(calls).toEqual([`A hook calls "stamp_note", which nobody registered: app.registerHandler('stamp_note', handler).`])
  expect(await object('task').get(String(id))).toMatchObject({ title: 'a' })
  running.app.registerHandler('stamp_note', async (ctx) => {
    ctx.data['note'] = `was ${ctx.previous?.['title']}`
  })
  expect(await object('task').update(String(id), { title: 'b' })).toMatchObject({ title: 'b', note: 'was a' })
})

test('registered hooks run behind those of the schemas, by priority, then in order of registration', async () => {
  const { app } = running
  await object('task').create({ title: 'before' })
  app.on('beforeInsert', 'task', (ctx) => void (ctx.state['calls'] as string[]).push('b'))
  app.on('before_create', 'Task', (ctx) => void (ctx.state['calls'] as string[]).push('c'), { priority: 100 })
  app.registerHook('beforeCreate', (ctx) => void (ctx.state['calls'] as string[]).push('a'), { object: ['task'], priority: 5 })
  app.on('afterCreate', 'task', (ctx) => void calls.push(...(ctx.state['calls'] as string[])))
  await object('task').create({ title: 'x' })
  expect(calls).toEqual(['file', 'a', 'b', 'c'])
})

test('those that say so run before the hooks of the schemas, by priority', async () => {
  const { app } = running
  const at = (name: string) => (ctx: { readonly state: object }) => void calls.push(`${name} ${'calls' in ctx.state ? 'behind' : 'before'}`)
  app.on('beforeCreate', 'task', at('last'))
  app.on('beforeCreate', 'task', at('second'), { isFirst: true })
  app.on('beforeCreate', 'task', at('first'), { isFirst: true, priority: 5 })
  await object('task').create({ title: 'x' })
  expect(calls).toEqual(['first before', 'second before', 'last behind'])
})

test('records of one call know how many they are', async () => {
  const { app } = running
  const sizes: unknown[] = []
  for (const event of ['afterCreate', 'afterUpdate', 'afterDelete']) app.on(event, 'plain', ({ call }) => void sizes.push(call))
  await object('plain').createMany([{ title: 'a' }, { title: 'b' }])
  await object('plain').updateMany({}, { title: 'c' })
  await object('plain').deleteMany({})
  expect(sizes).toEqual(Array.from({ length: 6 }, () => ({ size: 2 })))
  expect(new Set(sizes).size).toBe(3)
  await object('plain').create({ title: 'd' })
  expect(sizes.at(-1)).toBeUndefined()
})

test('objects without hooks get a store with hooks when somebody registers one, and lose it with the last', async () => {
  const { app, core } = running
  const plain = await core.store('plain')
  expect(plain.plan.behaviour).toBeUndefined()
  const off = app.on('beforeCreate', 'plain', (ctx) => {
    ctx.data['title'] = String(ctx.data['title']).trim()
    if (ctx.data['title'] === '') throw new Error('A title is needed.')
  })
  expect(await object('plain').create({ title: ' x ' })).toMatchObject({ title: 'x' })
  await expect(object('plain').create({ title: '  ' })).rejects.toMatchObject({ status: 422, message: 'A title is needed.' })
  const answer = await running.request('/api/plain', { method: 'POST', body: { title: ' over the wire ' } })
  expect([answer.status, answer.json.title]).toEqual([201, 'over the wire'])
  expect((await object('plain').createMany([{ title: ' a ' }, { title: 'b ' }])).map(({ title }) => title)).toEqual(['a', 'b'])
  off()
  expect(await object('plain').create({ title: ' y ' })).toMatchObject({ title: ' y ' })
  expect((await core.store('plain')).plan.behaviour).toBeUndefined()
})

test('hooks on all objects, taken away by handler, by function and by package', async () => {
  const { app } = running
  const everywhere = tell('all')
  app.on('afterCreate', '*', everywhere, 'audit')
  app.on('afterFind', 'big-project', tell('found'), { packageId: 'audit' })
  await object('plain').create({ title: 'a' })
  await object('big_project').create({ title: 'a' })
  await object('big_project').find()
  expect(calls).toEqual(['all plain.afterCreate', 'all big_project.afterCreate', 'found big_project.afterFind'])
  expect([app.off('afterCreate', '*', everywhere), app.off('afterCreate', '*', everywhere)]).toEqual([true, false])
  expect([app.unregisterHooks('audit'), app.unregisterHooks('audit')]).toEqual([1, 0])
  calls.length = 0
  await object('plain').create({ title: 'a' })
  await object('big_project').find()
  expect(calls).toEqual([])
})

test('what an after-hook throws undoes the write; after the commit it is reported', async () => {
  const { app, core } = running
  app.on('afterCreate', 'plain', (ctx) => {
    if (ctx.data['title'] === 'no') throw new Error('no')
  })
  app.on('afterCommit', 'plain', () => {
    throw new Error('too late')
  })
  await expect(object('plain').create({ title: 'no' })).rejects.toMatchObject({ status: 422 })
  await object('plain').create({ title: 'yes' })
  await (await core.behaviours()).queue.drained()
  expect((await object('plain').find()).items.map(({ title }) => title)).toEqual(['yes'])
  expect(calls).toEqual(['too late'])
})

test('names of events and objects are checked', () => {
  const { app } = running
  expect(() => app.on('beforeCrate', 'plain', () => undefined)).toThrow(
    'There is no hook event "beforeCrate". Did you mean "beforeCreate"?',
  )
  expect(() => app.on('beforeCreate', 'plian', () => undefined)).toThrow('There is no object "plian". Did you mean "plain"?')
  expect(() => app.on('beforeCreate', 'plain', undefined as never)).toThrow(TypeError)
})
