import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asMiddleware } from '../../compiler/plugin-sdk/index.ts'
import { expectProblem, PluginTestHarness, type StartedHarness } from '../../compiler/plugin-testing/index.ts'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import type { PluginContext } from '../../runtime-lite/kernel/plugin.ts'
import type { DataMiddleware } from '../../runtime-lite/middleware/middleware.ts'
import { onDatabases } from '../support/on-databases.ts'

const tmp = join(import.meta.dirname, '../../tmp')
mkdirSync(tmp, { recursive: true })
const cwd = mkdtempSync(join(tmp, 'middleware-databases-'))
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

const calls: string[] = []

/** Around notes: writes to another object first, so that it shows what is undone. */
const around: DataMiddleware = {
  name: 'around',
  objects: 'note',
  async execute(ctx, next) {
    calls.push(`in ${ctx.method}`)
    if (ctx.method === 'create') await ctx.api.object('entry').create({ line: `before ${String(ctx.data['title'])}` })
    if (ctx.data['title'] === 'caught') {
      try {
        return await next()
      } catch {
        return { id: 'caught', title: 'made up' }
      }
    }
    const result = await next()
    if (ctx.data['title'] === 'late') throw new Error('Too late.')
    calls.push(`out ${ctx.method}`)
    return result
  },
}

/** `context.use`: there as long as the plugin runs. */
const guest = {
  name: 'guest',
  version: '1.0.0',
  start: (context: PluginContext) =>
    void context.use({
      name: 'guest',
      on: 'create',
      objects: 'entry',
      execute(_context, next) {
        calls.push('guest')
        return next()
      },
    }),
}

onDatabases('middleware', ({ open }) => {
  let harness: StartedHarness
  let drop: () => void
  const api = (name: string): ObjectApi => harness.app.objects[name] as ObjectApi
  const lines = async (): Promise<readonly unknown[]> =>
    (await api('entry').find({ orderBy: [{ field: 'line', direction: 'asc' }] } as never)).items.map(({ line }) => line)

  beforeAll(async () => {
    const database = open('middleware')
    drop = database.drop
    harness = await new PluginTestHarness()
      .withCwd(cwd)
      .withDriver(database.options.datasource ?? ':memory:')
      .withPlugin({ name: 'around', version: '1.0.0', middleware: [around] })
      .withPlugin(guest)
      .withObject({ name: 'note', fields: { title: { type: 'text', unique: true } } })
      .withObject({ name: 'entry', fields: { line: { type: 'text' } } })
      .start()
  }, 60_000)
  afterAll(async () => {
    await harness?.stop()
    drop?.()
  })

  test('goes around each operation, and what it throws undoes what it wrote', async () => {
    calls.length = 0
    const { id } = await api('note').create({ title: 'a' })
    await api('note').update(String(id), { title: 'b' })
    await api('note').get(String(id))
    expect(calls).toEqual(['in create', 'guest', 'out create', 'in update', 'out update', 'in get', 'out get'])
    await expect(api('note').create({ title: 'late' })).rejects.toThrow('Too late.')
    await expectProblem(() => api('note').create({ title: 'b' }), { status: 409 })
    expect(await lines()).toEqual(['before a'])
    expect(await api('note').count()).toBe(1)
  })

  test('that catches an error goes on in the same transaction', async () => {
    await api('note').create({ id: 'taken', title: 'first' })
    await expect(api('note').create({ id: 'taken', title: 'caught' })).resolves.toMatchObject({ title: 'made up' })
    expect(await lines()).toContain('before caught')
    expect(await api('note').get('taken')).toMatchObject({ title: 'first' })
  })

  test('of a hook runs on both sides of the write, and is taken away again', async () => {
    const seen: unknown[] = []
    const undo = harness.app.use(
      asMiddleware({
        name: 'both',
        events: ['beforeCreate', 'afterCreate', 'beforeDelete'],
        object: 'entry',
        handler(context) {
          seen.push([context.event, context.data?.['line']])
          if (context.event === 'beforeCreate') context.data['line'] = `${String(context.data['line'])}!`
          else if (context.event === 'afterCreate') context.result = { ...(context.result as object), told: true }
        },
      }),
    )
    const made = await api('entry').create({ line: 'x' })
    expect(made).toMatchObject({ line: 'x!', told: true })
    await api('entry').update(String(made['id']), { line: 'y' })
    await api('entry').delete(String(made['id']))
    expect(seen.map((one) => (one as unknown[])[0])).toEqual(['beforeCreate', 'afterCreate', 'beforeDelete'])
    undo()
    await api('entry').create({ line: 'z' })
    expect(seen).toHaveLength(3)
    expect(() => asMiddleware({ name: 'no', events: 'beforeFind', handler: () => undefined })).toThrow(TypeError)
  })

  test('of context.use ends with its plugin', async () => {
    calls.length = 0
    await api('entry').create({ line: '1' })
    expect(calls).toEqual(['guest'])
    await harness.app.kernel?.restart('guest')
    await api('entry').create({ line: '2' })
    expect(calls).toEqual(['guest', 'guest'])
    await harness.app.kernel?.stop()
    await api('entry').create({ line: '3' })
    expect(calls).toEqual(['guest', 'guest'])
  })
})
