/** One definition as metadata APIs show it: plain data, frozen. */
export interface MetadataItem {
  readonly type: string
  readonly name: string
  readonly label?: string
  readonly package?: string
  readonly tags?: readonly string[]
  readonly [attribute: string]: unknown
}

/** Everything that was defined, as constants. Look-ups are one or two map reads; lists are built once. */
export interface Registry {
  types(): readonly string[]
  get(type: string, name: string): MetadataItem | undefined
  /** Sorted by name; the same frozen array every time. */
  list(type: string): readonly MetadataItem[]
  findByTag(tag: string): readonly MetadataItem[]
  byPackage(packageName: string): readonly MetadataItem[]
}

const NONE: readonly MetadataItem[] = Object.freeze([])

/** A registry over constant items. Later items of the same type and name replace earlier ones. */
export function createRegistry(items: readonly MetadataItem[]): Registry {
  const itemByNameByType = new Map<string, Map<string, MetadataItem>>()
  const itemsByTag = new Map<string, MetadataItem[]>()
  const itemsByPackage = new Map<string, MetadataItem[]>()
  const listByType = new Map<string, readonly MetadataItem[]>()
  const append = (index: Map<string, MetadataItem[]>, key: string, item: MetadataItem): void => {
    const found = index.get(key)
    if (found) found.push(item)
    else index.set(key, [item])
  }
  for (const item of items) {
    const byName = itemByNameByType.get(item.type) ?? new Map<string, MetadataItem>()
    itemByNameByType.set(item.type, byName.set(item.name, item))
  }
  for (const item of items) {
    if (itemByNameByType.get(item.type)?.get(item.name) !== item) continue
    for (const tag of item.tags ?? []) append(itemsByTag, tag, item)
    if (item.package !== undefined) append(itemsByPackage, item.package, item)
  }
  const types = Object.freeze([...itemByNameByType.keys()].sort())
  return {
    types: () => types,
    get: (type, name) => itemByNameByType.get(type)?.get(name),
    list(type) {
      let list = listByType.get(type)
      if (!list) {
        const byName = itemByNameByType.get(type)
        if (!byName) return NONE
        list = Object.freeze([...byName.values()].sort((left, right) => (left.name < right.name ? -1 : 1)))
        listByType.set(type, list)
      }
      return list
    },
    findByTag: (tag) => itemsByTag.get(tag) ?? NONE,
    byPackage: (packageName) => itemsByPackage.get(packageName) ?? NONE,
  }
}
