import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CompiledProject, compiledProject } from '../support/compiled-project.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'

/** Everything around functions that rules ask: where they come from, and what else runs in the same write. */
const FILES = {
  'objectql.config.json': '{ "name": "made", "dialects": ["sqlite"] }',
  'tsconfig.json': '{ "compilerOptions": { "paths": { "@app/*": ["./src/*"] } } }',
  'src/words.ts': 'export enum Bad { Word = "darn" }',
  'src/log.ts': 'export const log: string[] = []',
  'schemas/deal.object.yml': `
name: deal
fields:
  name: { type: text }
  size: { type: number }
  notes: { type: text }
validation:
  rules:
    - { name: named, type: custom, handler: registered_name, fields: [name], message: "{{name}} is taken." }
    - { name: plugged, type: custom, handler: of_plugin, apply_when: { field: size, operator: ">", value: 10 }, message: Too large. }
`,
  'schemas/deal.hook.ts': `import { log } from '../src/log.ts'
export function beforeCreate(ctx) { ctx.data.name = String(ctx.data.name).trim() }
export async function afterCreate(ctx) { log.push('after ' + ctx.result.name) }`,
  'schemas/line.object.yml': `
name: line
enable: { trash: true }
fields:
  text: { type: text }
  deal: { type: master_detail, reference_to: deal }
validation:
  rules:
    - { name: polite, type: custom, handler: polite, message: Mind your words. }
    - { name: kept, type: custom, handler: kept, trigger: [delete], message: It stays. }
`,
  // A module that Node does not load by itself.
  'schemas/line.validator.ts': `import { Bad } from '@app/words'
export const polite = async ({ record, api }) => {
  if (record.text === 'round') await api.create('line', { text: 'round', deal: record.deal })
  if (record.text === 'counts') return \`there are \${await api.count('line')}\`
  return !String(record.text).includes(Bad.Word)
}
export function kept({ record, previous }) { return record.text !== 'stays' && previous.text !== 'stays' }`,
  'schemas/checks.plugin.ts': `import { PluginBuilder } from 'objectql/plugin-sdk'
export default new PluginBuilder()
  .name('checks')
  .version('1.0.0')
  .validator('of_plugin', async ({ record, api }) => (await api.count('deal')) < 100 && record['size'] !== 11)
  .build()`,
}

let project: CompiledProject
let running: RunningApp
const reported: string[] = []
const log = async (): Promise<readonly string[]> => ((await import(join(project.folder, 'src', 'log.ts'))) as { log: string[] }).log

beforeAll(async () => {
  project = await compiledProject(FILES)
  expect([project.isOk, project.diagnostics.map(({ code }) => code)]).toEqual([
    true,
    ['rule/registered-validator', 'rule/registered-validator'],
  ])
  running = await startedApp(project.output, { onError: (error) => void reported.push(error instanceof Error ? error.message : '') })
}, 60_000)
afterAll(async () => {
  await running.close()
  project.remove()
})

const create = async (object: string, record: object): Promise<readonly [status: number, said: string]> => {
  const { status, json } = await running.request(`/api/${object}`, { method: 'POST', body: record })
  return [status, json.detail ?? json.name ?? json.text]
}

test('a name that nobody registered lets nothing pass', async () => {
  expect(await create('deal', { name: 'A' })).toEqual([500, expect.any(String)])
  expect(reported.splice(0)).toEqual([
    `A rule asks "registered_name", which nobody registered: app.registerValidator('registered_name', validator).`,
  ])
  const off = running.app.registerValidator('registered_name', ({ record }) => record['name'] !== 'taken')
  expect(await create('deal', { id: 'a', name: ' A ' })).toEqual([201, 'A'])
  expect(await create('deal', { name: 'taken' })).toEqual([422, 'taken is taken.'])
  off()
  expect((await create('deal', { name: 'B' }))[0]).toBe(500)
  // The rule is not about it.
  expect((await running.request('/api/deal/a', { method: 'PATCH', body: { notes: 'x' } })).status).toBe(200)
  running.app.registerValidator('registered_name', () => true)
  expect(reported.splice(0)).toHaveLength(1)
  expect(() => running.app.registerValidator('x', 1 as never)).toThrow(TypeError)
  expect(() => running.app.registerValidator('', () => true)).toThrow(TypeError)
})

test('plugins bring functions', async () => {
  expect(await create('deal', { name: 'small', size: 11 })).toEqual([422, 'Too large.'])
  expect(await create('deal', { name: 'large', size: 12 })).toEqual([201, 'large'])
})

test('modules that Node would not load are copied, and called from there', async () => {
  expect(await create('line', { text: 'oh darn', deal: 'a' })).toEqual([422, 'Mind your words.'])
  expect(await create('line', { text: 'fine', deal: 'a' })).toEqual([201, 'fine'])
})

test('what is written along is asked about in the transaction that is open', async () => {
  const lines = (...texts: readonly string[]) => ({ lines: { create: texts.map((text) => ({ text })) } })
  const { deal, line } = running.app.objects
  await running.app.transaction(async () => {
    await line?.create({ text: 'seen', deal: 'a' })
    await expect(deal?.create({ name: 'N', ...lines('counts') })).rejects.toThrow('there are 2')
    await deal?.create({ id: 'n', name: 'N', ...lines('one', 'two') })
  })
  expect(await line?.count({ where: { deal: 'n' } })).toBe(2)
  // The object itself has hooks, of which one waits.
  expect(await log()).not.toContain('after x')
  expect(await create('deal', { name: 'x', ...lines('darn') })).toEqual([422, 'Mind your words.'])
  expect(await create('deal', { name: 'y', ...lines('good') })).toEqual([201, 'y'])
  expect(await log()).toContain('after y')
})

test('functions that go around in a circle are stopped', async () => {
  expect((await create('line', { text: 'round', deal: 'a' }))[0]).toBe(500)
  expect(reported.splice(0)[0]).toMatch(/^Hooks are nested more than 10 deep: line → line/)
  expect(await running.app.objects['line']?.count({ where: { text: 'round' } })).toBe(0)
})

test('records are asked about before they go to the trash', async () => {
  const { line } = running.app.objects
  await line?.create({ id: 's', text: 'stays', deal: 'a' })
  await line?.create({ id: 'g', text: 'goes', deal: 'a' })
  await expect(line?.delete('s')).rejects.toThrow('It stays.')
  await expect(line?.deleteMany({ id: { $in: ['s', 'g'] } })).rejects.toThrow('It stays.')
  expect(await line?.count({ where: { id: { $in: ['s', 'g'] } } })).toBe(2)
  await line?.delete('g')
  expect(await line?.count({ where: { id: 'g' } })).toBe(0)
  await line?.restore('g')
  expect(await line?.count({ where: { id: 'g' } })).toBe(1)
})

test('a function in the middle of a schema is no name of one', async () => {
  const rule = "{ name: 'a', type: 'custom', handler: () => true, message: 'No.' }"
  const { isOk, diagnostics, remove } = await compiledProject({
    'schemas/deal.object.ts': `export const deal = { name: 'deal', fields: { name: { type: 'text' } }, validations: [${rule}] }`,
  })
  remove()
  const errors = diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message)
  expect([isOk, errors]).toEqual([false, ['"handler" must be the name of a function in a *.validator.ts, not a function.']])
})
