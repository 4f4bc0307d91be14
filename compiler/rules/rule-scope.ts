import type { RuleSyntax } from '../2-parse/syntax.ts'
import type { LinkedObject } from '../3-link/model.ts'
import type { ExpressionSchema } from '../expression/schema.ts'
import type { Typed } from '../expression/typed.ts'
import type { RuleCheck } from '../ir/rule.ts'

/** What a rule is read with. */
export interface RuleScope {
  readonly rule: RuleSyntax
  readonly object: LinkedObject
  /** The fields its expressions may name. */
  readonly schema: ExpressionSchema
}

/** A check, and for which records. */
export interface ReadCheck {
  readonly check: RuleCheck
  readonly applies?: Typed
  /** What it is about, where the author does not say so. */
  readonly about?: readonly string[]
  /** What it says, likewise. */
  readonly message?: string
}
