import type { Json } from '../../source/json.ts'

/** Where lines break: never below this value, or after each of its members, which are laid out in turn. */
export type Layout = 'line' | { readonly each: Layout; readonly keys?: { readonly [key: string]: Layout } }

/** JSON in the order of the data. What is not broken up goes to the engine's own printer, which is fast and wastes no blanks. */
export function jsonText(value: Json, layout: Layout, pad = ''): string {
  if (layout === 'line' || typeof value !== 'object' || value === null) return JSON.stringify(value)
  const { each, keys } = layout
  const inner = `${pad}  `
  if (Array.isArray(value)) {
    const items = value.map((item: Json) => `\n${inner}${jsonText(item, each, inner)}`)
    return items.length === 0 ? '[]' : `[${items.join(',')}\n${pad}]`
  }
  const members = Object.entries(value).map(([key, item]) => {
    const below = keys !== undefined && Object.hasOwn(keys, key) ? keys[key] : each
    return member(key, jsonText(item, below ?? each, inner), inner)
  })
  return objectText(members, pad)
}

/** An object of members that are printed already. */
export const objectText = (members: readonly string[], pad = ''): string => (members.length === 0 ? '{}' : `{${members.join(',')}\n${pad}}`)

export const member = (key: string, text: string, pad: string): string => `\n${pad}${JSON.stringify(key)}: ${text}`
