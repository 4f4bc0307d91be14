import type { Fetch } from './ask-address.ts'
import type { Environment } from './with-environment.ts'

/** How rules ask functions and addresses. */
export interface ValidatorOptions {
  /** How many are asked at once about the records of one write. Default 16. */
  readonly concurrency?: number
  /** Milliseconds, where a rule says nothing. Default 5,000. */
  readonly timeout?: number
  /** What calls addresses. Default: `fetch`. */
  readonly fetch?: Fetch
  /** What `${NAME}` in addresses and their headers stands for. Default: `process.env`. */
  readonly environment?: Environment
}
