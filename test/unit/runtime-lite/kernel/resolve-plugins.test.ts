import { satisfies } from 'semver'
import { describe, expect, test } from 'vitest'
import { type PluginNode, type ResolutionProblem, resolvePlugins } from '../../../../runtime-lite/kernel/resolve-plugins.ts'
import { type Random, random, testSeed } from '../../../support/random.ts'

const node = (name: string, rest: Partial<PluginNode> = {}): PluginNode => ({
  ...{ name, dependencies: [], optionalDependencies: [], conflicts: [], provides: [], requires: [] },
  ...rest,
})

const needs = (...names: readonly string[]) => ({ dependencies: names.map((name) => ({ name, range: '*' })) })

function resolve(plugins: readonly PluginNode[]) {
  const { groups, problems } = resolvePlugins(plugins, { satisfies, provided: ['rest'] })
  const name = (position: number): string => plugins[position]?.name ?? ''
  return { groups: groups.map((group) => group.map(name)), problems }
}

describe('order', () => {
  test('what is needed comes first, ties go by name', () => {
    const plugins = [node('web', needs('log', 'db')), node('db', needs('log')), node('log'), node('audit'), node('Zed')]
    expect(resolve(plugins).groups).toEqual([['Zed', 'audit', 'log'], ['db'], ['web']])
    expect(resolve(plugins.toReversed()).groups).toEqual(resolve(plugins).groups)
  })

  test('optional dependencies and providers come first where they are there', () => {
    const plugins = [
      node('a', {
        optionalDependencies: [
          { name: 'z', range: '*' },
          { name: 'gone', range: '*' },
        ],
      }),
      node('b', { requires: ['mail', 'rest'] }),
      node('m', { provides: ['mail'], ...needs('z') }),
      node('z'),
    ]
    expect(resolve(plugins)).toEqual({ groups: [['z'], ['a', 'm'], ['b']], problems: [] })
  })

  test('a plugin may require what it provides itself', () => {
    expect(resolve([node('a', { provides: ['x'], requires: ['x'] })])).toEqual({ groups: [['a']], problems: [] })
  })
})

describe('problems', () => {
  const problemsOf = (...plugins: readonly PluginNode[]): readonly ResolutionProblem[] => resolve(plugins).problems

  test('a circle is a path that begins at its first name', () => {
    expect(problemsOf(node('c', needs('a')), node('a', needs('b')), node('b', needs('c')), node('x', needs('c')))).toEqual([
      { kind: 'cycle', path: [1, 2, 0] },
    ])
    expect(problemsOf(node('a', needs('a')))).toEqual([{ kind: 'cycle', path: [0] }])
  })

  test('several circles are told, and the rest is in order', () => {
    const { groups, problems } = resolve([
      node('a', needs('b')),
      node('b', needs('a')),
      node('c', needs('d')),
      node('d', needs('c')),
      node('e'),
    ])
    expect(groups).toEqual([['e']])
    expect(problems).toEqual([
      { kind: 'cycle', path: [0, 1] },
      { kind: 'cycle', path: [2, 3] },
    ])
  })

  test('missing, incompatible, conflicting, doubled, and what nobody or two provide', () => {
    const requirement = { name: 'b', range: '^2.0.0' }
    expect(problemsOf(node('a', { dependencies: [requirement] }))).toEqual([{ kind: 'missing', plugin: 0, requirement }])
    expect(problemsOf(node('a', { optionalDependencies: [requirement] }))).toEqual([])
    for (const key of ['dependencies', 'optionalDependencies'])
      expect(problemsOf(node('a', { [key]: [requirement] }), node('b', { version: '1.9.9' }))).toEqual([
        { kind: 'incompatible', plugin: 0, requirement, found: 1 },
      ])
    expect(problemsOf(node('a', { dependencies: [requirement] }), node('b', { version: '2.4.0' }))).toEqual([])
    expect(problemsOf(node('a', { conflicts: [requirement] }), node('b', { version: '2.0.1' }))).toEqual([
      { kind: 'conflict', plugin: 0, requirement, found: 1 },
    ])
    expect(problemsOf(node('a', { conflicts: [requirement] }), node('b', { version: '1.0.0' }))).toEqual([])
    expect(problemsOf(node('a'), node('a'))).toEqual([{ kind: 'duplicate', plugin: 1, first: 0 }])
    expect(problemsOf(node('a', { requires: ['mail'] }))).toEqual([{ kind: 'no-provider', plugin: 0, capability: 'mail' }])
    expect(problemsOf(node('a', { provides: ['mail'] }), node('b', { provides: ['mail'] }))).toEqual([
      { kind: 'two-providers', capability: 'mail', providers: [0, 1] },
    ])
  })
})

/** A random set of plugins: mostly sound, with everything that can be wrong now and then. */
function randomPlugins({ below, chance, pick }: Random): readonly PluginNode[] {
  const count = 1 + below(12)
  const names = Array.from({ length: count }, (_, index) => `p${index}`)
  const version = (): string => `${below(3)}.${below(3)}.0`
  const requirement = () => ({ name: chance(0.05) ? 'gone' : pick(names), range: pick(['*', '*', '*', '^1.0.0', '>=0.1 <3', '2.x']) })
  const some = <Item>(make: () => Item, most: number): Item[] => Array.from({ length: below(most + 1) }, make)
  return names.map((name) =>
    node(chance(0.03) ? 'p0' : name, {
      ...(chance(0.8) ? { version: version() } : {}),
      dependencies: some(requirement, chance(0.5) ? 2 : 0),
      optionalDependencies: some(requirement, chance(0.2) ? 1 : 0),
      conflicts: some(requirement, chance(0.05) ? 1 : 0),
      provides: some(() => pick(['mail', 'cache', 'log', 'queue', 'x', 'y']), chance(0.2) ? 1 : 0),
      requires: some(() => pick(['mail', 'cache', 'rest']), chance(0.1) ? 1 : 0),
    }),
  )
}

/** The same by definition: every question asked of all plugins, again and again. */
function naive(plugins: readonly PluginNode[]) {
  const chosen = plugins.filter(({ name }, index) => plugins.findIndex((other) => other.name === name) === index)
  const find = (name: string): PluginNode | undefined => chosen.find((plugin) => plugin.name === name)
  const providers = (capability: string): readonly PluginNode[] => chosen.filter(({ provides }) => provides.includes(capability))
  const needed = (plugin: PluginNode): readonly string[] => [
    ...[...plugin.dependencies, ...plugin.optionalDependencies].flatMap(({ name }) => find(name)?.name ?? []),
    ...plugin.requires.flatMap((capability) => providers(capability)[0]?.name ?? []).filter((name) => name !== plugin.name),
  ]
  const groups: string[][] = []
  for (;;) {
    const done = new Set(groups.flat())
    const next = chosen.filter((plugin) => !done.has(plugin.name) && needed(plugin).every((name) => done.has(name)))
    if (next.length === 0) break
    groups.push(next.map(({ name }) => name).sort())
  }
  const isMet = (range: string, other: PluginNode): boolean => other.version === undefined || satisfies(other.version, range)
  const counts = {
    duplicate: plugins.length - chosen.length,
    missing: chosen.flatMap(({ dependencies }) => dependencies.filter(({ name }) => !find(name))).length,
    incompatible: chosen.flatMap(({ dependencies, optionalDependencies }) =>
      [...dependencies, ...optionalDependencies].filter(({ name, range }) => {
        const other = find(name)
        return other && !isMet(range, other)
      }),
    ).length,
    conflict: chosen.flatMap((plugin) =>
      plugin.conflicts.filter(({ name, range }) => {
        const other = find(name)
        return other && other !== plugin && isMet(range, other)
      }),
    ).length,
    'no-provider': chosen.flatMap(({ requires }) => requires.filter((name) => name !== 'rest' && providers(name).length === 0)).length,
    'two-providers': new Set(chosen.flatMap(({ provides }) => provides.filter((name) => providers(name).length > 1))).size,
  }
  return { groups, counts, left: chosen.length - groups.flat().length, needed, find }
}

test('random plugins resolve as the definition says', () => {
  const seed = testSeed()
  for (let round = 0; round < 3000; round++) {
    const plugins = randomPlugins(random(seed + round))
    const expected = naive(plugins)
    const { groups, problems } = resolve(plugins)
    const note = `seed ${seed + round}: ${JSON.stringify(plugins)}`
    expect(groups, note).toEqual(expected.groups)
    const counts = Object.fromEntries(
      Object.keys(expected.counts).map((kind) => [kind, problems.filter((problem) => problem.kind === kind).length]),
    )
    expect(counts, note).toEqual(expected.counts)
    const cycles = problems.flatMap((problem) =>
      problem.kind === 'cycle' ? [problem.path.map((position) => plugins[position]?.name ?? '')] : [],
    )
    expect(cycles.length > 0, note).toBe(expected.left > 0)
    for (const path of cycles)
      for (const [index, name] of path.entries()) {
        const plugin = expected.find(name) as PluginNode
        expect(expected.needed(plugin), note).toContain(path[(index + 1) % path.length])
      }
  }
})

test('the order of the list does not matter', () => {
  const seed = testSeed()
  for (let round = 0; round < 300; round++) {
    const generator = random(seed + round)
    const plugins = randomPlugins(generator).filter(({ name }, index, all) => all.findIndex((other) => other.name === name) === index)
    const shuffled = plugins.map((plugin) => ({ plugin, at: generator.below(1000) })).sort((a, b) => a.at - b.at)
    // Two providers of one capability are a problem; which of them is waited for depends on the list.
    if (resolve(plugins).problems.some(({ kind }) => kind === 'two-providers')) continue
    expect(resolve(shuffled.map(({ plugin }) => plugin)).groups, `seed ${seed + round}`).toEqual(resolve(plugins).groups)
  }
})

test('thousands of plugins, a chain and a wide fan among them, ask as many questions as there are requirements', () => {
  const count = 2000
  let asked = 0
  const chain = Array.from({ length: count }, (_, index) =>
    node(`p${String(index).padStart(5, '0')}`, {
      version: '1.0.0',
      ...needs(...(index === 0 ? [] : [`p${String(index - 1).padStart(5, '0')}`])),
    }),
  )
  const hub = node('hub', { version: '1.0.0', dependencies: chain.map(({ name }) => ({ name, range: '^1.0.0' })) })
  const { order, problems } = resolvePlugins([hub, ...chain.toReversed()], {
    satisfies: () => {
      asked++
      return true
    },
  })
  expect(problems).toEqual([])
  expect(order).toHaveLength(count + 1)
  expect(order.at(-1)).toBe(0)
  expect(asked).toBe(count + count - 1)
})
