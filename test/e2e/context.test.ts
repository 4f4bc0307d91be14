import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compile } from '../../compiler/index.ts'
import type { RawRecord } from '../../runtime-lite/object/object-plan.ts'
import { ObjectQLError } from '../../runtime-lite/problem/problem.ts'
import { answerOf, type RunningApp, startedApp } from '../support/running-app.ts'
import { allSources, type OpenSource } from '../support/sources.ts'

const SCHEMAS = {
  'person.object.yml': 'name: person\nfields:\n  name: { type: text }\n',
  'note.object.yml': `name: note
enable: { trackHistory: true }
fields:
  text: { type: text }
  owner: { type: lookup, reference_to: person, defaultValue: current_user }
  asked_for: { type: text, required: true, defaultValue: $current_user.id }
  created_by: { type: lookup, reference_to: person }
  updated_by: { type: text }
  space_id: { type: text }
  lines: { type: text }
actions:
  whoami: { type: global, params: { as: { type: text, required: true, defaultValue: $current_user.id } } }
`,
  'line.object.yml': `name: line
fields:
  note: { type: master_detail, reference_to: note }
  by: { type: lookup, reference_to: person, defaultValue: current_user }
`,
  'note.hook.ts': `export default {
  beforeCreate(ctx) { ctx.data.lines = [ctx.user?.name, ctx.session?.tenantId, ctx.userId, ctx.roles.join('+'), String(ctx.isSystem), ctx.locale].join('|') },
  async afterCreate(ctx) { if (ctx.data.text === 'sudo') await ctx.sudo().object('note').update(ctx.id, { updated_by: 'the system' }) },
}
`,
  'note.action.ts':
    'export const whoami = { handler: (ctx) => ({ user: ctx.user?.id, session: ctx.session?.userId, as: ctx.params.as, system: ctx.isSystem }) }\n',
}

const USERS: Readonly<
  Record<string, { readonly id: string; readonly name: string; readonly spaceId?: string; readonly roles?: string[] }>
> = {
  ann: { id: 'ann', name: 'Ann', spaceId: 'north', roles: ['admin', 'sales'] },
  bob: { id: 'bob', name: 'Bob' },
}

let folder: string

beforeAll(async () => {
  mkdirSync(join(import.meta.dirname, '..', '..', 'tmp'), { recursive: true })
  folder = mkdtempSync(join(import.meta.dirname, '..', '..', 'tmp', 'context-'))
  mkdirSync(join(folder, 'schemas'))
  for (const [name, text] of Object.entries(SCHEMAS)) writeFileSync(join(folder, 'schemas', name), text)
  writeFileSync(
    join(folder, 'objectql.config.json'),
    '{"name":"notes","input":["schemas"],"output":"generated","dialects":["sqlite","postgres","mysql"]}',
  )
  const { isOk, diagnostics } = await compile({ cwd: folder })
  expect({ isOk, errors: diagnostics.filter(({ severity }) => severity === 'error') }).toEqual({ isOk: true, errors: [] })
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.for(allSources())('who asks, on $name', ({ isThere, open }) => {
  let source: OpenSource
  let running: RunningApp
  const seen: string[] = []
  const it = test.skipIf(!isThere)

  beforeAll(async () => {
    if (!isThere) return
    source = await open('context')
    running = await startedApp(join(folder, 'generated'), {
      datasource: source.datasource,
      onError: () => undefined,
      authenticate(request) {
        seen.push(`${request.method} ${request.path} ${request.headers['x-user']} ${request.header('X-User')}`)
        const name = request.header('x-user')
        if (name === undefined) return undefined
        if (name === 'broken') throw new Error('the directory does not answer')
        if (name === 'empty') return { id: '' }
        const user = USERS[name]
        if (!user) throw new ObjectQLError(401, 'UNAUTHENTICATED', 'Nobody has this name.')
        return name === 'bob' ? Promise.resolve(user) : user
      },
    })
    await object('person').createMany([{ id: 'ann' }, { id: 'bob' }])
  }, 60_000)
  afterAll(async () => {
    if (!isThere) return
    await running.app.close()
    await source.close()
  })

  const object = (name: string) => running.app.objects[name] as NonNullable<RunningApp['app']['objects'][string]>
  const call = async (user: string | undefined, path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST') => {
    const headers = { 'content-type': 'application/json', 'accept-language': 'de-CH, en;q=0.5', ...(user ? { 'x-user': user } : {}) }
    const request = new Request(`http://notes${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
    return answerOf(await running.fetch(request))
  }
  const as = <Result>(id: string, work: () => Result): Result => running.app.as(USERS[id], work)

  it('fills in defaults and stamps, whatever clients say about who they are', async () => {
    const made = await call('ann', '/api/note', { text: 'one', created_by: 'bob', updated_by: 'bob', space_id: 'south' })
    expect(made.json).toMatchObject({ owner: 'ann', asked_for: 'ann', created_by: 'ann', updated_by: 'ann', space_id: 'north' })
    expect(made.json.lines).toBe('Ann|north|ann|admin+sales|false|de-CH')
    const changed = await call('bob', `/api/note/${made.json.id}`, { text: 'two', updated_by: 'ann' }, 'PATCH')
    expect(changed.json).toMatchObject({ owner: 'ann', created_by: 'ann', updated_by: 'bob' })
    const given = await call('bob', '/api/note', { owner: 'ann', asked_for: 'me' })
    expect(given.json).toMatchObject({ owner: 'ann', asked_for: 'me', created_by: 'bob', space_id: null })
    const nothing = await call('ann', `/api/note/${made.json.id}`, {}, 'PATCH')
    expect(nothing.json).toMatchObject({ updated_by: 'bob' })
  })

  it('knows in histories who changed a record', async () => {
    const { json } = await call('ann', '/api/note', { text: 'kept' })
    await call('bob', `/api/note/${json.id}`, { text: 'changed' }, 'PATCH')
    expect((await call('ann', `/api/note/${json.id}/history`)).json.items[0]).toMatchObject({ field: expect.any(String), by: 'bob' })
  })

  it('is nobody where nothing says who: then fields are like others, and those that need a user are missed', async () => {
    const refused = await call(undefined, '/api/note', { text: 'nobody' })
    expect([refused.status, refused.json.errors[0].pointer]).toEqual([422, '/asked_for'])
    const anonymous = await call(undefined, '/api/note', { asked_for: 'x', created_by: 'ann' })
    expect(anonymous.json).toMatchObject({ owner: null, created_by: null, updated_by: null })
    // Outside of any context, the application says what it wants.
    expect(await object('note').create({ asked_for: 'x', created_by: 'ann' })).toMatchObject({ created_by: 'ann', owner: null })
  })

  it('holds for everything a request does: many records, related ones, hooks and actions', async () => {
    const many = await call('ann', '/api/note', [{ text: 'a' }, { text: 'b' }, { text: 'c' }, { text: 'd' }, { text: 'e' }])
    expect(many.json.items.map(({ created_by }: RawRecord) => created_by)).toEqual(['ann', 'ann', 'ann', 'ann', 'ann'])
    const nested = await call('bob', '/api/line', { note: { create: { text: 'n' } } })
    expect(nested.json).toMatchObject({ by: 'bob' })
    expect(await object('note').get(nested.json.note)).toMatchObject({ created_by: 'bob', asked_for: 'bob' })
    const system = await as('ann', () => object('note').create({ text: 'sudo' }))
    expect(await object('note').get(String(system['id']))).toMatchObject({ created_by: 'ann', updated_by: 'the system' })
    const action = await call('bob', '/api/note/actions/whoami', {})
    expect(action.json).toEqual({ user: 'bob', session: 'bob', as: 'bob', system: false })
    expect((await call(undefined, '/api/note/actions/whoami', {})).status).toBe(422)
  })

  it('does not mix those who ask at the same time', async () => {
    const names = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? 'ann' : 'bob'))
    const made = await Promise.all(
      names.map((name, index) =>
        index % 4 < 2
          ? call(name, '/api/note', { text: name }).then(({ json }) => json)
          : as(name, () => object('note').create({ text: name })),
      ),
    )
    expect(made.map(({ created_by }) => created_by)).toEqual(names)
  })

  it('refuses what authenticate refuses, and tells no more than that', async () => {
    const wrong = await call('mallory', '/api/note')
    expect([wrong.status, wrong.json.code, wrong.headers.get('www-authenticate')]).toEqual([401, 'UNAUTHENTICATED', 'Bearer'])
    const broken = await call('broken', '/api/note')
    expect([broken.status, broken.text.includes('directory')]).toEqual([500, false])
    expect((await call('empty', '/api/note')).status).toBe(500)
  })

  it('asks for data and metadata, not for health, documentation and which methods there are', async () => {
    seen.length = 0
    for (const path of ['/livez', '/readyz', '/openapi.json']) expect((await call('mallory', path)).status).toBe(200)
    expect((await call('mallory', '/api/note', undefined, 'OPTIONS')).status).toBe(204)
    expect(seen).toEqual([])
    expect((await call('mallory', '/api/metadata')).status).toBe(401)
    expect((await call('mallory', '/api/note?limit=1')).status).toBe(401)
    expect(seen).toEqual(['GET /api/metadata mallory mallory', 'GET /api/note mallory mallory'])
  })

  it('takes no user without an id', () => {
    expect(() => running.app.as({ id: '' }, () => 1)).toThrow(TypeError)
    expect(() => running.app.as(7 as never, () => 1)).toThrow(TypeError)
  })
})

test('applications that do not authenticate ask nobody', async () => {
  const running = await startedApp(join(folder, 'generated'))
  try {
    expect(running.core.authenticator).toBeUndefined()
    const made = await answerOf(
      await running.fetch(
        new Request('http://notes/api/note', {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-user': 'ann' },
          body: '{"asked_for":"x"}',
        }),
      ),
    )
    expect(made.json).toMatchObject({ created_by: null, owner: null, lines: '||||false|' })
  } finally {
    await running.close()
  }
})
