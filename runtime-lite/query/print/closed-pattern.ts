import type { SqlValue } from '../../object/object-plan.ts'

/** A pattern of `like` whose last backslash escapes nothing, and so means itself, written as databases want it. */
export function closedPattern(pattern: SqlValue): SqlValue {
  const text = String(pattern)
  const backslashes = text.length - text.replace(/\\+$/, '').length
  return backslashes % 2 === 1 ? `${text}\\` : text
}
