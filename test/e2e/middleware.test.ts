import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runExplainPipeline } from '../../compiler/cli/commands/explain-pipeline.ts'
import { compile } from '../../compiler/index.ts'
import { errorHandling, logging, performance, RestReply } from '../../compiler/plugin-sdk/index.ts'
import type { DataMiddleware, Middleware } from '../../runtime-lite/middleware/middleware.ts'
import { ObjectQLError } from '../../runtime-lite/problem/problem.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'

mkdirSync(join(import.meta.dirname, '../../tmp'), { recursive: true })
const folder = mkdtempSync(join(import.meta.dirname, '../../tmp/middleware-'))

const NOTE = `const note = (call: string) => (globalThis as unknown as { __around: string[] }).__around.push(call)\n`

const FILES: Readonly<Record<string, string>> = {
  'objectql.config.json': '{ "name": "around", "dialects": ["sqlite"] }',
  'schemas/note.object.yml': 'name: note\nfields:\n  title: { type: text }\n  mark: { type: text }\n',
  'schemas/log.object.yml': 'name: log\nfields:\n  line: { type: text, unique: true }\n',
  'schemas/plain.object.yml': 'name: plain\nfields:\n  title: { type: text }\n',
  'schemas/note.hook.ts': `${NOTE}export function beforeCreate(ctx: any) { note('hook before ' + ctx.data.title) }
export function afterCreate(ctx: any) { note('hook after') }
`,
  'schemas/note.action.ts': `export const shout = {
  object: 'note', name: 'shout', type: 'global', params: { word: { type: 'text' } },
  handler: ({ input }: any) => input.word.toUpperCase(),
}
`,
  // Proven not to wait: the writes of its object stay in the turn.
  'schemas/a.plugin.ts': `${NOTE}export default {
  name: 'a',
  version: '1.0.0',
  middleware: [
    { name: 'first', on: ['create', 'update'], objects: 'log', execute(ctx: any, next: any) { ctx.data.line = ctx.data.line + '!'; return next() } },
    { name: 'within', on: 'create', objects: ['note'], phase: 'inner', async execute(ctx: any, next: any) { note('within'); const result = await next(); note('within again'); return result } },
  ],
}
`,
  'schemas/b.plugin.ts': `${NOTE}export default {
  name: 'b',
  version: '1.0.0',
  dependencies: ['a'],
  middleware: [
    {
      name: 'marks',
      objects: ['note'],
      async execute(ctx: any, next: any) {
        note('marks ' + ctx.method)
        if (ctx.data.title === 'own') return { id: 'own', title: 'made up' }
        if (ctx.data.title === 'twice') { await next(); return next() }
        if (ctx.data.title === 'nothing') { await next(); return undefined }
        if (ctx.data.title === 'swallow') {
          await ctx.api.create('log', { line: 'before' })
          try { ctx.data.unknown_field = 1; return await next() } catch { return { id: 'swallowed', title: 'saved' } }
        }
        const result = await next()
        if (ctx.method === 'find') return result.map((one: any) => ({ ...one, mark: 'seen' }))
        if (ctx.method === 'count') return result + 100
        if (ctx.method === 'action') return result + '!'
        if (ctx.method === 'get') return result === null ? { id: ctx.id, title: 'not there' } : result
        return result
      },
    },
    { name: 'outermost', on: 'create', objects: 'note', phase: 'outer', async execute(ctx: any, next: any) { note('outermost'); return next() } },
    {
      name: 'limit',
      on: 'rest',
      async execute(ctx: any, next: any) {
        const reply = await next()
        reply.headers.set('x-seen', ctx.method + ' ' + ctx.path + ' ' + reply.status)
        return reply
      },
    },
  ],
}
`,
}

/** Needs the plugin `b`, so it comes behind it, whatever it is called. */
const ORDERED: Readonly<Record<string, string>> = {
  'schemas/aa.plugin.ts': `export default { name: 'aa', version: '1.0.0', dependencies: ['b'],
  hooks: [{ name: 'late', object: 'log', events: ['beforeDelete'], handler() {} }] }
`,
  'schemas/b.plugin.ts': FILES['schemas/b.plugin.ts']!.replace(
    'middleware: [',
    "hooks: [{ name: 'soon', object: 'log', events: ['beforeDelete'], handler() {} }],\n  middleware: [",
  ),
}

const calls: string[] = []
let running: RunningApp

beforeAll(async () => {
  Object.assign(globalThis, { __around: calls })
  for (const [path, text] of Object.entries({ ...FILES, ...ORDERED })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const { diagnostics, isOk } = await compile({ cwd: folder })
  expect({ isOk, told: diagnostics.map(({ code, message }) => `${code} ${message}`) }).toEqual({ isOk: true, told: [] })
  running = await startedApp(join(folder, 'generated'), { onError: () => undefined })
})

afterAll(async () => {
  await running?.close()
  rmSync(folder, { recursive: true, force: true })
  Reflect.deleteProperty(globalThis, '__around')
})

/** What the command line prints. */
async function run(...args: readonly string[]): Promise<string> {
  const said: string[] = []
  const terminal = { cwd: folder, out: (text: string) => void said.push(text), err: (text: string) => void said.push(text) }
  await runExplainPipeline({ json: args.includes('--json') } as never, terminal as never, args[2])
  return said.join('')
}

const generated = (path: string): string => readFileSync(join(folder, 'generated', path), 'utf8')
const api = (name: string) => running.app.objects[name]!

describe('middleware of plugins', () => {
  test('is printed as nested calls, around its objects and operations alone', () => {
    const text = generated('hooks/note.ts')
    expect(text).toContain(`function aroundCreate(context: HookContext, next: () => unknown): unknown {
  return outermost(context, () =>
    marks(context, async () => {
      context.enter(2, 'marks')
      return within(context, next)
    }),
  )
}`)
    expect(text).toContain('waits: true,')
    expect(generated('hooks/log.ts')).not.toMatch(/waits|recovers|readsWait|find:/)
    expect(generated('plans/plain.ts')).not.toContain('behaviour')
  })

  test('and hooks of one priority stand in the order their plugins start', () => {
    const text = generated('hooks/log.ts')
    expect(text.indexOf('- soon (priority 100, b,')).toBeGreaterThan(0)
    expect(text.indexOf('- late (priority 100, aa,')).toBeGreaterThan(text.indexOf('- soon (priority 100, b,'))
  })

  test('stands before the hooks in what `explain pipeline` tells', async () => {
    const said = await run('explain', 'pipeline', 'note.create')
    expect(said).toMatch(
      /^around create \(waits\)\n {2}1\. outermost \(plugin b, outer, [^)]+\)\n {2}2\. marks [^\n]+\n {2}3\. within [^\n]+\n\nbeforeCreate\n/,
    )
    const [around, before] = (await run('explain', 'pipeline', 'note.create', '--json')).split('\n')
    expect(JSON.parse(around!)).toMatchObject({
      ...{ schemaVersion: 1, phase: 'around', operations: ['create'], waits: true },
      steps: [{ name: 'outermost', plugin: 'b', place: 'outer' }, { name: 'marks' }, { name: 'within', plugin: 'a', place: 'inner' }],
    })
    expect(JSON.parse(before!)).toMatchObject({ phase: 'beforeCreate' })
  })

  test('runs outside of hooks, in the order of plugins', async () => {
    calls.length = 0
    expect(await api('note').create({ title: 'one' })).toMatchObject({ title: 'one' })
    expect(calls).toEqual(['outermost', 'marks create', 'within', 'hook before one', 'hook after', 'within again'])
  })

  test('keeps what is proven not to wait in the turn', async () => {
    expect(await api('log').create({ line: 'x' })).toMatchObject({ line: 'x!' })
    expect(await running.core.store('log')).toMatchObject({ plan: { behaviour: expect.not.objectContaining({ waits: true }) } })
  })

  test('sees each record of many, and all or none are written', async () => {
    calls.length = 0
    expect(await api('note').createMany([{ title: 'a' }, { title: 'b' }])).toHaveLength(2)
    expect(calls.filter((call) => call.startsWith('marks'))).toHaveLength(2)
    await expect(api('note').createMany([{ title: 'c' }, { title: 'twice' }])).rejects.toMatchObject({ status: 500 })
    expect((await api('note').find({ where: { title: 'c' } })).items).toEqual([])
  })

  test('answers by itself', async () => {
    expect(await api('note').create({ title: 'own' })).toEqual({ id: 'own', title: 'made up' })
    expect((await api('note').find({ where: { title: 'made up' } })).items).toEqual([])
  })

  test('replaces results of reads and actions', async () => {
    expect((await api('note').find({ where: { title: 'one' } })).items).toMatchObject([{ mark: 'seen' }])
    expect(await api('note').count({ where: { title: 'one' } })).toBe(101)
    expect(await api('note').get('nobody')).toEqual({ id: 'nobody', title: 'not there' })
    expect(await api('note').execute('shout', null, { word: 'hey' })).toBe('HEY!')
  })

  test('is told when it calls next twice, or forgets the answer; nothing is kept', async () => {
    const before = await api('note').count()
    for (const title of ['twice', 'nothing']) await expect(api('note').create({ title })).rejects.toMatchObject({ status: 500 })
    expect(await api('note').count()).toBe(before)
  })

  test('that goes on after an error keeps what it did, and nothing of the operation', async () => {
    expect(await api('note').create({ title: 'swallow' })).toEqual({ id: 'swallowed', title: 'saved' })
    expect((await api('log').find({ where: { line: 'before!' } })).items).toHaveLength(1)
    expect((await api('note').find({ where: { title: 'swallow' } })).items).toEqual([])
  })

  test('of REST sees replies, errors among them', async () => {
    const reply = await running.fetch(new Request('http://x/api/nobody?a=1'))
    expect([reply.status, reply.headers.get('x-seen')]).toEqual([404, 'GET /api/nobody 404'])
    expect(reply.headers.get('content-type')).toBe('application/problem+json')
  })
})

describe('app.use', () => {
  const using = async (middleware: Middleware, work: () => Promise<void>): Promise<void> => {
    const undo = running.app.use(middleware)
    try {
      await work()
    } finally {
      undo()
      undo()
    }
  }

  test('goes inside of what is compiled, and is taken away again', async () => {
    calls.length = 0
    const execute: DataMiddleware['execute'] = async (_context, next) => {
      calls.push('used')
      return next()
    }
    await using({ name: 'used', on: 'create', objects: 'note', execute }, async () => {
      await api('note').create({ title: 'used' })
    })
    await using({ name: 'used', on: 'create', phase: 'outer', execute }, async () => {
      await api('note').create({ title: 'used' })
    })
    await api('note').create({ title: 'after' })
    expect(calls.filter((call) => !call.startsWith('hook') && call !== 'within again')).toEqual([
      ...['outermost', 'marks create', 'within', 'used'],
      ...['used', 'outermost', 'marks create', 'within'],
      ...['outermost', 'marks create', 'within'],
    ])
  })

  test('refuses what is no middleware, with the name that was meant', () => {
    const execute = (): undefined => undefined
    expect(() => running.app.use({ name: 'x' } as never)).toThrow('The middleware "x" has no function "execute".')
    expect(() => running.app.use({ name: '', execute })).toThrow('A middleware has a name.')
    expect(() => running.app.use({ name: 'x', on: 'creat' as never, execute })).toThrow('Did you mean "create"?')
    expect(() => running.app.use({ name: 'x', objects: 'nota', execute })).toThrow('Did you mean "note"?')
    expect(() => running.app.use({ name: 'x', phase: 'middle' as never, execute })).toThrow('"outer", "inner"')
  })

  test('of REST answers by itself, and errors become problem documents', async () => {
    const call = async (): Promise<readonly unknown[]> => {
      const reply = await running.fetch(new Request('http://x/api/plain'))
      return [reply.status, reply.headers.get('retry-after'), reply.headers.get('x-seen'), await reply.json()]
    }
    await using(
      {
        name: 'limit',
        on: 'rest',
        execute() {
          throw new ObjectQLError(429, 'RATE_LIMIT_EXCEEDED', 'Slow down.', undefined, ['retry-after', '9'])
        },
      },
      async () => expect(await call()).toMatchObject([429, '9', 'GET /api/plain 429', { status: 429, code: 'RATE_LIMIT_EXCEEDED' }]),
    )
    await using({ name: 'own', on: 'rest', execute: () => RestReply.json(202, { ok: true }) }, async () =>
      expect(await call()).toEqual([202, null, 'GET /api/plain 202', { ok: true }]),
    )
    await using({ name: 'none', on: 'rest', execute: () => undefined as never }, async () => expect((await call())[0]).toBe(500))
    await using({ name: 'bad', on: 'rest', execute: () => new RestReply(99) }, async () => expect((await call())[0]).toBe(500))
    const twice: Middleware = { name: 'twice', on: 'rest', execute: (_context, next) => next().then(next) }
    await using(twice, async () => expect((await call())[0]).toBe(500))
    expect(await call()).toMatchObject([200, null, 'GET /api/plain 200', { items: [] }])
  })
})

describe('what comes along', () => {
  test('logging tells slow and failed operations', async () => {
    const told: string[] = []
    const write = (level: string) => (message: string, details?: object) => void told.push(`${level} ${message} ${JSON.stringify(details)}`)
    let time = 0
    const logger = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
    const undo = running.app.use(logging({ logger, slowMs: 50, now: () => (time += 30), objects: 'plain' }))
    await api('plain').create({ id: 'p1', title: 'a' })
    await expect(api('plain').create({ id: 'p1', title: 'a' })).rejects.toMatchObject({ status: 409 })
    undo()
    expect(told[0]).toMatch(/^debug plain\.create \{"object":"plain","operation":"create","id":"p1"/)
    expect(told[1]).toMatch(/^info plain\.create failed\. .*"status":409/)
  })

  test('errorHandling gives other errors', async () => {
    const undo = running.app.use(
      errorHandling({ objects: 'plain', map: (error) => ((error as ObjectQLError).status === 409 ? new Error('Taken.') : undefined) }),
    )
    await expect(api('plain').create({ id: 'p1' })).rejects.toMatchObject({ status: 422, message: 'Taken.' })
    await expect(api('plain').update('nobody', { title: 'x' })).rejects.toMatchObject({ status: 404 })
    undo()
  })

  test('performance counts, and keeps no more than it says', async () => {
    let time = 0
    const timed: number[] = []
    const measure = performance({ samples: 4, objects: 'plain', now: () => time, record: ({ ms }) => void timed.push(ms) })
    const undo = running.app.use(measure)
    const slow = running.app.use({
      name: 'slow',
      objects: 'plain',
      async execute(_context, next) {
        time += timed.length + 1
        return next()
      },
    })
    for (let count = 0; count < 10; count++) await api('plain').get('p1')
    await expect(api('plain').delete('nobody')).rejects.toMatchObject({ status: 404 })
    undo()
    slow()
    expect(timed).toHaveLength(11)
    expect(measure.statistics()).toEqual([
      { object: 'plain', operation: 'delete', count: 1, failed: 1, total: 11, max: 11, p50: 11, p95: 11, p99: 11 },
      { object: 'plain', operation: 'get', count: 10, failed: 0, total: 55, max: 10, p50: 8, p95: 10, p99: 10 },
    ])
    measure.reset()
    expect(measure.statistics()).toEqual([])
  })
})
