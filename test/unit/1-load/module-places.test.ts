import { describe, expect, test } from 'vitest'
import { load } from '../../../compiler/1-load/load.ts'
import type { MapEntry, MapNode, Node } from '../../../compiler/1-load/node.ts'
import { createMemoryHost } from '../../../compiler/host/memory-host.ts'

async function rootOf(text: string, others: Record<string, string> = {}): Promise<MapNode> {
  const host = createMemoryHost({ 'a.object.ts': text, ...others })
  const { documents, diagnostics } = await load({ root: host.cwd, config: { input: ['a.object.ts'] } }, host)
  expect(diagnostics).toEqual([])
  return documents[0]?.root as MapNode
}

/** The source text of the value at a path, and of its key. */
async function placeOf(text: string, path: readonly (string | number)[], others: Record<string, string> = {}): Promise<string> {
  let node: Node = await rootOf(text, others)
  let key = ''
  for (const step of path) {
    if (node.kind === 'list') node = node.items[Number(step)] as Node
    else if (node.kind === 'map') {
      const entry: MapEntry | undefined = node.entries.find((candidate) => candidate.key === step)
      if (entry === undefined) throw new Error(`no ${step}`)
      key = text.slice(entry.keySpan.start, entry.keySpan.end)
      node = entry.value
    }
  }
  return `${key}: ${text.slice(node.span.start, node.span.end)}`
}

const SOURCE = `import { Field, ObjectSchema } from '@objectstack/spec'
import { imported } from './imported'
// 客户 🔥: offsets count UTF-16 units
const shared = { hidden: true, label: 'Shared' }
const helper = (label: string) => ({ type: 'text', label })
const LIMIT = 80
export const Account = ObjectSchema.create({
  name: 'account',
  'label': "Customer",
  fields: {
    name: Field.text({ label: \`Name\`, ...shared, maxLength: LIMIT }),
    owner: Field.lookup('user', { required: true }),
    kind: Field.select(['a', { value: 'b', label: 'B' }], { defaultValue: 'a' } as const),
    made: helper('Made'),
    brought: imported,
    cond: (Math.random() > 2 ? { type: 'number' } : { type: 'date' }) satisfies object,
  },
} as const)
export { Account as Customer }
const list = [Account, { name: 'other', fields: {} }]
export default list
`

describe('values of a module are found in its source', () => {
  const others = { 'imported.ts': "export const imported = { type: 'email' }" }
  test.each([
    [['Account', 'name'], 'name: account'],
    [['Account', 'label'], 'label: Customer'],
    [['Account', 'fields', 'name', 'label'], 'label: Shared'],
    [['Account', 'fields', 'name', 'type'], 'text: text'],
    [['Account', 'fields', 'name', 'maxLength'], 'maxLength: LIMIT'],
    [['Account', 'fields', 'name', 'hidden'], 'hidden: true'],
    [['Account', 'fields', 'owner', 'reference'], 'user: user'],
    [['Account', 'fields', 'owner', 'type'], 'lookup: lookup'],
    [['Account', 'fields', 'owner', 'required'], 'required: true'],
    [['Account', 'fields', 'kind', 'options', 0], "['a', { value: 'b', label: 'B' }]: a"],
    [['Account', 'fields', 'kind', 'options', 1, 'value'], 'value: b'],
    [['Account', 'fields', 'kind', 'defaultValue'], 'defaultValue: a'],
    [['Account', 'fields', 'made'], "made: helper('Made')"],
    [['Account', 'fields', 'made', 'label'], "made: helper('Made')"],
    [['Account', 'fields', 'brought', 'type'], 'brought: imported'],
    [['Account', 'fields', 'cond', 'type'], 'type: number'],
    [['Customer', 'name'], 'name: account'],
    [['default', 0, 'name'], 'name: account'],
    [['default', 1, 'name'], 'name: other'],
  ])('%j', async (path, expected) => {
    expect(await placeOf(SOURCE, path, others)).toBe(expected)
  })

  test('forms of exports', async () => {
    const text = `export default { name: 'x' }\nexport function run() {}\nconst hidden = { a: 1 }\nexport { hidden as shown }\nexport * from './more'`
    const more = { 'more.ts': 'export const more = { b: 2 }' }
    expect(await placeOf(text, ['default', 'name'], more)).toBe('name: x')
    expect(await placeOf(text, ['run'], more)).toContain('run: function run()')
    expect(await placeOf(text, ['shown', 'a'], more)).toBe('a: 1')
    expect(await placeOf(text, ['more', 'b'], more)).toBe(': ')
  })
})

test('values that are not metadata do no harm', async () => {
  const root = await rootOf(`
    const circle: any = { a: 1 }; circle.self = circle
    export const all = {
      circle, when: new Date(0), pattern: /^a+$/i, big: 12n, huge: 12345678901234567890n, not: NaN, nothing: undefined, sym: Symbol('x'),
      set: new Set([1]), map: new Map([['k', 'v']]), get boom() { throw new Error('no') }, run() {}, '__proto__x': 1,
    }`)
  const all = root.entries[0]?.value as MapNode
  const read = (key: string): unknown => {
    const node = all.entries.find((entry) => entry.key === key)?.value
    return node?.kind === 'scalar' ? node.value : node?.kind
  }
  expect(Object.fromEntries(all.entries.map(({ key }) => [key, read(key)]))).toEqual({
    circle: 'map',
    when: '1970-01-01T00:00:00.000Z',
    pattern: '^a+$',
    big: 12,
    huge: '12345678901234567890',
    not: null,
    set: 'list',
    map: 'map',
    run: 'function',
    __proto__x: 1,
  })
  let depth = 0
  for (
    let node: Node | undefined = all.entries[0]?.value;
    node?.kind === 'map';
    node = node.entries.find(({ key }) => key === 'self')?.value
  )
    depth++
  expect(depth).toBeLessThan(100)
})

test('a span is plain data to everyone', async () => {
  const root = await rootOf(`export const a = { b: 'c' }`)
  const { span } = root.entries[0]!.value
  expect(JSON.parse(JSON.stringify(span))).toEqual({ path: 'a.object.ts', start: 17, end: 27 })
  expect(JSON.parse(JSON.stringify(Object.freeze(span)))).toEqual({ path: 'a.object.ts', start: 17, end: 27 })
})

describe('a chain of a builder', () => {
  const CHAIN = `import { event, PluginBuilder } from 'objectql/plugin-sdk'
const options = { priority: 5 }
const fields = { points: { type: 'number' } } as const
export default new PluginBuilder()
  .name('audit')
  .version('1.2.0')
  .dependency('log', '^1.0.0')
  .dependency('mail')
  .provides('trail', 'history')
  .configSchema({ type: 'object' })
  .object('note', { fields: { title: { type: 'text' } } })
  .extend('account', { checked: { type: 'boolean' } })
  .extend('account', fields)
  .hook('beforeCreate', 'note', () => 1, options)
  .hook(['beforeUpdate', 'beforeDelete'], ['note', 'account'], () => 2, { name: 'second' })
  .middleware({ name: 'outer', execute: () => 1 }, { name: 'inner', execute: () => 2 })
  .action('note', 'close', { handler: () => 3 })
  .event('note.closed', event('It was closed.'))
  .build()
`
  test.each([
    [['default', 'name'], 'name: audit'],
    [['default', 'version'], 'version: 1.2.0'],
    [['default', 'dependencies', 'log'], 'log: ^1.0.0'],
    [['default', 'dependencies', 'mail'], 'mail: mail'],
    [['default', 'provides', 1], 'provides: history'],
    [['default', 'configSchema', 'type'], 'type: object'],
    [['default', 'objects', 'note', 'fields', 'title', 'type'], 'type: text'],
    [['default', 'objectExtensions', 'account', 'fields', 'checked', 'type'], 'type: boolean'],
    [['default', 'objectExtensions', 'account', 'fields', 'points', 'type'], 'type: number'],
    [['default', 'hooks', 0, 'events', 0], 'beforeCreate: beforeCreate'],
    [['default', 'hooks', 0, 'object'], 'note: note'],
    [['default', 'hooks', 0, 'priority'], 'priority: 5'],
    [['default', 'hooks', 1, 'events', 1], "['beforeUpdate', 'beforeDelete']: beforeDelete"],
    [['default', 'hooks', 1, 'object', 0], "['note', 'account']: note"],
    [['default', 'hooks', 1, 'name'], 'name: second'],
    [['default', 'middleware', 1, 'name'], 'name: inner'],
    [['default', 'actions', 0, 'name'], 'close: close'],
    [['default', 'events', 'note.closed', 'description'], "note.closed: event('It was closed.')"],
  ] as const)('%j is found where its call has it', async (path, expected) => {
    expect(await placeOf(CHAIN, path)).toBe(expected)
  })

  test('what a hook has no text for stands at its call', async () => {
    expect(await placeOf(CHAIN, ['default', 'hooks', 0, 'name'])).toMatch(/: hook\('beforeCreate', 'note', \(\) => 1, options\)$/)
  })
})
