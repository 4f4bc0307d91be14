import type { Range } from './syntax.ts'

/** What can be wrong with an expression; each has a page of its own under `expression/`. */
export type ProblemKind = 'syntax' | 'unknown-field' | 'unknown-function' | 'wrong-arguments' | 'wrong-type' | 'not-translatable' | 'circle'

/** Why an expression is not compiled. `message` completes the sentence of its code. */
export class ExpressionProblem extends Error {
  readonly kind: ProblemKind
  readonly range: Range
  /** A name that may have been meant. */
  readonly meant: string | undefined

  constructor(kind: ProblemKind, range: Range, message: string, meant?: string) {
    super(message)
    this.kind = kind
    this.range = { start: range.start, end: range.end }
    this.meant = meant
  }
}
