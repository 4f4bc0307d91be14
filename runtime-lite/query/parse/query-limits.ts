/** Bounds on what one query may ask for. */
export interface QueryLimits {
  /** Levels of groups, negations, relations and calls inside a filter. */
  readonly maxFilterDepth: number
  readonly maxExpandDepth: number
  readonly maxPageSize: number
  readonly defaultPageSize: number
}

/** Levels that no limit exceeds: whoever walks a query by recursion must be able to follow. */
export const MAX_DEPTH = 200
