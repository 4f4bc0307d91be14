/** Stands in every statement that made a helper of a table: what has it is ours to drop and to make again. */
export const SQLITE_MARKER = '/* objectql */'

export interface SqliteSearchNames {
  /** The virtual table of FTS5. */
  readonly index: string
  /** id → number of the row in it. */
  readonly rows: string
  readonly trigger: (event: 'insert' | 'update' | 'delete') => string
}

/** What belongs to the full-text index of a table. */
export const sqliteSearchNames = (table: string): SqliteSearchNames => ({
  index: `${table}_fts`,
  rows: `${table}_fts_rows`,
  trigger: (event) => `${table}_fts_${event}`,
})
