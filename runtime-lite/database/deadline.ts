import { ObjectQLError } from '../problem/problem.ts'
import type { TransactionOptions } from './session.ts'

/** Milliseconds a transaction may take when nobody says otherwise. */
export const DEFAULT_TIMEOUT = 30_000

/** When something has to be over: a timeout, the caller's AbortSignal, or whoever calls `abort`, whichever comes first. */
export interface Deadline {
  /** Aborted with an ObjectQLError. */
  readonly signal: AbortSignal
  abort(reason: ObjectQLError): void
  /** The result, or a rejection as soon as the deadline has passed; what `work` does later is ignored. */
  race<Result>(work: Promise<Result>): Promise<Result>
  /** Call it when all is over: timers and listeners go. */
  end(): void
}

export function startDeadline({ timeout = DEFAULT_TIMEOUT, signal }: Pick<TransactionOptions, 'timeout' | 'signal'>): Deadline {
  const controller = new AbortController()
  const abort = (reason: ObjectQLError): void => controller.abort(reason)
  const onAbort = (): void => {
    if (signal?.reason instanceof ObjectQLError) {
      abort(signal.reason)
      return
    }
    const cancelled = new ObjectQLError(503, 'CANCELLED', 'The transaction was cancelled and rolled back.')
    cancelled.cause = signal?.reason
    abort(cancelled)
  }
  if (signal?.aborted) onAbort()
  else signal?.addEventListener('abort', onAbort)
  const timer = setTimeout(
    () => abort(new ObjectQLError(503, 'TIMEOUT', `The transaction took longer than ${timeout} ms and was rolled back.`)),
    // Longer ones would fire at once.
    Math.min(timeout, 2 ** 31 - 1),
  )
  return {
    signal: controller.signal,
    abort,
    race(work) {
      return new Promise((resolve, reject) => {
        const onLate = (): void => reject(controller.signal.reason as Error)
        if (controller.signal.aborted) onLate()
        else controller.signal.addEventListener('abort', onLate)
        work.then(resolve, reject).finally(() => controller.signal.removeEventListener('abort', onLate))
      })
    },
    end() {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    },
  }
}
