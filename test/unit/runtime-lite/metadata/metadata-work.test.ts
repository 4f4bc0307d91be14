import { expect, test } from 'vitest'
import { createMetadata } from '../../../../runtime-lite/metadata/metadata.ts'
import { createRegistry, type MetadataItem } from '../../../../runtime-lite/registry.ts'

// Work is counted by what is read of definitions: each tells when somebody asks for its name or type.
let reads = 0

const counted = (type: string, name: string, owner: string): MetadataItem => ({
  get type() {
    reads++
    return type
  },
  get name() {
    reads++
    return name
  },
  package: owner,
})

const items = (count: number, owner: string, type = 'view'): readonly MetadataItem[] =>
  Array.from({ length: count }, (_, index) => counted(type, `${owner}_${index}`, owner))

/** What is read to take a package away beside so many other definitions: registered ones, or compiled ones. */
function workBeside(others: number, isCompiled: boolean, own = 20): number {
  const compiled = [...(isCompiled ? items(others, 'other') : []), ...(isCompiled ? items(own, 'mine') : [])]
  const metadata = createMetadata(createRegistry(compiled))
  // Frozen copies lose their getters, so items are registered one by one.
  if (!isCompiled) for (const item of [...items(others, 'other'), ...items(own, 'mine')]) metadata.register(item)
  expect(metadata.list('view')).toHaveLength(others + own)
  reads = 0
  expect(metadata.unregisterPackage('mine')).toBe(own)
  const work = reads
  expect(metadata.list('view')).toHaveLength(others)
  expect(metadata.byPackage('mine')).toEqual([])
  return work
}

test.each([true, false])('taking a package away costs what the package has, however many others there are (compiled: %s)', (isCompiled) => {
  const beside = [0, 10, 1000, 20_000].map((others) => workBeside(others, isCompiled))
  expect(new Set(beside).size).toBe(1)
  expect(beside[0]).toBeGreaterThan(0)
  expect(workBeside(1000, isCompiled, 200)).toBe((beside[0] as number) * 10)
})

test('lists are made once for each version', () => {
  const metadata = createMetadata(createRegistry([...items(500, 'compiled'), ...items(5, 'app', 'page')]))
  metadata.register(counted('view', 'own', 'x'))
  const first = metadata.list('view')
  const pages = metadata.list('page')
  reads = 0
  for (let round = 0; round < 100; round++) expect(metadata.list('view')).toBe(first)
  expect(reads).toBe(0)
  metadata.register(counted('view', 'other', 'x'))
  expect(metadata.list('view')).not.toBe(first)
  reads = 0
  expect(metadata.list('page')).toBe(pages)
  expect(reads).toBe(0)
  metadata.unregister('view', 'nobody')
  expect(metadata.list('view')).toBe(metadata.list('view'))
})
