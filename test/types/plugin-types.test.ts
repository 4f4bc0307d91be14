import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { ENTRY_POINTS } from '../../compiler/dev/entry-points.ts'
import { COMPILERS, type CompilerName, checkTypes, installTypes, writeText } from '../support/type-project.ts'

// Compilers run in processes of their own, and a busy machine is no failure.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const ROOT = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'objectql-plugin-types-'))

beforeAll(() => {
  installTypes(folder)
  for (const part of ['client', 'objects', 'hooks.d.ts'])
    cpSync(join(ROOT, 'generated', part), join(folder, 'generated', part), { recursive: true })
  writeText(join(folder, 'package.json'), '{ "type": "module" }')
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The package from its sources. */
const SOURCES = {
  ...{ allowImportingTsExtensions: true, noEmit: true, target: 'es2024', lib: ['es2024', 'esnext', 'dom'] },
  ...{ types: ['node'], typeRoots: [join(ROOT, 'node_modules', '@types')] },
  paths: Object.fromEntries(Object.entries(ENTRY_POINTS).map(([name, path]) => [name, [join(ROOT, `${path}.ts`)]])),
}

const PREAMBLE = `import { conditionsOn, findByIds, PluginBuilder, recordsOf } from 'objectql/plugin-sdk'
import type { HookApi, HookRecords } from './generated/hooks.js'
import type { Objects, Task, TaskFilter } from './generated/objects/index.js'
declare const api: HookApi
declare const objects: Objects
const builder = new PluginBuilder<HookRecords, Objects>()
const tasks = recordsOf(api.object('task'))
const { and, or, not, where } = conditionsOn<HookRecords['task']>()
`

/** A statement that is wrong, and what the compiler says about it. */
const MISTAKES: readonly (readonly [statement: string, says: RegExp])[] = [
  ["recordsOf(api.object('tsak'))", /tsak/],
  ['tasks.where({ subjct: 1 })', /subjct/],
  ["tasks.where({ kind: 'calling' })", /calling/],
  ["tasks.where({ minutes: { $gt: 'many' } })", /not assignable to type/],
  ["tasks.where({ is_done: { $contains: 'x' } })", /contains/],
  ["tasks.whereAny({ is_done: true }, { subjct: 'x' })", /subjct/],
  ["tasks.whereNot({ $or: [{ subjct: 'x' }] })", /subjct/],
  ["tasks.orderBy('subjct')", /subjct/],
  ["tasks.orderBy('subject', 'down')", /down/],
  ["tasks.orderBy('subject').all()", /all/],
  ["tasks.orderBy('subject').batches()", /batches/],
  ["tasks.select('subjct')", /subjct/],
  ["void (await tasks.select('subject').all())[0]?.minutes", /minutes/],
  ['void (await tasks.first()).subject', /possibly 'null'/],
  ['void (await tasks.where({ is_done: true }).first())?.subjct', /subjct/],
  ['await tasks.each((task) => task.subjct)', /subjct/],
  ["and({ subjct: 'x' })", /subjct/],
  ["or({ is_done: true }, not({ subjct: 'x' }))", /subjct/],
  ["where({ priority: 'highest' })", /highest/],
  ["recordsOf(objects.task).where({ owner: { nmae: 'x' } })", /nmae/],
  ["conditionsOn<Task, TaskFilter>().and({ owner: { nmae: 'x' } })", /nmae/],
  ["void (await findByIds(api.object('user'), ['u1'])).get('u1')?.nmae", /nmae/],
  ["findByIds(api.object('user'), [1])", /number/],
  ["await api.object('user').upsert({ nmae: 'x' })", /nmae/],
  ["await api.object('user').upsert({ name: 'x' }, { on: ['emial'] })", /emial/],
  ["builder.hook('beforeUpdate', 'tsak', () => 1)", /tsak/],
  ["builder.hook('beforeUpdat', 'task', () => 1)", /beforeUpdat/],
  ["builder.hook('beforeUpdate', 'task', ({ data }) => data.subjct)", /subjct/],
  ["builder.hook('beforeCreate', 'task', ({ previous }) => previous.subject)", /undefined/],
  ["builder.action('task', 'go', { handler: ({ api }) => api.update('task', 'id', { subjct: 1 }) })", /subjct/],
  ["builder.action('tsak', 'go', { handler: () => 1 })", /tsak/],
  ["builder.on('record.updated.task', ({ payload }) => payload.record.subjct)", /subjct/],
  ['builder.start(({ app }) => app.objects.tsak)', /tsak/],
]

const USES = `
export const open = and({ is_done: false }, or({ due_on: { $lt: '2030-01-01' } }, not({ priority: 'low' })), undefined)
export const late: TaskFilter = { is_done: false }
export async function tell(): Promise<string | undefined> {
  const mine = tasks.where(open).where({ 'owner.name': { $startsWith: 'A' }, done_at: new Date() })
  for await (const rows of mine.select('subject', 'owner').batches({ size: 100 })) for (const { id, subject } of rows) void [id.length, subject.length]
  const owners = await findByIds(api.object('user'), (await mine.all()).map(({ owner }) => owner))
  const visited: number = await mine.each(({ minutes }, index) => index < (minutes ?? 0))
  const related = recordsOf(objects.task).where({ owner: { name: 'Ida' }, tasks: { $some: { is_done: true } } })
  const model = conditionsOn<Task, TaskFilter>()
  if (await related.where(model.or({ is_done: true }, { owner: { name: 'x' } })).exists()) return String(visited)
  const [first] = await api.find('task', { where: open, orderBy: { due_on: 'asc' } })
  await api.object('user').upsert({ name: 'x', email: 'x@example.com' }, { on: ['email'] })
  return owners.get(first?.owner ?? '')?.name ?? (await related.orderBy('due_on').first())?.subject
}
export const around = new PluginBuilder().middleware({ name: 'around', on: ['find', 'get'], execute: (context, next) => (context.object === 'task' ? next() : null) })
  .middleware({ name: 'outside', on: 'rest', execute: (context, next) => (context.path === '/' ? next() : next()) })
  .start(({ app, use }) => void [use({ name: 'a', on: ['create'], execute: (context, next) => context.id ?? next() }), app.use({ name: 'b', on: ['update'], execute: (_, next) => next() })])
export const untyped = new PluginBuilder().hook('beforeCreate', 'anything', ({ api, data }) => recordsOf(api.object('other')).where({ whatever: data['x'] }).exists())
`

describe.each(Object.keys(COMPILERS) as CompilerName[])('TypeScript %s', (compiler) => {
  // One program: reading the package takes most of the time.
  test('refuses every deliberate mistake in a plugin for the right reason, and accepts what is right', () => {
    writeText(join(folder, 'mistakes.ts'), `${PREAMBLE}${MISTAKES.map(([statement]) => statement).join('\n')}\nexport {}\n`)
    writeText(join(folder, 'uses.ts'), `${PREAMBLE}${USES}`)
    const first = PREAMBLE.split('\n').length
    const { problems } = checkTypes(folder, compiler, { files: ['mistakes.ts', 'uses.ts'], options: SOURCES })
    const missed = MISTAKES.flatMap(([statement, says], index) => {
      const said = problems.filter(({ file, line }) => file === 'mistakes.ts' && line === first + index).map(({ message }) => message)
      return said.some((message) => says.test(message)) ? [] : [`${statement}: ${said.join(' ') || 'accepted'}`]
    })
    expect(missed).toEqual([])
    expect(problems.filter(({ file, line }) => file !== 'mistakes.ts' || line < first)).toEqual([])
  })
})
