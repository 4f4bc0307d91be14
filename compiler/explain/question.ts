import type { Query, SlotValue } from '../../runtime-lite/query/ast.ts'
import type { Operation } from '../../runtime-lite/query/planner.ts'

/** A query as it was asked, whatever it was written in. */
export interface Question {
  readonly object: string
  readonly operation: Operation
  readonly query: Query
  readonly values: readonly SlotValue[]
  /** Id of the record, of `get`. */
  readonly id?: string
  /** Names of the slots of a named query. Values that were not given are missing: what depends on them is null in a plan. */
  readonly parameters?: readonly string[]
}

/** What was asked as text, and where in it something stands. */
export interface QuestionText {
  readonly text: string
  /**
   * Offset of what a refusal is about: the parameter as the query language names it (`$filter`, `where.$or[1].amount`) and the
   * position in its decoded text. Undefined when it has no place of its own.
   */
  readonly offsetOf: (parameter: string, position: number | undefined) => number | undefined
}

/** Why a query was refused: for people and for programs. */
export interface QueryProblem {
  readonly code: string
  readonly message: string
  readonly parameter?: string
  readonly position?: number
  /** What was asked, decoded; `offset` is a place in it. */
  readonly text: string
  readonly offset?: number
}

/** How readers of questions say that there is none. */
export class QuestionError extends Error {
  readonly problem: QueryProblem

  constructor(problem: QueryProblem) {
    super(problem.message)
    this.problem = problem
  }
}
