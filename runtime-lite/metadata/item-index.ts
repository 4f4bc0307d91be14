import type { MetadataItem } from '../registry.ts'

/** Definitions by everything they are looked up by. Adding and deleting cost what the item itself says, however many others there are. */
export interface ItemIndex {
  types(): Iterable<string>
  get(type: string, name: string): MetadataItem | undefined
  ofType(type: string): Iterable<MetadataItem>
  withTag(tag: string): Iterable<MetadataItem>
  ofPackage(packageName: string): Iterable<MetadataItem>
  /** Items that name another. */
  naming(type: string, name: string): Iterable<MetadataItem>
  /** Takes the place of an item of the same type and name. */
  add(item: MetadataItem): void
  delete(item: MetadataItem): void
}

const NONE: readonly MetadataItem[] = Object.freeze([])

export function createItemIndex(): ItemIndex {
  const byNameByType = new Map<string, Map<string, MetadataItem>>()
  const byTag = new Map<string, Set<MetadataItem>>()
  const byPackage = new Map<string, Set<MetadataItem>>()
  const byReference = new Map<string, Set<MetadataItem>>()

  function each(item: MetadataItem, visit: (index: Map<string, Set<MetadataItem>>, key: string) => void): void {
    for (const tag of item.tags ?? NONE) visit(byTag, tag as string)
    if (item.package !== undefined) visit(byPackage, item.package)
    for (const key of referencesOf(item)) visit(byReference, key)
  }

  function remove(item: MetadataItem): void {
    byNameByType.get(item.type)?.delete(item.name)
    each(item, (index, key) => {
      const found = index.get(key)
      found?.delete(item)
      if (found?.size === 0) index.delete(key)
    })
  }

  return {
    types: () => byNameByType.keys(),
    get: (type, name) => byNameByType.get(type)?.get(name),
    ofType: (type) => byNameByType.get(type)?.values() ?? NONE,
    withTag: (tag) => byTag.get(tag) ?? NONE,
    ofPackage: (packageName) => byPackage.get(packageName) ?? NONE,
    naming: (type, name) => byReference.get(`${type}\0${name}`) ?? NONE,
    add(item) {
      const before = byNameByType.get(item.type)?.get(item.name)
      if (before) remove(before)
      const names = byNameByType.get(item.type)
      if (names) names.set(item.name, item)
      else byNameByType.set(item.type, new Map([[item.name, item]]))
      each(item, (index, key) => {
        const found = index.get(key)
        if (found) found.add(item)
        else index.set(key, new Set([item]))
      })
    },
    delete: remove,
  }
}

/** The definitions an item names: `object` of anything, lookups and roll-ups of an object, objects of an app. */
function referencesOf(item: MetadataItem): ReadonlySet<string> {
  const found = new Set<string>()
  const add = (name: unknown): void => {
    if (typeof name === 'string') found.add(`object\0${name}`)
  }
  const { object, objects, fields } = item as { readonly [key: string]: unknown }
  add(object)
  if (Array.isArray(objects)) objects.forEach(add)
  if (typeof fields === 'object' && fields !== null)
    for (const field of Object.values(fields)) {
      const { reference, summaryOperations } = (field ?? {}) as { readonly [key: string]: unknown }
      if (Array.isArray(reference)) reference.forEach(add)
      else add(reference)
      if (typeof summaryOperations === 'object' && summaryOperations !== null) add(Reflect.get(summaryOperations, 'object'))
    }
  return found
}
