import type { DatabaseSync } from 'node:sqlite'
import { isMatch } from '../expression/functions.ts'
import { MATCHES } from '../query/print/matches.ts'

const given = new WeakSet<DatabaseSync>()

/** Gives a connection the functions that a statement calls and SQLite does not have. To be called before the statement is prepared. */
export function giveFunctions(db: DatabaseSync, sql: string): void {
  if (!sql.includes(MATCHES) || given.has(db)) return
  given.add(db)
  const patterns = new Map<string, RegExp>()
  db.function(MATCHES, { deterministic: true }, (text, source) => {
    if (typeof text !== 'string' || typeof source !== 'string') return null
    const pattern = patterns.get(source) ?? new RegExp(source, 'u')
    patterns.set(source, pattern)
    return isMatch(text, pattern) ? 1 : 0
  })
}
