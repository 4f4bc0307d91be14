import type { RawRecord } from '../object/object-plan.ts'

/** What conditions look at in the records that lookups lead to, by lookup. */
export type RelatedPlan = Readonly<Record<string, RelatedLookup>>

export interface RelatedLookup {
  readonly object: string
  /** Fields of its records. */
  readonly fields: readonly string[]
  /** Lookups of its records. */
  readonly below?: RelatedPlan
  /** On update only where one of these fields is written. Absent: always. */
  readonly when?: readonly string[]
}

/** Records behind lookups by the path to them, `account` or `account.owner`: null where there is none, or one in the trash. */
export type RelatedRecords = Readonly<Record<string, RawRecord | null>>

/** Nothing was looked at. */
export const NONE_RELATED: RelatedRecords = Object.freeze({})
