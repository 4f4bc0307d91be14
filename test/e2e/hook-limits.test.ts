import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { StatementSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { RawRecord } from '../../runtime-lite/object/object-plan.ts'
import { type CompiledProject, compiledProject } from '../support/compiled-project.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'

declare global {
  /** What the hooks of the generated modules wait for, and tell. */
  var gate: Promise<void> | undefined
  var told: string[]
}

let project: CompiledProject

beforeAll(async () => {
  project = await compiledProject({
    'schemas/item.object.yml': 'name: item\nfields:\n  title: { type: text }\n  note: { type: text }\n',
    'schemas/item.hook.ts': `
      export function beforeUpdate(ctx: any) { ctx.data.note = 'was ' + ctx.previous.title }
      export function beforeDelete(ctx: any) { if (ctx.previous.title === 'kept') throw new Error('It is kept.') }
      export function beforeCreate(ctx: any) { ctx.data.note = 'new' }
    `,
    'schemas/job.object.yml': 'name: job\nfields:\n  title: { type: text }\n',
    'schemas/job.hook.ts': `
      import { writeFileSync } from 'node:fs'
      declare global { var gate: Promise<void> | undefined; var told: string[] }
      export const detached = { object: 'job', events: ['afterCreate'], async: true, handler: async (ctx: any) => {
        await globalThis.gate
        globalThis.told?.push(ctx.data.title)
        if (process.env.HOOK_FILE) {
          await new Promise((resolve) => setTimeout(resolve, 400))
          writeFileSync(process.env.HOOK_FILE, ctx.data.title)
        }
      } }
    `,
    'schemas/slow.object.yml': 'name: slow\nfields:\n  title: { type: text }\n',
    'schemas/slow.hook.ts': `
      export const never = { object: 'slow', events: ['beforeCreate'], timeout: 50, retryPolicy: { maxRetries: 2, backoffMs: 100 },
        handler: () => new Promise(() => undefined) }
    `,
  })
  expect(project.diagnostics).toEqual([])
})

afterAll(() => project?.remove())

async function withApp(options: Parameters<typeof startedApp>[1], work: (running: RunningApp) => Promise<void>): Promise<void> {
  const running = await startedApp(project.output, options)
  try {
    await work(running)
  } finally {
    await running.close()
  }
}

/** Statements that read records of an object, while something is done. */
async function readsOf(object: string, work: () => Promise<unknown>): Promise<number> {
  const { get, all } = StatementSync.prototype
  let reads = 0
  const counted = <Result>(plain: (...values: never[]) => Result) =>
    function (this: StatementSync, ...values: never[]): Result {
      if (new RegExp(`^select[^]*from "${object}"`).test(this.sourceSQL)) reads++
      return plain.apply(this, values)
    }
  const spies = [
    vi.spyOn(StatementSync.prototype, 'get').mockImplementation(counted(get) as typeof get),
    vi.spyOn(StatementSync.prototype, 'all').mockImplementation(counted(all) as typeof all),
  ]
  try {
    await work()
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
  return reads
}

test('operations on many records read them together, however many there are', async () => {
  await withApp({}, async ({ app }) => {
    const item = app.objects['item']!
    const readsFor = async (count: number): Promise<readonly number[]> => {
      const records = Array.from({ length: count }, (_, index): RawRecord => ({ title: `t${index}` }))
      const creating = await readsOf('item', () => item.createMany(records))
      const updating = await readsOf('item', () => item.updateMany({}, { title: 'changed' }))
      expect(new Set((await item.find({ limit: 100 })).items.map(({ note }) => note)).size).toBe(count)
      return [creating, updating, await readsOf('item', () => item.deleteMany({}))]
    }
    await readsFor(1)
    // The ids that match, then the records. Of fewer than four new ones, each is read behind its insert.
    expect([await readsFor(3), await readsFor(80)]).toEqual([
      [3, 2, 2],
      [0, 2, 2],
    ])
  })
})

test('one record that a hook refuses keeps all of them', async () => {
  await withApp({}, async ({ app }) => {
    const item = app.objects['item']!
    await item.createMany([{ title: 'a' }, { title: 'kept' }, { title: 'b' }])
    await expect(item.deleteMany({})).rejects.toMatchObject({ status: 422, message: 'It is kept.' })
    expect(await item.count()).toBe(3)
  })
})

test('a hook that takes too long is tried again, with growing pauses, and then given up', async () => {
  const pauses: number[] = []
  const clock = {
    after(milliseconds: number, call: () => void) {
      pauses.push(milliseconds)
      queueMicrotask(call)
      return () => undefined
    },
  }
  await withApp({ hooks: { clock } }, async ({ app }) => {
    await expect(app.objects['slow']!.create({ title: 'a' })).rejects.toMatchObject({ status: 503, code: 'TIMEOUT' })
    expect(pauses).toEqual([50, 100, 50, 200, 50])
    expect(await app.objects['slow']!.count()).toBe(0)
  })
})

test('what nobody waits for runs a few at a time; what finds no place any more is reported, and closing waits for the rest', async () => {
  globalThis.told = []
  let open = (): void => undefined
  globalThis.gate = new Promise((resolve) => {
    open = resolve
  })
  const reported: string[] = []
  const running = await startedApp(project.output, {
    hooks: { concurrency: 1, maxWaiting: 2 },
    onError: (error) => void reported.push((error as Error).message),
  })
  for (const title of ['a', 'b', 'c', 'd']) await running.app.objects['job']!.create({ title })
  expect([globalThis.told, reported]).toEqual([[], ['The hook "detached" was not run: too many wait already.']])
  const closed = running.close()
  open()
  await closed
  expect(globalThis.told).toEqual(['a', 'b', 'c'])
  globalThis.gate = undefined
})

test('SIGTERM: a server ends when the hooks are done that nobody waits for', async () => {
  const file = join(project.folder, 'told.txt')
  const child = spawn(process.execPath, [join(project.output, 'server', 'node.ts')], {
    cwd: project.folder,
    env: { ...process.env, PORT: '0', DATABASE_URL: join(project.folder, 'app.db'), NODE_NO_WARNINGS: '1', HOOK_FILE: file },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  try {
    let output = ''
    const port = await new Promise<number>((resolve, reject) => {
      child.stderr.on('data', (text: Buffer) => {
        output += text
        const found = /http:\/\/127\.0\.0\.1:(\d+)/.exec(output)
        if (found) resolve(Number(found[1]))
      })
      child.on('exit', () => reject(new Error(output)))
    })
    const exited = new Promise<number | null>((resolve) => child.on('exit', resolve))
    const body = JSON.stringify({ title: 'late' })
    const answer = await fetch(`http://127.0.0.1:${port}/api/job`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    expect([answer.status, existsSync(file)]).toEqual([201, false])
    child.kill('SIGTERM')
    expect(await exited).toBe(0)
    expect(readFileSync(file, 'utf8')).toBe('late')
  } finally {
    child.kill('SIGKILL')
  }
}, 30_000)
