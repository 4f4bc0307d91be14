import { AsyncLocalStorage } from 'node:async_hooks'
import { ObjectQLError } from '../problem/problem.ts'
import type { TransactionOptions } from './session.ts'
import { DatabaseFailure } from './sql-error.ts'

/** How long somebody waits for what he asked. */
export interface CallOptions {
  /** Milliseconds until the call is given up: 503 `TIMEOUT`. Default: as long as the database may take for a statement. */
  readonly timeout?: number
  /** Gives the call up: 503 `CANCELLED`. */
  readonly signal?: AbortSignal
}

type Stop = (reason: ObjectQLError) => void

/** Timers with longer ones fire at once. */
const LONGEST_TIMEOUT = 2 ** 31 - 1

/**
 * The end of one call: a request, or a call in process. Sessions of remote databases look it up for each statement, refuse those that come
 * later and stop in the database what is running then. Once `end` was called nothing is stopped any more.
 */
export class CallLimit {
  #reason: ObjectQLError | undefined
  #isOver = false
  #stops: Stop[] = []
  #controller: AbortController | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly #signal: AbortSignal | undefined
  readonly #outer: CallLimit | undefined

  constructor({ timeout, signal }: CallOptions, outer?: CallLimit) {
    this.#signal = signal
    this.#outer = outer
    if (timeout !== undefined) this.#timer = setTimeout(this.#onLate, Math.max(0, Math.min(timeout, LONGEST_TIMEOUT)))
    if (signal?.aborted) this.#onAbort()
    else signal?.addEventListener('abort', this.#onAbort)
    if (outer?.reason) this.stop(outer.reason)
    else outer?.add(this.stop)
  }

  /** Why the call was given up. */
  get reason(): ObjectQLError | undefined {
    return this.#reason
  }

  /** Aborted with `reason`. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#reason) this.#controller.abort(this.#reason)
    return this.#controller.signal
  }

  readonly stop = (reason: ObjectQLError): void => {
    if (this.#reason || this.#isOver) return
    this.#reason = reason
    this.#release()
    for (const stop of this.#stops.splice(0)) stop(reason)
    this.#controller?.abort(reason)
  }

  /** Whoever waits is gone. */
  readonly cancel = (): void => {
    if (!this.#isOver) this.stop(new DatabaseFailure({ kind: 'cancelled', cause: new Error('Whoever asked has gone.') }))
  }

  /** Called once when the call is given up. */
  add(stop: Stop): void {
    this.#stops.push(stop)
  }

  remove(stop: Stop): void {
    const at = this.#stops.lastIndexOf(stop)
    if (at >= 0) this.#stops.splice(at, 1)
  }

  /** All is over. */
  end(): void {
    this.#isOver = true
    this.#release()
  }

  #release(): void {
    clearTimeout(this.#timer)
    this.#signal?.removeEventListener('abort', this.#onAbort)
    this.#outer?.remove(this.stop)
  }

  readonly #onLate = (): void => this.stop(new DatabaseFailure({ kind: 'timeout', cause: new Error('The time for the call was over.') }))

  readonly #onAbort = (): void => this.stop(new DatabaseFailure({ kind: 'cancelled', cause: this.#signal?.reason }))
}

const current = new AsyncLocalStorage<CallLimit | undefined>()

/** The limit of the call that the running code belongs to. */
export const currentLimit = (): CallLimit | undefined => current.getStore()

/** Everything `work` starts belongs to the call. */
export const underLimit = <Result>(limit: CallLimit, work: () => Result): Result => current.run(limit, work)

/** What `work` starts belongs to no call: others wait for it, or nobody does. */
export const beyondLimits = <Result>(work: () => Result): Result => current.exit(work)

/** Runs a call that its caller may give up: then it rejects at once, and the database is told. */
export async function limitedCall<Result>(options: CallOptions, work: () => Promise<Result>): Promise<Result> {
  const limit = new CallLimit(options, currentLimit())
  try {
    if (limit.reason) throw limit.reason
    return await raced(limit, underLimit(limit, work))
  } finally {
    limit.end()
  }
}

/** The result, or a rejection as soon as the limit is reached; what `work` does later is ignored. */
export function raced<Result>(limit: CallLimit, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    limit.add(reject)
    work.then(resolve, reject).finally(() => limit.remove(reject))
  })
}

/** Options of a transaction that also ends with the call it belongs to. */
export function withCurrentLimit(options: TransactionOptions = {}): TransactionOptions {
  const limit = currentLimit()
  if (!limit) return options
  return { ...options, signal: options.signal ? AbortSignal.any([options.signal, limit.signal]) : limit.signal }
}

/** Why a signal was aborted, as an answer. */
export const cancelledBy = (signal: AbortSignal | undefined): ObjectQLError =>
  signal?.reason instanceof ObjectQLError ? signal.reason : new DatabaseFailure({ kind: 'cancelled', cause: signal?.reason })
