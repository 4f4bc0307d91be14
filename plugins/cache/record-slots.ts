import type { SqlValue } from 'objectql/runtime'

/** Records of a table are told apart by so many slots: two that share one end each other's answers, which is never wrong. */
const SLOTS = 4096

/**
 * What answers hold by, and what writes end, by name. Lists hold by the table alone; the answer about one record holds by its slot and by writes that may be about any
 * record. So a write of one record ends the lists, and its own answers; any other write ends all.
 */
export const anyRecordOf = (table: string): string => `${table}\0*`

const slotsByTable = new Map<string, string[]>()

/** Undefined for a value that might be equal to another one: only plain letters, digits and signs are the same in every database. */
export function recordOf(table: string, id: SqlValue | undefined): string | undefined {
  if (typeof id !== 'string') return undefined
  let sum = 0x811c9dc5
  for (let at = 0; at < id.length; at++) {
    let letter = id.charCodeAt(at)
    if (letter <= 32 || letter > 126) return undefined
    // Databases that others made may hold A and a for equal.
    if (letter >= 65 && letter <= 90) letter += 32
    sum = Math.imul(sum ^ letter, 0x01000193)
  }
  const slot = (sum ^ (sum >>> 15)) & (SLOTS - 1)
  let known = slotsByTable.get(table)
  if (!known) {
    known = []
    slotsByTable.set(table, known)
  }
  known[slot] ??= `${table}\0${slot}`
  return known[slot]
}

/** Past so many names a transaction ends the answers about all records of what it wrote. */
const MOST_NAMES = 1000

/** Adds what a statement ends to what a transaction does. */
export function gather(gathered: Set<string>, names: readonly string[]): void {
  for (const name of names) gathered.add(name)
  if (gathered.size <= MOST_NAMES) return
  for (const name of [...gathered]) {
    const end = name.indexOf('\0')
    if (end < 0) continue
    gathered.delete(name)
    gathered.add(anyRecordOf(name.slice(0, end)))
  }
}
