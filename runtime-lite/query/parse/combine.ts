import type { Condition } from '../ast.ts'

/** What restricts nothing: `{}`, `[]`, `$and: []`. */
export const ALL: Condition = Object.freeze({ kind: 'and', parts: Object.freeze([]) })

export const allOf = (parts: readonly Condition[]): Condition => {
  const restricting = parts.filter((part) => part !== ALL)
  return restricting.length > 1 ? { kind: 'and', parts: restricting } : (restricting[0] ?? ALL)
}

export const anyOf = (parts: readonly Condition[]): Condition =>
  parts.includes(ALL) ? ALL : parts.length === 1 ? (parts[0] as Condition) : { kind: 'or', parts }
