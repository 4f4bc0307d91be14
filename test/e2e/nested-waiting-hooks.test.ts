import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CompiledApp, compiledApp } from '../support/compiled-app.ts'
import { onDatabases } from '../support/on-databases.ts'
import { startedApp } from '../support/running-app.ts'

/** An object whose own hooks do not wait, written along with one whose hooks do and ask the database. */
const SCHEMAS = {
  'schemas/crate.object.yml': 'name: crate\nfields:\n  name: { type: text }\n  count: { type: number }\n',
  'schemas/crate.hook.ts':
    "export default { beforeCreate(ctx) { ctx.data.name = ctx.data.name + '!' }, afterUpdate(ctx) { if (ctx.data.name === 'bad') throw new Error('No.') } }\n",
  'schemas/bottle.object.yml':
    'name: bottle\nfields:\n  name: { type: text }\n  crate: { type: master_detail, reference_to: crate }\n  before: { type: number }\n',
  'schemas/bottle.hook.ts': `export default {
  async beforeCreate(ctx) { ctx.data.before = await ctx.api.object('bottle').count({}) },
  async afterCreate(ctx) { await ctx.api.object('crate').update(ctx.result.crate, { count: ctx.data.before + 1 }) },
}\n`,
}

interface Objects {
  readonly crate: {
    create(input: object): Promise<{ readonly id: string }>
    get(id: string): Promise<object | null>
  }
  readonly bottle: { count(query?: object): Promise<number> }
}

onDatabases('hooks that wait, below hooks that do not', ({ dialects, open }) => {
  let compiled: CompiledApp
  beforeAll(async () => {
    compiled = await compiledApp(SCHEMAS, dialects)
  }, 60_000)
  afterAll(() => compiled.remove())

  test('in and outside of a transaction', { timeout: 30_000 }, async () => {
    const { options, drop } = open('nested_waiting')
    const { app, close } = await startedApp(compiled.folder, options)
    const { crate, bottle } = app.objects as unknown as Objects
    try {
      const input = { name: 'a', bottles: { create: [{ name: 'x' }, { name: 'y' }] } }
      const first = await crate.create(input)
      expect(await crate.get(first.id)).toMatchObject({ name: 'a!', count: 2 })
      const second = await app.transaction(() => crate.create(input))
      expect(await crate.get(second.id)).toMatchObject({ name: 'a!', count: 4 })
      await expect(
        app.transaction(async () => {
          await crate.create(input)
          throw new Error('Not this time.')
        }),
      ).rejects.toThrow('Not this time.')
      expect(await bottle.count()).toBe(4)
      expect((await Promise.all([1, 2, 3].map(() => app.transaction(() => crate.create(input))))).length).toBe(3)
      expect(await bottle.count()).toBe(10)
    } finally {
      await close()
      drop()
    }
  })
})
