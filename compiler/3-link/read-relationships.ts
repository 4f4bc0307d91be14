import type { Json } from '../source/json.ts'
import { isJsonObject } from './attributes.ts'

/** One entry of `relationships`: what an object calls the records that point at it. */
export interface Relationship {
  readonly name: string
  readonly child: string
  /** Lookup of the child. Default: the first that points here. */
  readonly foreignKey?: string
}

/** The inverse sides among `relationships`: a list, or a map by name. What has no name or no object names nothing. */
export function readRelationships(value: Json): readonly Relationship[] {
  const entries: readonly Json[] = Array.isArray(value)
    ? value
    : isJsonObject(value)
      ? Object.entries(value).map(([name, entry]) => (isJsonObject(entry) ? { name, ...entry } : null))
      : []
  return entries.flatMap((entry) => {
    if (!isJsonObject(entry) || !isToMany(text(entry, 'type'))) return []
    const name = text(entry, 'name')
    const child = text(entry, 'object') ?? text(entry, 'target') ?? text(entry, 'childObject')
    const foreignKey = text(entry, 'foreignKey') ?? text(entry, 'foreign_key') ?? text(entry, 'field')
    if (name === undefined || child === undefined) return []
    return [{ name, child, ...(foreignKey === undefined ? {} : { foreignKey }) }]
  })
}

/** `belongsTo` is the lookup itself, and through other tables nothing is followed yet. */
const isToMany = (type: string | undefined): boolean => type === undefined || /^(?:has|one)[-_]?(?:to[-_]?)?many$/i.test(type)

function text(entry: { readonly [key: string]: Json }, key: string): string | undefined {
  const value = entry[key]
  return typeof value === 'string' && value !== '' ? value : undefined
}
