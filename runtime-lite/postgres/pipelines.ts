import { setTimeout as sleep } from 'node:timers/promises'
import { createAcquireTimes } from '../database/acquire-times.ts'
import type { PoolStatistics } from '../database/session.ts'
import { ObjectQLError } from '../problem/problem.ts'
import type { Connection } from './connection.ts'
import { isTransient, toDatabaseFailure } from './postgres-failure.ts'
import { type PostgresSettings, patienceOf } from './postgres-options.ts'

/** Connections that statements outside transactions share. */
export interface Pipelines {
  /** The connection with the least to do, or undefined when there is none to use at once. */
  ready(): Connection | undefined
  /** Each connection is held up by a slow statement: what was sent now would wait behind it. */
  isStalled(): boolean
  /** Waits for one: while it connects, while the database is away. @throws ObjectQLError 503 when `until` (performance.now()) has passed. */
  wait(until: number): Promise<Connection>
  connections(): Iterable<Connection>
  /** Replaces connections that are not quite new: they lead to a server that takes no writes any more. */
  renew(): void
  /** Sends nothing more over a connection: a statement on it is being cancelled. */
  retire(connection: Connection): void
  /** Connections that are there, asked whether they work, or being made: one at least is kept free for them. */
  size(): number
  /** Gives away a connection with nothing to do, while there is another one and statements do not stand in line. */
  lend(): Connection | undefined
  /** Takes a connection that has become free, if statements stand in line and there is room. */
  claim(connection: Connection): boolean
  statistics(): PoolStatistics
  /** Closes what is unused for long, or old. */
  sweep(now: number): void
  /** Waits for what is on its way. */
  close(): Promise<void>
}

interface Lane {
  readonly connection: Connection
  /** When it is to be replaced. Spread, so that connections made together do not end together. */
  readonly expiresAt: number
  usedAt: number
}

interface Waiter {
  readonly give: (connection: Connection) => void
  readonly fail: (error: unknown) => void
}

const FIRST_PAUSE = 25
const LAST_PAUSE = 1000

/** Milliseconds without an answer after which nothing else is sent behind a statement. */
const STALLED_AFTER = 50

/** Milliseconds after which a connection that is being made, or was asked whether it still works, is not counted on. */
const SLOW_CONNECTION = 250

/** Milliseconds in which a connection is not replaced because its server takes no writes: another one would lead to the same. */
const NEW_FOR = 500

/** Milliseconds for which connections are needed after a statement was sent behind another one. */
const CROWDED_FOR = 50

/** Where connections come from, besides those that are opened. */
export interface Spare {
  /** Connections in other hands. */
  size(): number
  /** One of them that is free. */
  cede(): Connection | undefined
}

export function createPipelines(open: () => Promise<Connection>, settings: PostgresSettings, spare: Spare): Pipelines {
  const { pipelines: limit, max, acquireTimeout, maxWaiting, idleTimeout, maxLifetime, checkAfter } = settings
  const patience = patienceOf(settings)
  let lanes: Lane[] = []
  const waiting = new Set<Waiter>()
  const leaving = new Set<Promise<void>>()
  const times = createAcquireTimes()
  let reviving = 0
  let isOpening = false
  let isClosed = false
  let failure: unknown
  let crowdedAt = Number.NEGATIVE_INFINITY

  const size = (): number => lanes.length + reviving + (isOpening ? 1 : 0)
  const hasRoom = (): boolean => lanes.length + reviving + spare.size() < max
  /** The first is made for them: what others had in hand may lead to a server that takes no writes any more. */
  const freed = (): Connection | undefined => (lanes.length > 0 && lanes.length < limit ? spare.cede() : undefined)
  const isCrowded = (): boolean => performance.now() - crowdedAt < CROWDED_FOR

  const dismiss = (lane: Lane): void => {
    const gone = lane.connection.close(patience)
    leaving.add(gone)
    void gone.then(() => leaving.delete(gone))
  }

  /** One attempt at a time: a database that comes back is not met by all at once. Goes on while some still wait and there is room. */
  const grow = async (): Promise<void> => {
    if (isOpening || isClosed || lanes.length >= limit) return
    for (let ceded = freed(); ceded !== undefined; ceded = freed()) {
      add(ceded)
      if (waiting.size === 0) return
    }
    if (size() > 0 && !hasRoom()) {
      makeDo()
      return
    }
    isOpening = true
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LAST_PAUSE)) {
      const timer = setTimeout(makeDo, SLOW_CONNECTION)
      try {
        add(await open())
        if (waiting.size === 0 || lanes.length >= limit || !hasRoom()) break
      } catch (error) {
        failure = error
        makeDo()
        if (!isTransient(error)) for (const waiter of [...waiting]) waiter.fail(toDatabaseFailure(error))
        if (waiting.size === 0 || isClosed) break
        await sleep(pause * (0.5 + Math.random() / 2))
      } finally {
        clearTimeout(timer)
      }
    }
    isOpening = false
    // Further ones have to be left over by who has a connection for himself.
    makeDo()
  }

  /** Where no further connection is to be had, one that is there has to do. */
  const makeDo = (): void => {
    const lane = leastBusy(performance.now())
    if (lane) for (const waiter of [...waiting]) waiter.give(lane.connection)
  }

  const add = (connection: Connection): void => {
    failure = undefined
    const now = performance.now()
    const lane = { connection, expiresAt: connection.bornAt + maxLifetime * (0.9 + Math.random() / 10), usedAt: now }
    // One that was asked whether it still works may have come back in the meantime.
    if (isClosed || lanes.length >= limit) {
      dismiss(lane)
      return
    }
    lanes.push(lane)
    // Each connection takes its share; the rest waits for those that are still to come.
    let share = Math.ceil(waiting.size / (limit - lanes.length + 1))
    for (const waiter of [...waiting]) if (share-- > 0) waiter.give(connection)
  }

  const leastBusy = (now: number): Lane | undefined => {
    let best: Lane | undefined
    let isBroken = false
    for (const lane of lanes) {
      const { connection } = lane
      if (!connection.isOpen) isBroken = true
      else if (connection.silence(now) < STALLED_AFTER && (!best || connection.load < best.connection.load)) best = lane
    }
    if (isBroken) lanes = lanes.filter(({ connection }) => connection.isOpen)
    return best
  }

  /** A connection that was silent for long may be dead without knowing it, and then nobody could say whether a write was made. */
  const revive = async (lane: Lane): Promise<void> => {
    lanes = lanes.filter((other) => other !== lane)
    reviving++
    const answer = lane.connection.run('select 1', undefined, []).catch(() => undefined)
    const isAlive = (await lane.connection.settled(acquireTimeout / 2)) && (await answer) !== undefined
    reviving--
    if (isAlive) add(lane.connection)
    else lane.connection.destroy()
    if (waiting.size > 0) void grow()
  }

  return {
    ready() {
      const now = performance.now()
      const lane = leastBusy(now)
      if (!lane) {
        if (lanes.length > 0 && lanes.length + reviving < limit) void grow()
        return undefined
      }
      if (lane.connection.load === 0) {
        if (now - lane.usedAt > checkAfter) {
          void revive(lane)
          return undefined
        }
      } else {
        crowdedAt = now
        if (lanes.length + reviving < limit) void grow()
      }
      lane.usedAt = now
      return lane.connection
    },
    isStalled: () => leastBusy(performance.now()) === undefined && lanes.length > 0,
    async wait(until) {
      if (isClosed) throw unavailable('The database is closed.')
      if (waiting.size >= maxWaiting) throw unavailable('Too many requests wait for the database. Try again.')
      const since = performance.now()
      return new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => waiter.fail(failure === undefined ? unavailable('The database does not answer. Try again.') : toDatabaseFailure(failure)),
          Math.max(0, Math.min(until - since, acquireTimeout)),
        )
        const leave = (): void => {
          waiting.delete(waiter)
          clearTimeout(timer)
        }
        const waiter: Waiter = {
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
        waiting.add(waiter)
        if (reviving === 0) void grow()
        else setTimeout(() => waiting.has(waiter) && void grow(), SLOW_CONNECTION).unref()
      })
    },
    *connections() {
      for (const { connection } of lanes) yield connection
    },
    renew() {
      const now = performance.now()
      const old = lanes.filter(({ connection }) => now - connection.bornAt >= NEW_FOR)
      lanes = lanes.filter((lane) => !old.includes(lane))
      for (const lane of old) dismiss(lane)
    },
    retire(connection) {
      const lane = lanes.find((one) => one.connection === connection)
      if (!lane) return
      lanes = lanes.filter((one) => one !== lane)
      dismiss(lane)
    },
    size: () => Math.min(limit, Math.max(1, size())),
    lend() {
      if (isClosed || isCrowded() || waiting.size > 0) return undefined
      const now = performance.now()
      const usable = lanes.filter(({ connection }) => connection.isOpen)
      const lane = usable.find(({ connection, usedAt }) => connection.load === 0 && now - usedAt < checkAfter)
      if (!lane || usable.length < 2) return undefined
      lanes = lanes.filter((one) => one !== lane)
      return lane.connection
    },
    claim(connection) {
      const isNeeded = waiting.size > 0 || isCrowded()
      if (isClosed || !isNeeded || lanes.length === 0 || size() >= limit) return false
      add(connection)
      return true
    },
    statistics: () => ({
      size: lanes.filter(({ connection }) => connection.isOpen).length + reviving,
      idle: lanes.filter(({ connection }) => connection.isOpen && connection.load === 0).length,
      waiting: waiting.size,
      acquire: times.percentiles(),
    }),
    sweep(now) {
      const kept: Lane[] = []
      for (const lane of lanes) {
        const isUnused = lane.connection.load === 0 && now - lane.usedAt >= idleTimeout
        if (!lane.connection.isOpen) continue
        if (isUnused || now >= lane.expiresAt) dismiss(lane)
        else kept.push(lane)
      }
      lanes = kept
    },
    async close() {
      isClosed = true
      for (const waiter of [...waiting]) waiter.fail(unavailable('The database is closed.'))
      for (const lane of lanes.splice(0)) dismiss(lane)
      await Promise.all(leaving)
    },
  }
}

const unavailable = (message: string): ObjectQLError => new ObjectQLError(503, 'UNAVAILABLE', message, undefined, ['retry-after', '1'])
