import type { SqlValue } from './sql-value.ts'

/** What the server keeps in the records of an object by itself. Absent members: the object has none of it, and its writes do nothing for it. */
export interface KeptPlan {
  readonly autonumbers?: readonly AutonumberPlan[]
  /** Roll-ups of other objects that the records of this one count for. */
  readonly rollups?: readonly RollupPlan[]
  /** Roll-ups of this object, by field. */
  readonly summaries?: Readonly<Record<string, SummaryPlan>>
  /** Fields whose former values are kept. */
  readonly history?: readonly string[]
  /** False: the schema does not want records cloned. */
  readonly isClonable?: false
  /** What the database does to other records when one of this object goes, as far as roll-ups have to know. */
  readonly dependents?: readonly DependentPlan[]
}

/** A number that each new record gets: text, a counter, text. */
export interface AutonumberPlan {
  readonly field: string
  /** Fewest digits of the counter. */
  readonly width: number
  /** First number of a new counter. Default 1. */
  readonly start?: number
  /** The text before the counter: records with the same one share a counter. `values` are those of `insertValues`. */
  before(values: readonly SqlValue[], now: string): string
  after(values: readonly SqlValue[], now: string): string
}

export interface RollupPlan {
  /** Lookup of this object that leads to the record with the roll-up. */
  readonly through: string
  /** The object with the roll-up. */
  readonly object: string
}

export interface SummaryPlan {
  /** The object whose records are summed up, and its lookup that leads here. */
  readonly object: string
  readonly through: string
  readonly function: 'count' | 'sum' | 'min' | 'max' | 'avg'
  /** Undefined for `count`: records are counted. */
  readonly field?: string
  /** Which records count, in any spelling that queries take. Default: all. */
  readonly filter?: unknown
}

export interface DependentPlan {
  readonly object: string
  /** Its lookup. */
  readonly field: string
  readonly onDelete: 'cascade' | 'set-null'
}
