import type { MetadataItem, Registry } from '../registry.ts'
import { createItemIndex } from './item-index.ts'

/** What changed. `package` where a whole package came or went. */
export interface MetadataChange {
  readonly kind: 'registered' | 'unregistered'
  readonly items: readonly MetadataItem[]
  readonly package?: string
}

/** The compiled definitions, and what is registered over them while the application runs. */
export interface Metadata extends Registry {
  /** Raised by one with every change: what was worked out from metadata holds as long as it stays. */
  readonly version: number
  /** Definitions that name this one: objects with a lookup to an object, workflows and permissions of an object … */
  dependents(type: string, name: string): readonly MetadataItem[]
  /** Adds a definition, over the one of the same type and name. */
  register(item: MetadataItem): void
  /** Takes a definition away; a compiled one that it stood over is there again. False when there was none. */
  unregister(type: string, name: string): boolean
  /** Adds the definitions of a package, all or none. @throws TypeError for an item without type or name. */
  registerPackage(packageName: string, items: readonly MetadataItem[]): void
  /** Takes away all definitions of a package, compiled ones too. Work for the items of the package alone. Gives their number. */
  unregisterPackage(packageName: string): number
}

const NONE: readonly MetadataItem[] = Object.freeze([])

/** An overlay over compiled definitions. Reads that no change concerns are those of the compiled registry. */
export function createMetadata(base: Registry, onChange: (change: MetadataChange) => void = () => undefined): Metadata {
  const added = createItemIndex()
  /** Compiled items that are not there any more. */
  const removed = new Set<MetadataItem>()
  const baseDependents = createLazyDependents(base)
  const listByType = new Map<string, readonly MetadataItem[]>()
  let version = 0

  const isShown = (item: MetadataItem): boolean => !removed.has(item) && added.get(item.type, item.name) === undefined

  function merged(compiled: readonly MetadataItem[], own: Iterable<MetadataItem>): readonly MetadataItem[] {
    if (version === 0) return compiled
    return Object.freeze([...compiled.filter(isShown), ...own])
  }

  function changed(kind: MetadataChange['kind'], items: readonly MetadataItem[], packageName?: string): void {
    version++
    for (const { type } of items) listByType.delete(type)
    onChange({ kind, items, ...(packageName === undefined ? {} : { package: packageName }) })
  }

  const find = (type: string, name: string): MetadataItem | undefined => {
    if (version === 0) return base.get(type, name)
    const own = added.get(type, name)
    if (own) return own
    const compiled = base.get(type, name)
    return compiled && removed.has(compiled) ? undefined : compiled
  }

  return {
    get version() {
      return version
    },
    types() {
      if (version === 0) return base.types()
      return Object.freeze([...new Set([...base.types(), ...added.types()])].filter((type) => this.list(type).length > 0).sort())
    },
    get: find,
    list(type) {
      if (version === 0) return base.list(type)
      const known = listByType.get(type)
      if (known) return known
      const list = merged(base.list(type), added.ofType(type))
      const sorted = list.length === 0 ? NONE : Object.freeze([...list].sort((left, right) => (left.name < right.name ? -1 : 1)))
      listByType.set(type, sorted)
      return sorted
    },
    findByTag: (tag) => merged(base.findByTag(tag), added.withTag(tag)),
    byPackage: (packageName) => merged(base.byPackage(packageName), added.ofPackage(packageName)),
    dependents: (type, name) => merged(baseDependents(type, name), added.naming(type, name)),
    register(item) {
      checkItem(item)
      added.add(Object.freeze(item))
      changed('registered', [item])
    },
    unregister(type, name) {
      const item = find(type, name)
      if (!item) return false
      if (added.get(type, name)) added.delete(item)
      else removed.add(item)
      changed('unregistered', [item])
      return true
    },
    registerPackage(packageName, items) {
      for (const item of items) checkItem(item)
      const own = items.map((item) => Object.freeze({ ...item, package: packageName }))
      for (const item of own) added.add(item)
      changed('registered', own, packageName)
    },
    unregisterPackage(packageName) {
      const own = [...added.ofPackage(packageName)]
      for (const item of own) added.delete(item)
      const compiled = base.byPackage(packageName).filter((item) => !removed.has(item))
      for (const item of compiled) removed.add(item)
      const gone = [...own, ...compiled]
      if (gone.length > 0) changed('unregistered', gone, packageName)
      return gone.length
    },
  }
}

function checkItem({ type, name }: MetadataItem): void {
  if (typeof type !== 'string' || type === '' || typeof name !== 'string' || name === '')
    throw new TypeError('A definition needs a type and a name.')
}

/** Who names whom among compiled definitions: worked out the first time it is asked for. */
function createLazyDependents(base: Registry): (type: string, name: string) => readonly MetadataItem[] {
  let index: ReturnType<typeof createItemIndex> | undefined
  return (type, name) => {
    if (!index) {
      index = createItemIndex()
      for (const each of base.types()) for (const item of base.list(each)) index.add(item)
    }
    return [...index.naming(type, name)]
  }
}
