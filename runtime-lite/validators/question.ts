import type { Rule } from '../rules/rules-plan.ts'

type ValidatorContext = import('./validator-context.ts').ValidatorContext

/** A function that says whether a record is right: see `readVerdict` for what it may answer. */
export type Validator = (context: ValidatorContext) => unknown

/** An address that says so. `${NAME}` and `${NAME:-default}` stand for variables of the environment. */
export interface ValidatorAddress {
  readonly url: string
  /** Default: POST. */
  readonly method?: 'GET'
  readonly headers?: Readonly<Record<string, string>>
}

/** Whom a rule asks, and what. */
export interface Question {
  readonly rule: Rule
  /** A function, the name of one that the program registers, or an address. */
  readonly ask: Validator | string | ValidatorAddress
  /** Whose value is in question; what stands behind a dot leads into it. */
  readonly field?: string
  readonly params?: Readonly<Record<string, unknown>>
  /** Milliseconds. Default: 5,000. */
  readonly timeout?: number
  /** Fields that an address is not told, unless the rule is about them. */
  readonly secrets?: readonly string[]
}
