import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import { type CompiledProject, compiledProject } from '../support/compiled-project.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'
import { allSources, type OpenSource } from '../support/sources.ts'

const FILES = (config: object): Readonly<Record<string, string>> => ({
  'objectql.config.json': JSON.stringify({ name: 'shop', dialects: ['sqlite', 'postgres', 'mysql'], plugins: { audit: config } }),
  'schemas/audit.plugin.ts': "export { default } from 'objectql/plugins/audit'\n",
  'schemas/customer.object.yml':
    'name: customer\nfields:\n  name: { type: text, required: true, unique: true }\n  points: { type: number }\n  settings: { type: json }\n',
  'schemas/parcel.object.yml': 'name: parcel\nfields:\n  place: { type: text }\n',
  // What the application's own hooks make of an answer is not what was stored.
  'schemas/parcel.hook.ts': `export const hides = {
  object: 'parcel', events: ['afterCreate', 'afterUpdate', 'afterDelete'],
  handler(ctx) {
    if (ctx.result) ctx.result = { ...ctx.result, place: 'hidden' }
    ctx.stopPropagation()
  },
}
`,
})

/** Entries and verifications, of whatever shape. */
// biome-ignore lint/suspicious/noExplicitAny: tests look at members of every shape.
type Row = Record<string, any>

let project: CompiledProject
let keyed: CompiledProject

beforeAll(async () => {
  process.env['OBJECTQL_TEST_AUDIT_KEY'] = 'a key of the test'
  project = await compiledProject(FILES({}))
  keyed = await compiledProject(FILES({ key_variable: 'OBJECTQL_TEST_AUDIT_KEY', roles: ['auditor'] }))
  for (const { diagnostics } of [project, keyed]) expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([])
}, 60_000)

afterAll(() => {
  for (const one of [project, keyed]) one?.remove()
  Reflect.deleteProperty(process.env, 'OBJECTQL_TEST_AUDIT_KEY')
})

interface Opened {
  readonly running: RunningApp
  readonly customers: ObjectApi
  readonly parcels: ObjectApi
  /** What entries say, in order. */
  told(where?: object): Promise<readonly Row[]>
  /** The first broken place of the chain of customers. */
  broken(input?: object): Promise<Row | undefined>
}

async function opened(
  source: { open(label: string): Promise<OpenSource> },
  { output }: CompiledProject,
  work: (app: Opened) => Promise<void>,
) {
  const at = await source.open('auditfaults')
  const running = await startedApp(output, { datasource: at.datasource })
  const object = (name: string) => running.app.objects[name] as ObjectApi
  const system = <Result>(read: () => Promise<Result>) => running.app.sudo(read)
  try {
    await work({
      running,
      customers: object('customer'),
      parcels: object('parcel'),
      told: async (where = {}) =>
        (await system(() => object('audit_entry').find({ where, orderBy: { sequence: 'asc' }, limit: 1000 } as never)))
          .items as readonly Row[],
      broken: async (input = {}) => {
        const verified = (await running.app.as({ id: 'a', roles: ['auditor'] }, () =>
          object('audit_entry').execute('verify', undefined, input),
        )) as Row
        const chain = verified['chains'].find(({ chain: name }: Row) => name === 'customer')
        expect(verified['is_intact']).toBe(verified['chains'].every(({ broken }: Row) => broken === undefined))
        return chain?.broken ?? (chain ? undefined : { reason: 'no chain' })
      },
    })
  } finally {
    await running.close()
    await at.close()
  }
}

const SOURCES = allSources().filter(({ name }) => ['SQLite in memory', 'PostgreSQL', 'MariaDB'].includes(name))

describe.each(SOURCES)('the audit trail on $name', (source) => {
  test.runIf(source.isThere)('tells what is written behind a write that failed, in the same transaction', () =>
    opened(source, project, async ({ running, customers, told, broken }) => {
      await customers.create({ id: 'a', name: 'a' })
      await running.app.transaction(async () => {
        await customers.create({ id: 'b', name: 'a' }).catch(() => undefined)
        await customers.create({ id: 'c', name: 'c' })
        await customers
          .createMany([
            { id: 'd', name: 'd' },
            { id: 'e', name: 'a' },
          ])
          .catch(() => undefined)
        await customers.updateMany({}, { name: 'same' }).catch(() => undefined)
        await customers.update('a', { points: 3 })
        await customers.createMany([
          { id: 'f', name: 'f' },
          { id: 'g', name: 'g' },
        ])
        await customers.deleteMany({ id: 'g' })
      })
      expect((await told()).map(({ operation, record }) => `${operation} ${record}`)).toEqual([
        ...['create a', 'create c', 'update a', 'create f', 'create g', 'delete g'],
      ])
      expect(await broken()).toBeUndefined()
    }),
  )

  test.runIf(source.isThere)('says what each write replaced, also when many change one record at once', { timeout: 60_000 }, () =>
    opened(source, project, async ({ customers, told, broken }) => {
      await customers.create({ id: 'a', name: 'a', points: 0 })
      await Promise.all(
        Array.from({ length: 30 }, (_, at) =>
          at % 3 === 0
            ? customers.updateMany({ id: 'a' }, { points: { $inc: 1 } })
            : at % 3 === 1
              ? customers.findOneAndUpdate({ id: 'a' }, { points: { $inc: 1 } })
              : customers.update('a', { points: { $inc: 1 } }),
        ),
      )
      await Promise.all([customers.update('a', { points: 100 }).catch(() => undefined), customers.delete('a')])
      const steps = (await told()).map(({ changes }) => [changes.points.from ?? null, changes.points.to ?? null])
      for (const [at, [from]] of steps.entries()) expect(from).toBe(at === 0 ? null : steps[at - 1]?.[1])
      expect(steps.length).toBeGreaterThanOrEqual(32)
      expect(steps.at(-1)?.[1]).toBeNull()
      expect(await broken()).toBeUndefined()
    }),
  )

  test.runIf(source.isThere)('tells what was stored, whatever hooks of the application make of it', () =>
    opened(source, project, async ({ parcels, told }) => {
      await parcels.createMany([
        { id: 'a', place: 'here' },
        { id: 'b', place: 'here' },
      ])
      expect(await parcels.update('a', { place: 'there' })).toMatchObject({ place: 'hidden' })
      await parcels.updateMany({}, { place: 'away' })
      await parcels.delete('a')
      expect((await told()).map(({ record, changes: { place } }) => `${record} ${place.from ?? '-'} ${place.to ?? '-'}`)).toEqual([
        ...['a - here', 'b - here', 'a here there', 'a there away', 'b here away', 'a away -'],
      ])
    }),
  )

  test.runIf(source.isThere)('masks secrets in documents, however deep', () =>
    opened(source, project, async ({ customers, told, broken }) => {
      await customers.create({
        id: 'a',
        name: 'a',
        settings: { theme: 'dark', mail: [{ user: 'u', password: 'geheim' }], api_key: { v: 'geheim' } },
      })
      await customers.update('a', { settings: { theme: 'dark', mail: [{ user: 'u', password: 'neu-geheim' }] } })
      const entries = await told()
      expect(JSON.stringify(entries)).not.toContain('geheim')
      expect(entries[0]?.['changes'].settings.to).toEqual({ theme: 'dark', mail: [{ user: 'u', password: '***' }], api_key: '***' })
      expect(entries).toHaveLength(2)
      expect(await broken()).toBeUndefined()
    }),
  )

  test.runIf(source.isThere)('finds ends that are gone, and entries behind the end', () =>
    opened(source, project, async ({ running, customers, told, broken }) => {
      await customers.createMany(Array.from({ length: 4 }, (_, at) => ({ name: `${at}` })))
      const chains = running.app.objects['audit_chain'] as ObjectApi
      const head = (await chains.get('customer')) as Row
      const [, second] = await told()
      await chains.update('customer', {
        sequence: 2,
        hash: second?.['hash'],
      })
      expect(await broken()).toMatchObject({ sequence: 4, reason: 'The entry is behind the end of the chain.' })
      await chains.delete('customer')
      expect(await broken()).toMatchObject({ reason: 'There is no such chain.' })
      const { created_at: _created, updated_at: _updated, ...again } = head
      await chains.create({ ...again, sequence: 0, hash: '0'.repeat(64) })
      expect(await broken()).toMatchObject({ sequence: 4, reason: 'The entry is behind the end of the chain.' })
      await chains.update('customer', { sequence: head['sequence'], hash: head['hash'] })
      expect(await broken()).toBeUndefined()
    }),
  )

  test.runIf(source.isThere)('with a key, finds a chain that begins later or ends elsewhere', () =>
    opened(source, keyed, async ({ running, customers, told, broken }) => {
      await customers.createMany(Array.from({ length: 6 }, (_, at) => ({ id: `c${at}`, name: `${at}` })))
      expect(await broken()).toBeUndefined()
      const { chains, entries } = {
        chains: running.app.objects['audit_chain'] as ObjectApi,
        entries: running.app.objects['audit_entry'] as ObjectApi,
      }
      const [, second, third] = await told()
      const { checkpoint_sequence, checkpoint_hash, sequence, hash } = (await running.app.sudo(() => chains.get('customer'))) as Row
      await chains.update('customer', { checkpoint_sequence: 2, checkpoint_hash: second?.['hash'] })
      expect(await broken()).toMatchObject({ reason: 'The ends of the chain were changed.' })
      await chains.update('customer', { checkpoint_sequence, checkpoint_hash, sequence: 3, hash: third?.['hash'] })
      expect(await broken()).toMatchObject({ reason: 'The ends of the chain were changed.' })
      await chains.update('customer', { sequence, hash })
      expect(await broken()).toBeUndefined()
      // What the application does itself holds.
      await new Promise((resolve) => setTimeout(resolve, 20))
      expect(await running.app.as({ id: 'a', roles: ['auditor'] }, () => entries.execute('prune', undefined, { days: 0 }))).toBe(6)
      expect(await broken()).toBeUndefined()
      await customers.update('c1', { name: 'later' })
      expect(await broken()).toBeUndefined()
      expect(await broken({ chain: 'customer', known_sequence: 6, known_hash: hash })).toBeUndefined()
      expect(await broken({ chain: 'customer', known_sequence: 6, known_hash: '1'.repeat(64) })).toMatchObject({ sequence: 6 })
    }),
  )
})

test('entries are read and verified by those who may', () =>
  opened(SOURCES[0] as (typeof SOURCES)[number], keyed, async ({ running, customers, told }) => {
    await customers.create({ id: 'a', name: 'a' })
    expect(await told()).toHaveLength(1)
    const entries = running.app.objects['audit_entry'] as ObjectApi
    const chains = running.app.objects['audit_chain'] as ObjectApi
    const reads: readonly (() => Promise<unknown>)[] = [
      () => entries.find(),
      () => entries.count(),
      () => entries.get('customer:000000000001'),
      () => entries.aggregate({ groupBy: ['object'], aggregate: { n: { count: 'id' } } } as never),
      () => entries.execute('verify'),
      () => chains.find(),
    ]
    for (const read of reads) {
      await expect(running.app.as({ id: 'u', roles: ['clerk'] }, read)).rejects.toMatchObject({ status: 403 })
      await running.app.as({ id: 'u', roles: ['auditor'] }, read)
    }
    expect((await running.request('/api/audit_entry')).status).toBe(403)
  }))

test('the script of the documentation verifies the chains, and fails where one is broken', { timeout: 60_000 }, async () => {
  const place = mkdtempSync(join(tmpdir(), 'objectql-audit-'))
  const datasource = `sqlite:${join(place, 'a.db')}`
  const readme = readFileSync(join(import.meta.dirname, '../../plugins/audit/README.md'), 'utf8')
  const script = /```ts\n\/\/ scripts\/verify-audit\.ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
  const path = join(project.output, '..', 'schemas', 'verify-audit.ts')
  writeFileSync(path, script)
  const verified = () =>
    promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', path], {
      env: { ...process.env, DATABASE_URL: datasource },
    }).then(
      ({ stdout }) => ({ code: 0, stdout }),
      ({ code, stdout }: { readonly code: number; readonly stdout: string }) => ({ code, stdout }),
    )
  try {
    const running = await startedApp(project.output, { datasource })
    await (running.app.objects['customer'] as ObjectApi).create({ name: 'a' })
    await running.close()
    expect(await verified()).toMatchObject({ code: 0, stdout: expect.stringContaining('customer') })
    const again = await startedApp(project.output, { datasource })
    await (again.app.objects['audit_entry'] as ObjectApi).update('customer:000000000001', { actor: 'mallory' })
    await again.close()
    expect(await verified()).toMatchObject({ code: 1, stdout: expect.stringContaining('The entry was changed.') })
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
})
