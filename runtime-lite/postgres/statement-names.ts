import type { Statement } from '../database/session.ts'

interface Entry {
  name: string | undefined
  uses: number
  /** Since the names were last looked through for one to give up. */
  isRecent: boolean
}

/** Which statements have a name on the server. */
export interface StatementNames {
  nameOf(statement: Statement): string | undefined
  /** The plan behind a name is stale: from now on the statement has another name. */
  renew(statement: Statement, stale: string): void
}

/** A statement is worth a name from this use on: what runs once or twice would only fill the server's memory. */
const WORTH_A_NAME = 3

/**
 * Names for statements in frequent use, `limit` at most: beyond that the name of one that was not used lately is given up, and `onRetired`
 * tells the connections. A limit of 0: no names at all.
 */
export function createStatementNames(limit: number, onRetired: (name: string) => void): StatementNames {
  const entries = new WeakMap<Statement, Entry>()
  /** In the order in which they are considered for giving up. */
  const named = new Map<string, Entry>()
  let count = 0

  const give = (entry: Entry): void => {
    if (named.size >= limit) takeOne()
    entry.name = `objectql_${++count}`
    named.set(entry.name, entry)
  }

  const retire = (name: string, entry: Entry): void => {
    named.delete(name)
    entry.name = undefined
    entry.uses = 0
    onRetired(name)
  }

  /** Second chance: those used since the last look go to the end of the line. */
  const takeOne = (): void => {
    for (const [name, entry] of named) {
      if (!entry.isRecent) {
        retire(name, entry)
        return
      }
      entry.isRecent = false
      named.delete(name)
      named.set(name, entry)
    }
  }

  return {
    nameOf(statement) {
      if (limit === 0) return undefined
      let entry = entries.get(statement)
      if (!entry) {
        entry = { name: undefined, uses: 0, isRecent: true }
        entries.set(statement, entry)
      }
      entry.isRecent = true
      if (entry.name === undefined && ++entry.uses >= WORTH_A_NAME) give(entry)
      return entry.name
    },
    renew(statement, stale) {
      const entry = entries.get(statement)
      if (entry?.name !== stale) return
      retire(stale, entry)
      give(entry)
    },
  }
}
