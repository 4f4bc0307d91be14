import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { canonicalJson, entryHash } from '../../plugins/audit/entry-hash.ts'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import { type CompiledProject, compiledProject } from '../support/compiled-project.ts'
import { countedStatements } from '../support/counted-statements.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'
import { allSources, type OpenSource } from '../support/sources.ts'

const FILES = (config: object): Readonly<Record<string, string>> => ({
  'objectql.config.json': JSON.stringify({ name: 'shop', dialects: ['sqlite', 'postgres', 'mysql'], plugins: { audit: config } }),
  'schemas/audit.plugin.ts': "export { default } from 'objectql/plugins/audit'\n",
  'schemas/customer.object.yml':
    'name: customer\nfields:\n  name: { type: text, required: true }\n  points: { type: number }\n  pin: { type: text }\n  api_token: { type: text }\n  notes: { type: textarea }\n',
  'schemas/visit.object.yml': 'name: visit\nfields:\n  place: { type: text }\n  customer: { type: lookup, reference: customer }\n',
  'schemas/letter.object.yml': 'name: letter\nenable: { trash: true }\nfields:\n  title: { type: text }\n',
  'schemas/draft.object.yml': 'name: draft\nfields:\n  title: { type: text }\n',
})

/** Entries and verifications, of whatever shape. */
// biome-ignore lint/suspicious/noExplicitAny: tests look at members of every shape.
type Row = Record<string, any>

let project: CompiledProject
let opened: { readonly running: RunningApp[]; readonly source: OpenSource } | undefined

beforeAll(async () => {
  project = await compiledProject(FILES({ exclude: ['draft'], mask: ['customer.pin'], max_value_length: 64 }))
  expect(project.diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([])
}, 60_000)

afterEach(async () => {
  for (const app of opened?.running ?? []) await app.close()
  await opened?.source.close()
  opened = undefined
})

afterAll(() => project?.remove())

const object = ({ app }: RunningApp, name: string): ObjectApi => app.objects[name] as ObjectApi
const entriesOf = async (running: RunningApp, where: object = {}) =>
  (await object(running, 'audit_entry').find({ where, orderBy: { sequence: 'asc' }, limit: 1000 })).items as readonly Row[]
const verify = async (running: RunningApp) =>
  (await object(running, 'audit_entry').execute('verify')) as { is_intact: boolean; chains: readonly Row[] }

async function open(source: { open(label: string): Promise<OpenSource> }, count = 1): Promise<RunningApp[]> {
  const at = await source.open('audit')
  opened = { running: [], source: at }
  for (let index = 0; index < count; index++) opened.running.push(await startedApp(project.output, { datasource: at.datasource }))
  return opened.running
}

const SOURCES = allSources().filter(({ name }) => ['SQLite in memory', 'PostgreSQL', 'MariaDB'].includes(name))

describe.each(SOURCES)('the audit trail on $name', (source) => {
  test.runIf(source.isThere)('restoring and purging are told too, in an intact chain', async () => {
    const [running] = (await open(source)) as [RunningApp]
    const letters = object(running, 'letter')
    await letters.createMany(['a', 'b', 'c'].map((id) => ({ id, title: id })))
    await letters.deleteMany({})
    await running.app.as({ id: 'u1' }, () => letters.restore('a'))
    await letters.restoreMany({ id: { $in: ['b', 'c'] } })
    await letters.delete('b')
    await running.app.as({ id: 'u2' }, () => letters.purge('b'))
    await letters.purge('c')
    await letters.delete('a')
    expect(await letters.purgeMany({})).toBe(1)
    // What is refused was never told.
    await expect(letters.restore('a')).rejects.toMatchObject({ status: 404 })
    const entries = (await entriesOf(running, { object: 'letter' })).slice(6)
    expect(entries.map(({ operation, record, actor }) => [operation, record, actor].join(' ').trim())).toEqual([
      'restore a u1',
      'restore b',
      'restore c',
      'delete b',
      'purge b u2',
      // It was not in the trash.
      'purge c',
      'delete c',
      'delete a',
      'purge a',
    ])
    expect(entries[0]?.['changes']).toEqual({ deleted_at: { from: expect.any(String) } })
    expect(entries[4]?.['changes']).toMatchObject({ title: { from: 'b' } })
    expect(await verify(running)).toMatchObject({ is_intact: true })
  })

  test.runIf(source.isThere)('says who did what, and what was before', async () => {
    const [running] = (await open(source)) as [RunningApp]
    const customers = object(running, 'customer')
    const { id } = await running.app.as({ id: 'u1', name: 'Ida' }, () =>
      customers.create({ name: 'Ann', points: 1, pin: '1234', api_token: 'geheim', notes: 'x'.repeat(70) }),
    )
    await running.app.as({ id: 'u2' }, () => customers.update(String(id), { points: { $inc: 4 }, pin: '99' }))
    await customers.update(String(id), { name: 'Ann' })
    await customers.delete(String(id))
    await object(running, 'draft').create({ title: 'nobody cares' })
    const entries = await entriesOf(running)
    expect(entries.map(({ operation, actor, actor_name, object: name, record }) => [operation, actor, actor_name, name, record])).toEqual([
      ['create', 'u1', 'Ida', 'customer', id],
      ['update', 'u2', null, 'customer', id],
      ['delete', null, null, 'customer', id],
    ])
    expect(entries[0]?.['changes']).toMatchObject({ name: { to: 'Ann' }, points: { to: 1 }, pin: { to: '***' }, api_token: { to: '***' } })
    expect(entries[0]?.['changes'].notes.to).toMatchObject({ length: 70 })
    expect(entries[1]?.['changes']).toEqual({ points: { from: 1, to: 5 }, pin: { from: '***', to: '***' } })
    expect(entries[2]?.['changes']).toMatchObject({ name: { from: 'Ann' }, points: { from: 5 } })
    expect(JSON.stringify(entries)).not.toMatch(/1234|geheim/)
    expect(await verify(running)).toMatchObject({ is_intact: true })
  })

  test.runIf(source.isThere)('is undone with the transaction it belongs to', async () => {
    const [running] = (await open(source)) as [RunningApp]
    await object(running, 'customer').create({ name: 'kept' })
    const failed = running.app.transaction(async () => {
      await object(running, 'customer').create({ name: 'lost' })
      throw new Error('no')
    })
    await expect(failed).rejects.toThrow('no')
    await object(running, 'customer').create({ name: 'kept too' })
    expect((await entriesOf(running)).map(({ sequence, changes }) => [sequence, changes.name.to])).toEqual([
      [1, 'kept'],
      [2, 'kept too'],
    ])
    expect(await verify(running)).toMatchObject({ is_intact: true })
  })

  test.runIf(source.isThere)('has no forks, however many write at once', { timeout: 120_000 }, async () => {
    const isShared = source.name !== 'SQLite in memory'
    const apps = await open(source, isShared ? 3 : 1)
    // Four lanes in each process: the fifth write of one waits for the first.
    const lane = async (app: RunningApp, count: number): Promise<void> => {
      for (let at = 0; at < count; at++)
        if (at % 5 === 0) await object(app, 'visit').create({ place: `${at}` })
        else await object(app, 'customer').create({ name: `${at}` })
    }
    await Promise.all(apps.flatMap((app) => Array.from({ length: 4 }, () => lane(app, 300 / apps.length / 4))))
    const verified = await verify(apps[0]!)
    expect(verified.chains.map(({ chain, checked, broken }) => [chain, checked, broken])).toEqual([
      ['customer', 240, undefined],
      ['letter', 0, undefined],
      ['visit', 60, undefined],
    ])
  })

  test.runIf(source.isThere)('finds every entry that was changed, deleted, doubled or moved', { timeout: 60_000 }, async () => {
    const [running] = (await open(source)) as [RunningApp]
    const customers = object(running, 'customer')
    const made = await customers.createMany(Array.from({ length: 6 }, (_, at) => ({ name: `c${at}` })))
    await customers.update(String(made[0]?.['id']), { name: 'other' })
    const entries = object(running, 'audit_entry')
    const [, , third, fourth] = await entriesOf(running)
    const broken = async () => (await verify(running)).chains.find(({ chain }) => chain === 'customer')?.broken
    const values: Record<string, unknown> = {
      at: '2020-01-01T00:00:00.000Z',
      actor: 'mallory',
      actor_name: 'M',
      operation: 'delete',
      object: 'visit',
      record: 'r',
      changes: { name: { to: 'forged' } },
      previous_hash: '1'.repeat(64),
      hash: '2'.repeat(64),
      sequence: 99,
    }
    for (const [field, value] of Object.entries(values)) {
      await entries.update(String(third?.['id']), { [field]: value })
      expect(await broken(), field).toMatchObject({ sequence: 3 })
      await entries.update(String(third?.['id']), { [field]: third?.[field] })
      expect(await broken(), field).toBeUndefined()
    }
    // Each of them gone: also the first and the last.
    for (const gone of await entriesOf(running)) {
      await entries.delete(String(gone['id']))
      expect(await broken()).toMatchObject({ sequence: gone['sequence'], reason: 'The entry is missing.' })
      const { created_at: _created, updated_at: _updated, ...again } = gone
      await entries.create(again)
      expect(await broken()).toBeUndefined()
    }
    // Two in another order.
    await entries.update(String(third?.['id']), { sequence: 1000 })
    await entries.update(String(fourth?.['id']), { sequence: 3 })
    await entries.update(String(third?.['id']), { sequence: 4 })
    expect(await broken()).toMatchObject({ sequence: 3, reason: 'The entry has another id.' })
  })

  test.runIf(source.isThere)('goes on from a checkpoint when old entries are deleted', async () => {
    const [running] = (await open(source)) as [RunningApp]
    const customers = object(running, 'customer')
    await customers.createMany(Array.from({ length: 5 }, (_, at) => ({ name: `c${at}` })))
    await new Promise((resolve) => setTimeout(resolve, 20))
    const prune = (days: number) => object(running, 'audit_entry').execute('prune', undefined, { days })
    expect(await prune(1)).toBe(0)
    expect(await prune(0)).toBe(5)
    await customers.create({ name: 'later' })
    const { is_intact, chains } = await verify(running)
    expect([is_intact, chains[0]!.checked, chains[0]!.sequence]).toEqual([true, 1, 6])
    const [last] = await entriesOf(running)
    await object(running, 'audit_entry').update(String(last?.['id']), { actor: 'mallory' })
    expect((await verify(running)).chains[0]!.broken).toMatchObject({ sequence: 6 })
  })
})

test('three processes write to one file of SQLite without a fork', { timeout: 120_000 }, async () => {
  const place = mkdtempSync(join(tmpdir(), 'objectql-audit-'))
  const datasource = `sqlite:${join(place, 'a.db')}`
  try {
    const first = await startedApp(project.output, { datasource })
    await first.close()
    const script = join(place, 'writer.ts')
    writeFileSync(
      script,
      `import { createApp } from ${JSON.stringify(join(project.output, 'index.ts'))}
const app = await createApp({ datasource: ${JSON.stringify(datasource)} })
for (let made = 0; made < 100; )
  try { await app.objects.customer.create({ name: String(made) }); made++ }
  catch (error) { if (error.status !== 503) throw error }
await app.close()
`,
    )
    await Promise.all([1, 2, 3].map(() => promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', script])))
    opened = { running: [await startedApp(project.output, { datasource })], source: { datasource, close: async () => undefined } }
    expect((await verify(opened.running[0]!)).chains[0]).toMatchObject({ chain: 'customer', is_intact: true, checked: 300 })
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
})

test('many records are told with few statements', async () => {
  const counted = countedStatements()
  const running = await startedApp(project.output, { datasource: counted.db })
  opened = { running: [running], source: { datasource: counted.db, close: async () => counted.db.close() } }
  const customers = object(running, 'customer')
  const told = async (work: () => Promise<unknown>): Promise<readonly string[]> =>
    (await counted.of(work)).filter((statement) => statement.includes('audit'))
  await customers.createMany([{ name: 'first' }])
  const few = await told(() => customers.createMany([{ name: 'a' }, { name: 'b' }]))
  expect(few.length).toBeLessThanOrEqual(8)
  // A large insert is sent in a few parts.
  const most = few.length + 8
  expect((await told(() => customers.createMany(Array.from({ length: 52 }, (_, at) => ({ name: `n${at}` }))))).length).toBeLessThan(most)
  expect((await told(() => customers.updateMany({}, { points: 1 }))).length).toBeLessThan(most)
  expect((await told(() => customers.deleteMany({}))).length).toBeLessThan(most)
  expect((await verify(running)).chains[0]).toMatchObject({ is_intact: true, checked: 3 * 55 })
})

test('an end that was noted elsewhere shows a chain that was written anew', async () => {
  const [running] = (await open(SOURCES[0]!)) as [RunningApp]
  await object(running, 'customer').createMany([{ name: 'a' }, { name: 'b' }])
  const { chains } = await verify(running)
  const { sequence, hash } = chains[0]!
  const answer = await running.request('/api/audit_entry/actions/verify', {
    method: 'POST',
    body: { chain: 'customer', known_sequence: sequence, known_hash: hash },
  })
  expect(answer.json.is_intact).toBe(true)
  const again = await running.request('/api/audit_entry/actions/verify', {
    method: 'POST',
    body: { chain: 'customer', known_sequence: 1, known_hash: hash },
  })
  expect(again.json.chains[0]!.broken).toMatchObject({ sequence: 1, reason: 'The entry is another than the one that was noted.' })
})

test('clients cannot write entries', async () => {
  const [running] = (await open(SOURCES[0]!)) as [RunningApp]
  await object(running, 'customer').create({ name: 'a' })
  const [entry] = await entriesOf(running)
  for (const [method, path] of [
    ['POST', ''],
    ['PATCH', `/${entry?.['id']}`],
    ['DELETE', `/${entry?.['id']}`],
  ] as const)
    expect((await running.request(`/api/audit_entry${path}`, { method, body: {} })).status, method).toBe(405)
})

test('hashes do not depend on the order of keys, and with a key on it too', () => {
  expect(canonicalJson({ b: [1, { d: 1, c: null }], a: 'ü' })).toBe('{"a":"ü","b":[1,{"c":null,"d":1}]}')
  const entry = {
    id: 'a',
    chain: 'a',
    sequence: 1,
    at: '',
    actor: null,
    actor_name: null,
    operation: 'create',
    object: 'a',
    record: 'r',
    changes: {},
    previous_hash: '',
  } as const
  expect(new Set([entryHash(entry, undefined), entryHash(entry, 'k'), entryHash(entry, 'l')]).size).toBe(3)
})
