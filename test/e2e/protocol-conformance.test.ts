import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import {
  PluginTestHarness,
  type ProtocolAdapter,
  type ProtocolRecord,
  protocolConformance,
  protocolObject,
  servedProtocolConformance,
} from '../../compiler/plugin-testing/index.ts'
import { ObjectQLError } from '../../runtime-lite/index.ts'
import { onDatabases } from '../support/on-databases.ts'
import { restAdapter } from '../support/rest-adapter.ts'

const tmp = join(import.meta.dirname, '../../tmp')
mkdirSync(tmp, { recursive: true })
const cwd = mkdtempSync(join(tmp, 'protocol-conformance-'))
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

onDatabases('REST', ({ open }) => {
  const { options, drop } = open('protocol')
  afterAll(drop)
  const checks = protocolConformance(restAdapter, {
    has: ['versions', 'actions'],
    prepare: (harness) => harness.withCwd(cwd).withDriver(options.datasource ?? ':memory:'),
  })
  for (const { name, run } of checks) test(name, { timeout: 90_000 }, run)
})

describe('REST on better-sqlite3', async () => {
  const name = 'better-sqlite3'
  const { default: Database } = await import(name)
  const opened: { close(): void }[] = []
  afterAll(() => opened.forEach((database) => void database.close()))
  const checks = protocolConformance(restAdapter, {
    has: ['versions', 'actions'],
    prepare(harness) {
      const database = new Database(':memory:')
      opened.push(database)
      harness.withCwd(cwd).withDriver(database)
    },
  })
  for (const { name, run } of checks) test(name, { timeout: 90_000 }, run)
})

describe('calls in process, as the documentation has them', () => {
  const problemOf: ProtocolAdapter['problemOf'] = (error) => {
    if (!(error instanceof ObjectQLError)) return undefined
    const issues = (error.errors ?? []).map((one) => ({ pointer: 'pointer' in one ? one.pointer : one.parameter, code: one.code }))
    return { code: error.code, status: error.status, issues }
  }

  const checks = protocolConformance(
    ({ protocol }) => ({
      problemOf,
      create: (object, values) => protocol.createData(object, values),
      get: (object, id) => protocol.getData(object, id),
      update: (object, id, values) => protocol.updateData(object, id, values),
      async delete(object, id) {
        if (!(await protocol.deleteData(object, id))) throw new ObjectQLError(404, 'NOT_FOUND', 'There is no such record.')
      },
      list: async (object, query) => (await protocol.findData(object, query)).value,
      count: (object, { where }) => protocol.countData(object, where),
    }),
    { prepare: (harness) => harness.withCwd(cwd) },
  )
  for (const { name, run } of checks) test(name, { timeout: 90_000 }, run)
})

type Change = (adapter: ProtocolAdapter) => Partial<ProtocolAdapter>

const answering =
  (change: (record: ProtocolRecord) => ProtocolRecord): Change =>
  (adapter) => ({
    create: async (...call) => change(await adapter.create(...call)),
    get: async (...call) => change(await adapter.get(...call)),
    update: async (...call) => change(await adapter.update(...call)),
    list: async (...call) => (await adapter.list(...call)).map(change),
  })

const sending =
  (change: (values: ProtocolRecord) => ProtocolRecord): Change =>
  (adapter) => ({
    create: (object, values) => adapter.create(object, change(values)),
    update: (object, id, values, version) => adapter.update(object, id, change(values), version),
  })

const eachValue = (change: (value: unknown, name: string) => unknown) => (record: ProtocolRecord) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]))

const without = (isLost: (value: unknown, name: string) => boolean) => (record: ProtocolRecord) =>
  Object.fromEntries(Object.entries(record).filter(([name, value]) => !isLost(value, name)))

const told =
  (change: (problem: NonNullable<ReturnType<ProtocolAdapter['problemOf']>>) => object): Change =>
  (adapter) => ({
    problemOf(error) {
      const problem = adapter.problemOf(error)
      return problem && { ...problem, ...change(problem) }
    },
  })

/** Protocols that do something wrong, by the group of checks that has to notice. */
const MUTANTS: Readonly<Record<string, Readonly<Record<string, Change>>>> = {
  records: {
    'changes nothing': (adapter) => ({ update: async (object, id, values) => ({ ...(await adapter.get(object, id)), ...values }) }),
    'keeps what is deleted': () => ({ delete: async () => undefined }),
    'cuts ids at what looks like a query': (adapter) => ({ get: (object, id) => adapter.get(object, id.split('?')[0] ?? '') }),
  },
  states: {
    'leaves null out': sending(without((value) => value === null)),
    'answers without null': answering(without((value) => value === null)),
    'sends null for the empty text': sending(eachValue((value) => (value === '' ? null : value))),
    'replaces where it has to merge': (adapter) => ({
      update: (object, id, values) => adapter.update(object, id, { level: null, notes: null, preset: null, ...values }),
    }),
    'sends what is false as null': sending(eachValue((value) => value || null)),
  },
  values: {
    'reads 32 bits of numbers': answering(eachValue((value) => (Number.isInteger(value) ? (value as number) | 0 : value))),
    'rounds to single precision': answering(eachValue((value) => (typeof value === 'number' ? Math.fround(value) : value))),
    'reads text as Latin-1': answering(eachValue((value) => (typeof value === 'string' ? Buffer.from(value).toString('latin1') : value))),
    'loses milliseconds': answering(eachValue((value) => (typeof value === 'string' ? value.replace(/\.\d{3}Z$/, 'Z') : value))),
    'makes dates instants': answering(
      eachValue((value, name) => (name === 'day' && typeof value === 'string' ? `${value}T00:00:00.000Z` : value)),
    ),
    'makes lists of one a value': answering(eachValue((value) => (Array.isArray(value) && value.length === 1 ? value[0] : value))),
    'sorts lists': answering(eachValue((value, name) => (name === 'tags' && Array.isArray(value) ? value.toSorted() : value))),
    'hands JSON on as text': answering(eachValue((value, name) => (name === 'extra' && value !== null ? JSON.stringify(value) : value))),
    'gives passwords back': (adapter) => ({
      create: async (object, values) => ({ ...(await adapter.create(object, values)), secret: values['secret'] }),
    }),
  },
  errors: {
    'calls everything an internal error': told(() => ({ code: 'INTERNAL_ERROR' })),
    'has another status': told(() => ({ status: 500 })),
    'tells the first wrong value': told(({ issues }) => ({ issues: issues.slice(0, 1) })),
    'tells no places': told(({ issues }) => ({ issues: issues.map(({ code }) => ({ pointer: '', code })) })),
    'finds nothing for a filter it does not know': (adapter) => ({
      list: (object, query) =>
        adapter.list(object, query).catch((error: unknown) => {
          if (adapter.problemOf(error)?.code === 'INVALID_FILTER') return []
          throw error
        }),
    }),
    'swallows refusals': (adapter) => ({
      update: (object, id, values) => adapter.update(object, id, values).catch(() => adapter.get(object, id)),
    }),
  },
  lists: {
    'has no filters': (adapter) => ({ list: (object, { where: _, ...query }) => adapter.list(object, query) }),
    'has no order': (adapter) => ({ list: (object, { orderBy: _, ...query }) => adapter.list(object, query) }),
    'orders by the first field only': (adapter) => ({
      list: (object, { orderBy = [], ...query }) => adapter.list(object, { ...query, orderBy: orderBy.slice(0, 1) }),
    }),
    'has no offset': (adapter) => ({ list: (object, { offset: _, ...query }) => adapter.list(object, query) }),
    'loses the last record': (adapter) => ({ list: async (...call) => (await adapter.list(...call)).slice(0, -1) }),
    'counts all records': (adapter) => ({ count: (object) => adapter.count(object, {}) }),
    'has one page too few': (adapter) => ({
      list: (object, { limit, ...query }) =>
        adapter.list(object, { ...query, ...(limit === undefined ? {} : { limit: Math.min(limit, 5) }) }),
    }),
  },
  versions: {
    'does not look at versions': (adapter) => ({
      update: (object, id, values) => adapter.update(object, id, values),
      delete: (object, id) => adapter.delete(object, id),
    }),
    'looks before it leaps': (adapter) => ({
      async update(object, id, values, version) {
        const isSame = version === undefined || version === (await adapter.version?.(object, id))
        return adapter.update(object, id, values, isSame ? undefined : version)
      },
    }),
    'has one version for all': () => ({ version: async () => '*' }),
    'has none': () => ({ version: undefined as never }),
  },
  actions: {
    'answers nothing': (adapter) => ({ act: async (...call) => void (await adapter.act?.(...call)) }),
    'leaves parameters out': (adapter) => ({ act: async (object, id, action) => adapter.act?.(object, id, action, {}) }),
    'mends parameters': (adapter) => ({
      act: async (object, id, action, params) =>
        adapter.act?.(object, id, action, eachValue((value, name) => (name === 'by' ? Number(value) || 1 : value))(params)),
    }),
    'has none': () => ({ act: undefined as never }),
  },
  hostile: {
    'reads text as numbers': sending(
      eachValue((value, name) => (name === 'level' && typeof value === 'string' && value !== '' ? Number(value) : value)),
    ),
    'drops what it does not know': sending(
      without((_, name) => !['id', 'title', 'batch', 'extra'].includes(name) && !(name in (protocolObject.fields ?? {}))),
    ),
    'cuts what is long': sending(eachValue((value) => (typeof value === 'string' ? value.slice(0, 100) : value))),
    'cuts what is deep': sending(
      eachValue((value, name) => {
        const text = name === 'extra' ? JSON.stringify(value) : ''
        return text.length > 200 ? null : value
      }),
    ),
    'trims ids': (adapter) => ({ get: (object, id) => adapter.get(object, id.trim()) }),
  },
}

const groupOf = (name: string): string => name.slice(0, name.indexOf(':'))

describe.each(Object.entries(MUTANTS))('what is wrong with %s', (group, changes) => {
  test.each(Object.entries(changes))('a protocol that %s is caught', { timeout: 90_000 }, async (_, change) => {
    const open = async (app: Parameters<typeof restAdapter>[0]): Promise<ProtocolAdapter> => {
      const adapter = await restAdapter(app)
      return { ...adapter, ...change(adapter) }
    }
    const checks = protocolConformance(open, { has: ['versions', 'actions'], prepare: (harness) => harness.withCwd(cwd) })
    const failures: unknown[] = []
    for (const { name, run } of checks) {
      if (groupOf(name) !== group || failures.length > 0) continue
      await run().catch((error: unknown) => void failures.push(error))
    }
    expect(failures).toHaveLength(1)
    expect((failures[0] as Error).name).toBe('AssertionError')
  })
})

test('every group of checks has protocols that fail it', () => {
  const checks = protocolConformance(restAdapter, { has: ['versions', 'actions'] })
  expect(Object.keys(MUTANTS).sort()).toEqual([...new Set(checks.map(({ name }) => groupOf(name)))].sort())
  const plain = protocolConformance(restAdapter).map(({ name }) => groupOf(name))
  expect(plain.filter((group) => group === 'versions' || group === 'actions')).toEqual([])
})

test('a server that runs already keeps what it has, and what the checks made', { timeout: 90_000 }, async () => {
  await using harness = await new PluginTestHarness()
    .withCwd(cwd)
    .withObject(protocolObject)
    .withFixture(protocolObject.name, [{ id: 'mine', title: 'mine', level: 2 }])
    .start()
  const adapter = await restAdapter(harness.app)
  const { close: _, ...open } = adapter
  // Twice: nothing that is there already disturbs.
  for (const { run } of [0, 1].flatMap(() => [...servedProtocolConformance(() => open)])) await run()
  expect(await adapter.get(protocolObject.name, 'mine')).toMatchObject({ title: 'mine', level: 2 })
})

test('what hangs ends as a failure', { timeout: 90_000 }, async () => {
  const open = () => ({ create: () => new Promise(() => undefined), problemOf: () => undefined }) as unknown as ProtocolAdapter
  const [first] = servedProtocolConformance(open, { timeout: 20 })
  await expect(first?.run()).rejects.toThrow('no end after 20 ms')
})
