import { describe, expect, test } from 'vitest'
import { createMetadata, type MetadataChange } from '../../../../runtime-lite/metadata/metadata.ts'
import { createRegistry, type MetadataItem } from '../../../../runtime-lite/registry.ts'
import { random, testSeed } from '../../../support/random.ts'

const ITEMS: readonly MetadataItem[] = [
  { type: 'object', name: 'account', tags: ['sales'], package: 'crm' },
  { type: 'object', name: 'contact', package: 'crm', fields: { account: { type: 'lookup', reference: 'account' } } },
  { type: 'workflow', name: 'approve', object: 'account' },
  { type: 'app', name: 'crm', objects: ['account', 'contact'] },
]

const shown = (items: readonly MetadataItem[]): readonly string[] => items.map(({ type, name }) => `${type} ${name}`)

describe('metadata', () => {
  test('is the compiled registry until something is registered', () => {
    const base = createRegistry(ITEMS)
    const metadata = createMetadata(base)
    expect(metadata.version).toBe(0)
    expect(metadata.list('object')).toBe(base.list('object'))
    expect(metadata.types()).toBe(base.types())
    expect(metadata.get('object', 'account')).toBe(ITEMS[0])
    expect(shown(metadata.dependents('object', 'account'))).toEqual(['app crm', 'object contact', 'workflow approve'])
  })

  test('takes definitions over compiled ones, and gives those back', () => {
    const changes: MetadataChange[] = []
    const metadata = createMetadata(createRegistry(ITEMS), (change) => changes.push(change))
    metadata.register({ type: 'object', name: 'account', tags: ['new'] })
    expect(metadata.get('object', 'account')?.tags).toEqual(['new'])
    expect([shown(metadata.findByTag('sales')), shown(metadata.findByTag('new'))]).toEqual([[], ['object account']])
    expect(shown(metadata.list('object'))).toEqual(['object account', 'object contact'])
    expect(metadata.list('object')).toBe(metadata.list('object'))
    expect(metadata.unregister('object', 'account')).toBe(true)
    expect(metadata.get('object', 'account')).toBe(ITEMS[0])
    expect(metadata.unregister('object', 'account')).toBe(true)
    expect(metadata.get('object', 'account')).toBeUndefined()
    expect(metadata.unregister('object', 'account')).toBe(false)
    expect(changes.map(({ kind, items }) => `${kind} ${shown(items)}`)).toEqual([
      'registered object account',
      'unregistered object account',
      'unregistered object account',
    ])
    expect(metadata.version).toBe(3)
  })

  test('packages come and go as a whole', () => {
    const metadata = createMetadata(createRegistry(ITEMS))
    metadata.registerPackage('shop', [
      { type: 'object', name: 'order', tags: ['sales'], fields: { account: { reference: ['account', 'contact'] } } },
      { type: 'report', name: 'sales' },
    ])
    expect(metadata.types()).toEqual(['app', 'object', 'report', 'workflow'])
    expect(shown(metadata.byPackage('shop'))).toEqual(['object order', 'report sales'])
    expect(shown(metadata.dependents('object', 'contact'))).toEqual(['app crm', 'object order'])
    expect(metadata.unregisterPackage('shop')).toBe(2)
    expect(metadata.unregisterPackage('crm')).toBe(2)
    expect(metadata.unregisterPackage('crm')).toBe(0)
    expect(metadata.types()).toEqual(['app', 'workflow'])
    expect(metadata.list('object')).toEqual([])
    expect(() =>
      metadata.registerPackage('bad', [
        { type: 'object', name: 'x' },
        { type: '', name: 'y' },
      ]),
    ).toThrow(TypeError)
    expect(metadata.get('object', 'x')).toBeUndefined()
  })

  test('a package goes with as many steps as it has items', () => {
    const many = Array.from({ length: 5000 }, (_, index) => ({
      type: 'object',
      name: `o${index}`,
      package: `p${index % 500}`,
      tags: ['t'],
    }))
    const metadata = createMetadata(createRegistry([]))
    for (let at = 0; at < 500; at++)
      metadata.registerPackage(
        `p${at}`,
        many.filter(({ package: name }) => name === `p${at}`),
      )
    expect(metadata.unregisterPackage('p7')).toBe(10)
    expect(metadata.list('object')).toHaveLength(4990)
  })
})

test('the overlay shows what a plain list would', () => {
  const seed = testSeed()
  const [TYPES, NAMES, TAGS, PACKAGES] = [
    ['object', 'app'],
    ['a', 'b', 'c', 'd'],
    ['x', 'y'],
    ['p', 'q'],
  ]
  for (let round = 0; round < 400; round++) {
    const { below, chance, pick } = random(seed + round)
    const item = (): MetadataItem => ({
      ...{ type: pick(TYPES as string[]), name: pick(NAMES as string[]) },
      ...(chance(0.5) ? { tags: [pick(TAGS as string[])] } : {}),
      ...(chance(0.5) ? { package: pick(PACKAGES as string[]) } : {}),
      ...(chance(0.5) ? { object: pick(NAMES as string[]) } : {}),
    })
    const key = ({ type, name }: Pick<MetadataItem, 'type' | 'name'>): string => `${type} ${name}`
    const compiled = new Map(Array.from({ length: below(6) }, item).map((one) => [key(one), one]))
    const over = new Map<string, MetadataItem>()
    const hidden = new Set<string>()
    const metadata = createMetadata(createRegistry([...compiled.values()]))
    for (let step = 0; step < 12; step++) {
      if (chance(0.5)) {
        const one = item()
        metadata.register(one)
        over.set(key(one), one)
      } else if (below(2) === 0) {
        const [type, name] = [pick(TYPES as string[]), pick(NAMES as string[])]
        const at = `${type} ${name}`
        const isThere = over.has(at) || (compiled.has(at) && !hidden.has(at))
        expect(metadata.unregister(type, name), `seed ${seed + round}`).toBe(isThere)
        if (!over.delete(at)) hidden.add(at)
      } else {
        const name = pick(PACKAGES as string[])
        metadata.unregisterPackage(name)
        for (const [at, one] of over) if (one.package === name) over.delete(at)
        for (const [at, one] of compiled) if (one.package === name) hidden.add(at)
      }
      const all = [...new Map([...[...compiled].filter(([at]) => !hidden.has(at)), ...over]).values()]
      const sorted = (items: readonly MetadataItem[]): readonly string[] => [...shown(items)].sort()
      const expectSame = (found: readonly MetadataItem[], wanted: readonly MetadataItem[]) =>
        expect(sorted(found), `seed ${seed + round}`).toEqual(sorted(wanted))
      for (const type of TYPES as string[])
        expectSame(
          metadata.list(type),
          all.filter((one) => one.type === type),
        )
      for (const tag of TAGS as string[])
        expectSame(
          metadata.findByTag(tag),
          all.filter(({ tags = [] }) => tags.includes(tag)),
        )
      for (const name of PACKAGES as string[])
        expectSame(
          metadata.byPackage(name),
          all.filter((one) => one.package === name),
        )
      for (const name of NAMES as string[])
        expectSame(
          metadata.dependents('object', name),
          all.filter((one) => one['object'] === name),
        )
      for (const one of all) expect(metadata.get(one.type, one.name)).toEqual(one)
    }
  }
})
