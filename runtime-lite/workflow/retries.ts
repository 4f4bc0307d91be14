import { ObjectQLError } from '../problem/problem.ts'
import type { StepPlan } from './workflow-plan.ts'

const RETRIES = 3
const BACKOFF = 1_000

/**
 * Milliseconds until what failed is tried again, or undefined where it is given up. What is refused will be refused again, unless the author says how
 * often to try. Each pause is twice the one before.
 */
export function retryPause(
  { retries, backoff = BACKOFF }: Pick<StepPlan, 'retries' | 'backoff'>,
  attempt: number,
  error: unknown,
): number | undefined {
  const most = retries ?? (error instanceof ObjectQLError && error.status < 500 ? 0 : RETRIES)
  return attempt <= most ? backoff * 2 ** (attempt - 1) : undefined
}

/** What is kept of an error. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 1_000)
