import type { LayerPlace } from 'objectql/plugin-sdk'
import type { CacheConfig } from './cache-config.ts'
import { type TableGraph, tableGraph } from './table-graph.ts'

/** Whose answers are kept, by table. */
export interface CachedTables {
  readonly graph: TableGraph
  /** Milliseconds; undefined for a table whose answers are not kept. */
  readonly ttlOf: (table: string) => number | undefined
  /** @throws TypeError for an object that is not cached. */
  readonly tablesOf: (objects: readonly string[]) => Promise<readonly string[]>
}

const DEFAULT_TTL = 300

/** `objects`: those that there are. @throws Error for a name in the configuration that is none of them. */
export async function cachedTables(
  { include, exclude = [], ttl_seconds = DEFAULT_TTL, ttl_by_object = {} }: CacheConfig,
  objects: readonly string[],
  place: LayerPlace,
): Promise<CachedTables> {
  const told = new Set([...(include ?? []), ...exclude, ...Object.keys(ttl_by_object)])
  for (const name of told) if (!objects.includes(name)) throw new Error(`There is no object "${name}" to cache.`)
  const tableByObject = new Map<string, string>()
  // Plans of objects are loaded for this: only of those that the configuration names.
  for (const name of told) tableByObject.set(name, (await place.tableOf(name)).toLowerCase())
  const tableOf = (name: string): string => tableByObject.get(name) as string
  const graph = tableGraph(await place.schema())
  const included = include && new Set(include.map(tableOf))
  const excluded = new Set(exclude.map(tableOf))
  const ttlByTable = new Map(Object.entries(ttl_by_object).map(([name, seconds]) => [tableOf(name), seconds * 1000]))
  const ttlOf = (table: string): number | undefined => {
    if (excluded.has(table) || !(included ? included.has(table) : !table.startsWith('_objectql'))) return undefined
    return ttlByTable.get(table) ?? ttl_seconds * 1000
  }
  return {
    graph,
    ttlOf,
    tablesOf: (names) =>
      Promise.all(
        names.map(async (name) => {
          const table = objects.includes(name) ? (tableByObject.get(name) ?? (await place.tableOf(name)).toLowerCase()) : ''
          if (ttlOf(table) === undefined || !graph.tables.has(table)) throw new TypeError(`The object "${name}" is not cached.`)
          return table
        }),
      ),
  }
}
