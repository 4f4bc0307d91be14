import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compile } from '../../compiler/index.ts'
import type { App } from '../../runtime-lite/app/app.ts'
import type { AppOptions } from '../../runtime-lite/app/app-options.ts'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'

const folder = mkdtempSync(join(import.meta.dirname, '../../tmp/plugin-sdk-'))
const heard: string[] = []

const FILES: Readonly<Record<string, string>> = {
  'objectql.config.json': '{ "name": "shop", "input": ["schemas"], "plugins": { "loyalty": { "factor": 3 } } }',
  'schemas/customer.object.yml': 'name: customer\nfields:\n  name: { type: text, required: true }\n',
  'schemas/loyalty.plugin.ts': `import { event, getField, invalid, listObjects, PluginBuilder } from 'objectql/plugin-sdk'

interface Records {
  customer: { id: string; name: string; points: number | null }
  reward: { id: string; label: string | null }
}

const heard = (globalThis as unknown as { __heard: string[] }).__heard

export default new PluginBuilder<Records>()
  .name('loyalty')
  .version('1.4.0')
  .provides('points')
  .configSchema<{ factor: number }>({ type: 'object', properties: { factor: { type: 'integer', default: 1 } } })
  .object('reward', { fields: { label: { type: 'text' } } })
  .extend('customer', { points: { type: 'number', defaultValue: 0 } })
  .hook('beforeCreate', 'customer', ({ data }) => {
    if (data.name === 'Nobody') throw invalid('name', 'Nobody is nobody.')
  })
  .hook('beforeUpdate', 'customer', ({ data, previous }) => {
    if ((data.points ?? 0) < (previous.points ?? 0)) throw new Error('Points are not taken back.')
  })
  .action('customer', 'award', {
    params: { points: { type: 'number', required: true } },
    handler: ({ api, id, input }: { api: import('objectql/spec').TypedApi<Records>; id?: string; input: { points: number } }) =>
      api.update('customer', String(id), { points: input.points }),
  })
  .service('points', ({ config }) => (paid: number) => paid * config.factor)
  .event('loyalty.joined', event<{ readonly customer: string }>('Somebody joined.'))
  .on('loyalty.joined', ({ payload }) => {
    heard.push(\`joined \${payload.customer}\`)
  })
  .on('record.created.customer', ({ payload }, { services, events }) => {
    events.emit('loyalty.joined', { customer: String(payload.record.name) })
    heard.push(\`\${payload.record.name} \${services.get<(paid: number) => number>('points')(5)}\`)
  })
  .start(({ metadata }) => {
    heard.push(\`\${getField(metadata, 'customer', 'points')?.type} \${listObjects(metadata).map(({ name }) => name).join()}\`)
  })
  .build()
`,
}

let app: App<{ readonly [object: string]: ObjectApi }>

beforeAll(async () => {
  Object.assign(globalThis, { __heard: heard })
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
})

afterAll(async () => {
  await app?.close()
  rmSync(folder, { recursive: true, force: true })
  Reflect.deleteProperty(globalThis, '__heard')
})

describe('a plugin that was put together', () => {
  test('compiles like one that was written down', async () => {
    const { isOk, diagnostics } = await compile({ cwd: folder })
    expect({ isOk, said: diagnostics.map(({ code, message }) => `${code} ${message}`) }).toEqual({ isOk: true, said: [] })
  })

  test('brings its objects, fields, hooks, actions, services and listeners along', async () => {
    const { createApp } = (await import(/* @vite-ignore */ join(folder, 'generated/index.ts'))) as {
      createApp(options: AppOptions): Promise<typeof app>
    }
    app = await createApp({ datasource: ':memory:' })
    expect(heard).toEqual(['number customer,reward'])
    const customers = app.objects['customer'] as ObjectApi
    const made = await customers.create({ name: 'Ida' })
    expect(made['points']).toBe(0)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(heard.at(-1)).toBe('Ida 15')
    await expect(customers.create({ name: 'Nobody' })).rejects.toMatchObject({
      status: 422,
      errors: [{ pointer: '/name', message: 'Nobody is nobody.' }],
    })
    expect(await customers.execute('award', String(made['id']), { points: 7 })).toMatchObject({ points: 7 })
    await expect(customers.update(String(made['id']), { points: 1 })).rejects.toMatchObject({
      status: 422,
      message: 'Points are not taken back.',
    })
    await (app.objects['reward'] as ObjectApi).create({ label: 'A buoy' })
    expect(heard).toContain('joined Ida')
    expect((await app.metadata()).list('event')).toMatchObject([
      { type: 'event', name: 'loyalty.joined', description: 'Somebody joined.', package: 'loyalty' },
    ])
  })

  test('stops listening when it stops', async () => {
    const before = heard.length
    await app.kernel?.stop()
    await (app.objects['customer'] as ObjectApi).create({ name: 'Late' })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(heard).toHaveLength(before)
  })
})
