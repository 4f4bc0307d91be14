import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StatementSync } from 'node:sqlite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type CompiledFolder, compiledFolder } from '../support/compiled-folder.ts'
import { type Answer, type RunningApp, startedApp } from '../support/running-app.ts'

const SCHEMAS: Readonly<Record<string, string>> = {
  'deal.object.yml': `
name: deal
fields:
  name: { type: text }
  code: { type: text }
  stage: { type: select, options: [draft, open, done], defaultValue: draft }
validation:
  rules:
    - { name: flow, type: state_machine, field: stage, transitions: { draft: [open], open: [done, draft], done: [] }, message: Not so fast. }
`,
  'deal.hook.ts': `
export function beforeCreate(ctx) {
  if (typeof ctx.data.name === 'string') ctx.data.name = ctx.data.name.trim()
}
export const shout = {
  name: 'shout',
  object: 'deal',
  events: ['beforeCreate'],
  handler(ctx) {
    if (typeof ctx.data.code === 'string') ctx.data.code = ctx.data.code.toUpperCase()
  },
}
export function afterUpdate(ctx) {
  if (ctx.data.code === 'boom') throw new Error('The hook refuses.')
  if (ctx.data.code === 'greet') ctx.result.name = 'Hello ' + ctx.result.name
}
`,
}

let folder: CompiledFolder
beforeAll(async () => {
  folder = await compiledFolder(SCHEMAS, { isLenient: true })
}, 60_000)
afterAll(() => folder.remove())

describe('writes with hooks on SQLite', () => {
  const home = mkdtempSync(join(tmpdir(), 'embedded-'))
  const path = join(home, 'app.db')
  let running: RunningApp
  /** Verb and table of each statement that ran. */
  let said: string[]
  /** Records that were read as JSON before the commit. */
  let parsed: string[]

  beforeAll(async () => {
    running = await startedApp(folder.generated, { datasource: path })
  }, 60_000)
  beforeEach(async () => {
    await running.app.transaction(async () => undefined)
    said = []
    parsed = []
    for (const name of ['get', 'all', 'run'] as const) {
      const original = StatementSync.prototype[name] as (...values: unknown[]) => never
      vi.spyOn(StatementSync.prototype, name).mockImplementation(function (this: StatementSync, ...values: unknown[]) {
        const [, verb, rest] = /^(\w+)(?: into| .* from)?(?: "?(\w+)"?)?/s.exec(this.sourceSQL) ?? []
        said.push(`${verb} ${rest ?? ''}`.trim())
        return original.apply(this, values)
      } as never)
    }
    const parse = JSON.parse
    vi.spyOn(JSON, 'parse').mockImplementation((text, reviver) => {
      if (running.core.embedded?.db.isTransaction && text.includes('"created_at"')) parsed.push(text)
      return parse(text, reviver)
    })
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })
  afterAll(async () => {
    await running.close()
    rmSync(home, { recursive: true, force: true })
  })

  const create = (id: string, more: object = {}): Promise<Answer> =>
    running.request('/api/deal', { method: 'POST', body: { id, name: ` ${id} `, code: id, ...more } })
  const update = (id: string, body: object): Promise<Answer> => running.request(`/api/deal/${id}`, { method: 'PATCH', body })
  const stage = async (id: string): Promise<unknown> => (await running.request(`/api/deal/${id}`)).json.stage

  test('share one commit, each with a statement of its own and one that reads what was written', async () => {
    const ids = ['a', 'b', 'c', 'd']
    const created = await Promise.all(ids.map((id) => create(id)))
    expect(created.map(({ json }) => [json.name, json.code])).toEqual(ids.map((id) => [id, id.toUpperCase()]))
    expect(said).toEqual(['begin immediate', ...ids.flatMap(() => ['insert deal', 'select deal']), 'commit'])
    said = []
    const updated = await Promise.all(ids.map((id) => update(id, { stage: 'open' })))
    expect(updated.map(({ status, json }) => [status, json.stage])).toEqual(ids.map(() => [200, 'open']))
    expect(said).toEqual([
      'begin immediate',
      ...ids.flatMap(() => ['savepoint request', 'update deal', 'select deal', 'release request']),
      'commit',
    ])
    // No hook looked at the records, so what the database printed went out as it was.
    expect(parsed).toEqual([])
  })

  test('what a hook or a rule refuses undoes itself, and nothing else of the turn', async () => {
    await Promise.all(['e', 'f', 'g', 'h'].map((id) => create(id)))
    said = []
    const answers = await Promise.all([
      update('e', { stage: 'open' }),
      update('f', { stage: 'open', code: 'boom' }),
      update('g', { stage: 'done' }),
      update('h', { stage: 'open' }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 422, 422, 200])
    expect(answers[1]?.json.detail).toBe('The hook refuses.')
    expect(answers[2]?.json.errors).toMatchObject([{ pointer: '/stage', code: 'flow' }])
    expect(said.filter((statement) => /^(begin|commit|rollback)/.test(statement))).toEqual([
      'begin immediate',
      'rollback to',
      'rollback to',
      'commit',
    ])
    expect(await Promise.all(['e', 'f', 'g', 'h'].map(stage))).toEqual(['open', 'draft', 'draft', 'open'])
  })

  test('a hook that looks at what is answered may change it', async () => {
    await create('i')
    expect((await update('i', { code: 'greet' })).json).toMatchObject({ id: 'i', name: 'Hello i', code: 'greet' })
    expect(parsed).toHaveLength(1)
    expect((await running.request('/api/deal/i')).json.name).toBe('i')
  })

  test('copy the log to the file again and again', async () => {
    const { db } = running.core.embedded as NonNullable<typeof running.core.embedded>
    expect(db.prepare('pragma wal_autocheckpoint').get()).toEqual({ wal_autocheckpoint: 4000 })
    db.exec('pragma wal_checkpoint(truncate); pragma wal_autocheckpoint = 10')
    for (let index = 0; index < 40; index++) await update('a', { name: `Again ${index}` })
    // A page takes 4 KB, and each of these writes at least one.
    expect(statSync(`${path}-wal`).size).toBeLessThan(20 * 4_200)
  })
})
