import { setTimeout as sleep } from 'node:timers/promises'

export interface RetryOptions {
  /** How often to repeat after a conflict. Default 3. */
  readonly retries?: number
  readonly signal?: AbortSignal
}

const FIRST_PAUSE = 10
const LONGEST_PAUSE = 1000

/** Repeats an attempt that lost against another transaction. Pauses grow and are random, so that two that met do not meet again. */
export async function retryConflicts<Result>(
  attempt: () => Promise<Result>,
  isConflict: (error: unknown) => boolean,
  { retries = 3, signal }: RetryOptions,
): Promise<Result> {
  for (let failed = 0; ; failed++) {
    try {
      return await attempt()
    } catch (error) {
      if (failed >= retries || signal?.aborted || !isConflict(error)) throw error
      await sleep(Math.random() * Math.min(FIRST_PAUSE * 2 ** failed, LONGEST_PAUSE))
    }
  }
}
