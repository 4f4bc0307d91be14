import type { BoundQuery } from '../bound.ts'

/** One step of the optimiser: pure, total, and the answer to the query stays the same. */
export interface Pass {
  /** `fold-constants`: what switches it off and what `objectql explain query` shows. */
  readonly name: string
  /** One line for `explain`. */
  readonly description: string
  /** Returns the same object when there is nothing to do. */
  readonly run: (query: BoundQuery) => BoundQuery
}
