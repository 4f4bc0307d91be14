import type { Maybe, ResultRow } from 'objectql/plugin-sdk'

/** What is asked for: an answer under a key, which holds until a write ends one of the names (see `record-slots.ts`). */
export interface Wanted {
  readonly key: string
  readonly names: readonly string[]
  /** Milliseconds. */
  readonly ttl: number
  /** Milliseconds behind them in which the answer is still given, while it is asked for anew. Nothing that a write ended. */
  readonly stale: number
}

export type Rows = readonly ResultRow[]

interface Asked<Value> {
  readonly stamp: string
  keep(value: Value): void
}

/** `stale`: its time is over, though no write ended it. `bypass`: a write is about to be committed, or nobody can say whether one is. */
export type Found<Value> =
  | { readonly kind: 'hit'; readonly value: Value }
  | ({ readonly kind: 'stale'; readonly value: Value } & Asked<Value>)
  | ({ readonly kind: 'miss' } & Asked<Value>)
  | { readonly kind: 'bypass' }

/** A write that was announced and is not over. */
export interface Announcement {
  /** However the write ended: what was kept by these names no longer holds. */
  over(): Maybe<void>
}

/**
 * Answers with the versions of what they hold by. A write announces what it ends before it commits, and says when it is over: from the first to the second
 * nobody gets or keeps an answer of that, and what was kept before is never given again. A read that began before a commit keeps its
 * answer under a version that is gone.
 */
export interface Store {
  rows(wanted: Wanted): Maybe<Found<Rows>>
  /** The same for values of other plugins, as JSON. */
  json(wanted: Wanted): Maybe<Found<string>>
  remove(key: string): Maybe<void>
  /** @throws ObjectQLError 503 where writes nobody can be told of are refused. */
  announce(names: readonly string[]): Maybe<Announcement>
  /** Nothing that was kept holds any more. */
  clear(): Maybe<void>
  counts(): StoreCounts
}

export interface StoreCounts {
  /** In this process. */
  readonly entries: number
  readonly bytes: number
  /** Kept answers that had to make room for others. */
  readonly evictions: number
  /** Answers that another process left in Redis and that were not what it had written. */
  readonly corrupted: number
  /** Calls of Redis that failed or took too long. */
  readonly failures: number
  /** Redis answers. Always true in process. */
  readonly isAvailable: boolean
}
