import type { DatabaseSync } from 'node:sqlite'
import type { Bookkeeping } from './bookkeeping.ts'
import type { DatabaseShape } from './database-shape.ts'
import type { Refusal } from './refusal.ts'

/** What a migration collects while it compares. */
export interface MigrationDraft {
  readonly db: DatabaseSync
  readonly actual: DatabaseShape
  readonly wanted: DatabaseShape
  readonly bookkeeping: Bookkeeping | undefined
  /** Value of `created_at` and `updated_at` in rows that had none. */
  readonly now: string
  readonly refused: Refusal[]
  /** True when the user named this table or column to be dropped. */
  readonly isAllowed: (name: string) => boolean
  /** Statements by step; steps run in this order. */
  readonly steps: Readonly<Record<MigrationStep, string[]>>
  /** Columns whose old reference goes away, as folded `<table>.<column>`. */
  readonly releasedColumns: Set<string>
}

export type MigrationStep =
  | 'dropHelpers'
  | 'createTables'
  | 'addColumns'
  | 'dropIndexes'
  | 'replaceColumns'
  | 'dropColumns'
  | 'createIndexes'
  | 'createHelpers'
  | 'dropTables'

/** Columns of one table that the plan touches, by folded name. */
export interface TouchedColumns {
  readonly added: Set<string>
  readonly replaced: Set<string>
  readonly dropped: Set<string>
}
