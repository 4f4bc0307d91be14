import { ObjectQLError } from '../problem/problem.ts'

/**
 * What an open transaction keeps the main connection from: in a file it has a connection of its own, and one database takes one writer
 * at a time; in memory there is one connection, so everything else waits.
 */
export type Hold = 'none' | 'writes' | 'all'

/**
 * Orders transactions over several turns and the work of the main connection. Who has to wait waits here, in the order of arrival, and
 * not inside SQLite's busy handler, which would stop the whole process.
 */
export interface Gate {
  readonly held: Hold
  /** True when work on the main connection has to wait. */
  isClosed(isRead: boolean): boolean
  /** Resolves once work on the main connection may go on; look again afterwards. @throws ObjectQLError 503 after `timeout`, or when too many wait. */
  pass(isRead: boolean): Promise<void>
  /** Resolves with what opens the gate again, once no other transaction is open. Rejects with the reason of `signal`. */
  hold(hold: Hold, signal: AbortSignal): Promise<() => void>
  /** Nobody waits any longer: everybody is refused with `reason`. */
  close(reason: ObjectQLError): void
}

export interface GateLimits {
  /** How many may wait. Default 10,000. */
  readonly maxWaiting?: number
  /** Milliseconds until work on the main connection that waits is refused. Default 30,000, what a transaction may take. */
  readonly timeout?: number
}

interface Waiter {
  readonly hold: Hold
  readonly isRead: boolean
  go(): void
  refuse(reason: unknown): void
}

export function createGate({ maxWaiting = 10_000, timeout = 30_000 }: GateLimits = {}): Gate {
  let held: Hold = 'none'
  const queue = new Set<Waiter>()

  const isClosed = (isRead: boolean): boolean => held === 'all' || (held === 'writes' && !isRead)

  /** Work of the main connection runs in the turn it is let in; the next transaction comes after that turn. */
  function drain(): void {
    let letIn = 0
    for (const waiter of queue) {
      if (waiter.hold === 'none') {
        if (isClosed(waiter.isRead)) continue
        letIn++
      } else {
        if (held !== 'none') return
        if (letIn > 0) {
          setImmediate(drain)
          return
        }
      }
      queue.delete(waiter)
      waiter.go()
    }
  }

  function open(): void {
    held = 'none'
    drain()
  }

  function enqueue(waiter: Waiter): void {
    if (queue.size < maxWaiting) queue.add(waiter)
    else waiter.refuse(busy('Too many requests wait for a transaction to end. Try again.'))
  }

  return {
    get held() {
      return held
    },
    isClosed,
    pass(isRead) {
      if (!isClosed(isRead)) return Promise.resolve()
      return new Promise((resolve, reject) => {
        const waiter: Waiter = {
          hold: 'none',
          isRead,
          go() {
            clearTimeout(timer)
            resolve()
          },
          refuse(reason) {
            clearTimeout(timer)
            reject(reason as Error)
          },
        }
        const timer = setTimeout(() => {
          queue.delete(waiter)
          reject(busy('A transaction keeps the database for too long. Try again.'))
        }, timeout)
        enqueue(waiter)
      })
    },
    hold(hold, signal) {
      return new Promise((resolve, reject) => {
        const onAbort = (): void => {
          queue.delete(waiter)
          reject(signal.reason as Error)
        }
        let isOver = false
        const waiter: Waiter = {
          hold,
          isRead: false,
          go() {
            signal.removeEventListener('abort', onAbort)
            held = hold
            resolve(() => {
              if (isOver) return
              isOver = true
              open()
            })
          },
          refuse(reason) {
            signal.removeEventListener('abort', onAbort)
            reject(reason as Error)
          },
        }
        if (signal.aborted) {
          reject(signal.reason as Error)
          return
        }
        signal.addEventListener('abort', onAbort)
        if (held === 'none' && queue.size === 0) waiter.go()
        else enqueue(waiter)
      })
    },
    close(reason) {
      const waiting = [...queue]
      queue.clear()
      for (const waiter of waiting) waiter.refuse(reason)
    },
  }
}

const busy = (message: string): ObjectQLError => new ObjectQLError(503, 'UNAVAILABLE', message, undefined, ['retry-after', '1'])
