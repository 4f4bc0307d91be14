import type { ProblemKind } from '../expression/problem.ts'
import type { Span } from '../source/span.ts'

/** What can be wrong with a rule besides its expressions; each has a page of its own under `rule/`. */
export type RuleProblemKind =
  | ProblemKind
  | 'bad-address'
  | 'bad-schema'
  | 'incomplete'
  | 'unknown-filter-field'
  | 'unknown-operator'
  | 'unknown-type'
  | 'not-run'

/** Why a rule is not compiled. `message` completes the sentence of its code. */
export class RuleProblem extends Error {
  readonly kind: RuleProblemKind
  readonly span: Span
  /** A name that may have been meant. */
  readonly meant: string | undefined
  /** The span holds the wrong name and nothing else. */
  readonly isExact: boolean

  constructor(kind: RuleProblemKind, span: Span, message: string, { meant, isExact = false }: { meant?: string; isExact?: boolean } = {}) {
    super(message)
    this.kind = kind
    this.span = span
    this.meant = meant
    this.isExact = isExact
  }
}
