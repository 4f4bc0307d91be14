import { ObjectQLError } from '../problem/problem.ts'
import { createAcquireTimes } from './acquire-times.ts'
import type { Pool, PoolFactory, PoolOptions } from './pool-types.ts'

export type { Pool, PoolFactory, PoolOptions } from './pool-types.ts'

interface Entry {
  readonly bornAt: number
  idleSince: number
  isUsed: boolean
}

interface Waiter<Connection> {
  readonly since: number
  readonly give: (connection: Connection) => void
  readonly fail: (error: unknown) => void
}

const FIRST_RETRY = 25
const LAST_RETRY = 1000

/** A pool of connections of any driver. Nothing is opened before the first caller. */
export function createPool<Connection>(factory: PoolFactory<Connection>, options: PoolOptions = {}): Pool<Connection> {
  const { max = 10, acquireTimeout = 5000, maxWaiting = 1000, idleTimeout = 30_000, maxLifetime = 1_800_000, checkAfter = 5000 } = options
  const { others } = factory
  const room = others?.room ?? (() => max)
  const entries = new Map<Connection, Entry>()
  /** The one used last is taken first, so that what is not needed becomes old. */
  const idle: Connection[] = []
  const waiting = new Set<Waiter<Connection>>()
  const times = createAcquireTimes()
  const closing: Promise<void>[] = []
  let opening = 0
  let isClosed = false
  /** Why the last attempt to connect failed, until one succeeds. */
  let failure: unknown
  let failedAt = Number.NEGATIVE_INFINITY
  let sweeper: ReturnType<typeof setTimeout> | undefined
  let whenEmpty: (() => void) | undefined

  const remove = (connection: Connection): void => {
    entries.delete(connection)
    // What closing a connection rejects with matters to nobody.
    const closed = Promise.resolve(factory.destroy(connection)).catch(() => undefined)
    if (isClosed) closing.push(closed)
    signalEmpty()
  }

  const signalEmpty = (): void => {
    if (isClosed && entries.size === 0 && opening === 0) whenEmpty?.()
  }

  const isFresh = (connection: Connection, now: number): boolean => {
    const entry = entries.get(connection)
    return entry !== undefined && factory.isOpen(connection) && !isExpired(entry, now) && now - entry.idleSince < checkAfter
  }

  const isExpired = (entry: Entry, now: number): boolean => now - entry.bornAt >= maxLifetime

  /** Hands a free connection to who waits longest, or keeps it. */
  const offer = (connection: Connection, isNew = false): void => {
    const entry = entries.get(connection)
    if (!entry) return
    const now = performance.now()
    if (isClosed || !factory.isOpen(connection) || (!isNew && isExpired(entry, now))) {
      remove(connection)
      fill()
      return
    }
    if (!isNew && others?.claim(connection)) {
      entries.delete(connection)
      fill()
      return
    }
    const [next] = waiting
    if (next) {
      next.give(connection)
      return
    }
    entry.isUsed = false
    entry.idleSince = now
    idle.push(connection)
    sweep()
  }

  /** As many connections are being opened as callers could use. Where there is no room for more, others may have one to spare. */
  const fill = (): void => {
    while (!isClosed && opening < waiting.size) {
      const isFull = entries.size + opening >= room()
      const lent = isFull ? others?.lend() : undefined
      if (lent !== undefined) adopt(lent)
      else if (isFull) return
      else {
        opening++
        void open(FIRST_RETRY)
      }
    }
  }

  const adopt = (connection: Connection): void => {
    const now = performance.now()
    // Ages are spread, so that connections made together do not end together.
    entries.set(connection, {
      bornAt: (others?.bornAt(connection) ?? now) - (Math.random() * maxLifetime) / 10,
      idleSince: now,
      isUsed: true,
    })
    offer(connection, true)
  }

  const open = async (pause: number): Promise<void> => {
    try {
      const connection = await factory.create()
      opening--
      failure = undefined
      adopt(connection)
    } catch (error) {
      failure = error
      failedAt = performance.now()
      const isTransient = factory.isTransient(error)
      if (isTransient && isWanted()) setTimeout(() => retry(Math.min(pause * 2, LAST_RETRY)), pause * (0.5 + Math.random() / 2))
      else opening--
      // Everybody who waits would hear the same.
      if (!isTransient) for (const waiter of [...waiting]) waiter.fail(factory.toError(error))
      signalEmpty()
    }
  }

  /** Somebody waits for the connection that is being opened. */
  const isWanted = (): boolean => !isClosed && waiting.size >= opening

  const retry = (pause: number): void => {
    if (isWanted()) void open(pause)
    else {
      opening--
      signalEmpty()
    }
  }

  const sweep = (): void => {
    if (sweeper || isClosed) return
    sweeper = setTimeout(
      () => {
        sweeper = undefined
        const now = performance.now()
        for (const connection of idle.splice(0)) {
          const entry = entries.get(connection) as Entry
          if (now - entry.idleSince >= idleTimeout || isExpired(entry, now) || !factory.isOpen(connection)) remove(connection)
          else idle.push(connection)
        }
        if (idle.length > 0) sweep()
      },
      Math.max(1, Math.min(idleTimeout, maxLifetime)),
    )
    sweeper.unref()
  }

  /** A free connection that works, or undefined. At once unless it has to be asked. */
  const takeIdle = (): Connection | Promise<Connection | undefined> | undefined => {
    for (let connection = idle.pop(); connection !== undefined; connection = idle.pop()) {
      const entry = entries.get(connection) as Entry
      const now = performance.now()
      if (!factory.isOpen(connection) || isExpired(entry, now)) remove(connection)
      else {
        entry.isUsed = true
        return now - entry.idleSince < checkAfter ? connection : checked(connection)
      }
    }
    return undefined
  }

  const checked = async (connection: Connection): Promise<Connection | undefined> => {
    try {
      await factory.check(connection)
      return connection
    } catch {
      remove(connection)
      return takeIdle()
    }
  }

  const tooLate = (): ObjectQLError =>
    failure === undefined ? unavailable('The database has no free connection. Try again.') : factory.toError(failure)

  const wait = (since: number, signal: AbortSignal | undefined): Promise<Connection> =>
    new Promise((resolve, reject) => {
      const left = Math.max(0, acquireTimeout - (performance.now() - since))
      const timer = setTimeout(() => waiter.fail(tooLate()), left)
      const onAbort = (): void => waiter.fail(signal?.reason)
      const leave = (): void => {
        waiting.delete(waiter)
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
      }
      const waiter: Waiter<Connection> = {
        since,
        give(connection) {
          leave()
          times.add(performance.now() - since)
          resolve(connection)
        },
        fail(error) {
          leave()
          reject(error as Error)
        },
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      waiting.add(waiter)
      fill()
    })

  return {
    async acquire(signal) {
      signal?.throwIfAborted()
      const since = performance.now()
      if (isClosed) throw unavailable('The database is closed.')
      // Who came first is served first.
      const taken = waiting.size === 0 ? takeIdle() : undefined
      const connection = taken instanceof Promise ? await taken : taken
      if (connection !== undefined) {
        times.add(performance.now() - since)
        if (!signal?.aborted) return connection
        offer(connection)
        throw signal.reason
      }
      if (isClosed) throw unavailable('The database is closed.')
      if (waiting.size >= maxWaiting) throw unavailable('Too many requests wait for the database. Try again.')
      return wait(since, signal)
    },
    take() {
      if (isClosed || waiting.size > 0) return undefined
      const taken = takeIdle()
      if (taken instanceof Promise) {
        void taken.then((connection) => connection !== undefined && offer(connection))
        return undefined
      }
      // Nobody waits for it, so a database that refuses connections is not asked again and again.
      if (taken === undefined && opening === 0 && entries.size < room() && performance.now() - failedAt >= LAST_RETRY) {
        opening++
        void open(FIRST_RETRY)
      }
      return taken
    },
    cede() {
      const now = performance.now()
      const at = waiting.size > 0 || isClosed ? -1 : idle.findLastIndex((one) => isFresh(one, now))
      const [connection] = at < 0 ? [] : idle.splice(at, 1)
      if (connection !== undefined) entries.delete(connection)
      return connection
    },
    release(connection, isBroken = false) {
      if (entries.get(connection)?.isUsed !== true) return
      if (isBroken) {
        remove(connection)
        fill()
      } else offer(connection)
    },
    size: () => entries.size + opening,
    statistics: () => ({ size: entries.size, idle: idle.length, waiting: waiting.size, acquire: times.percentiles() }),
    async close() {
      if (!isClosed) {
        isClosed = true
        clearTimeout(sweeper)
        for (const waiter of [...waiting]) waiter.fail(unavailable('The database is closed.'))
        const empty = new Promise<void>((resolve) => {
          whenEmpty = resolve
        })
        for (const connection of idle.splice(0)) remove(connection)
        signalEmpty()
        closing.push(empty)
      }
      for (let done = 0; done < closing.length; done++) await closing[done]
    },
  }
}

const unavailable = (message: string): ObjectQLError => new ObjectQLError(503, 'UNAVAILABLE', message, undefined, ['retry-after', '1'])
