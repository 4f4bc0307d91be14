import type { ObjectQLError } from '../problem/problem.ts'
import type { PoolStatistics } from './session.ts'

/** How connections of one kind are made and judged. */
export interface PoolFactory<Connection> {
  /** Opens a connection, ready for use. */
  readonly create: () => Promise<Connection>
  /** Closes it. Must not throw; what it promises is waited for when the pool closes. */
  readonly destroy: (connection: Connection) => Promise<void> | void
  /** Rejects when the database does not answer on it. Asked before a connection is used that was idle for long. */
  readonly check: (connection: Connection) => Promise<void>
  /** False once the connection is known to be broken. */
  readonly isOpen: (connection: Connection) => boolean
  /** True for what passes by itself: the database restarts, the network is down. Callers wait for that, as long as they may. */
  readonly isTransient: (error: unknown) => boolean
  /** The error for callers when no connection can be made. */
  readonly toError: (error: unknown) => ObjectQLError
  /** For a pool that shares its connections. */
  readonly others?: OtherUses<Connection>
}

/** What else connections are used for, besides callers who have one for themselves. */
export interface OtherUses<Connection> {
  /** How many connections the pool may have now. */
  readonly room: () => number
  /** Gives away one that is free, for callers who wait. */
  readonly lend: () => Connection | undefined
  /** Takes one that has just become free, if it is needed more than by who waits here. */
  readonly claim: (connection: Connection) => boolean
  /** When it was opened, as performance.now() says. */
  readonly bornAt: (connection: Connection) => number
}

export interface PoolOptions {
  /** Most connections at a time. Default 10. */
  readonly max?: number
  /** Milliseconds a caller waits for a connection before 503. Default 5,000. */
  readonly acquireTimeout?: number
  /** Most callers that wait; further ones get 503 at once. Default 1,000. */
  readonly maxWaiting?: number
  /** Milliseconds after which an unused connection is closed. Default 30,000. */
  readonly idleTimeout?: number
  /** Milliseconds after which a connection is replaced, when it is free, or up to a tenth earlier. Default 1,800,000 (half an hour). */
  readonly maxLifetime?: number
  /** Milliseconds a connection may be idle and still be used without asking whether it works. Default 5,000. */
  readonly checkAfter?: number
}

export interface Pool<Connection> {
  /**
   * A connection for the caller alone, to be given back with `release`. Waits in line while all are in use, and while the database
   * is away. @throws ObjectQLError 503 when it takes too long, too many wait or the pool is closed; the signal's reason when aborted.
   */
  acquire(signal?: AbortSignal): Promise<Connection>
  /**
   * A free connection for the caller alone, to be given back with `release`, or undefined when none is free or others wait for one. Then
   * one more is opened for those who ask later, if there is room.
   */
  take(): Connection | undefined
  /** A free connection that leaves the pool for good. Undefined: all are in use, or somebody waits. */
  cede(): Connection | undefined
  /** Gives a connection back. `isBroken`: its state is unknown, so that it is closed. */
  release(connection: Connection, isBroken?: boolean): void
  /** Connections, and those that are being opened. */
  size(): number
  statistics(): PoolStatistics
  /** Refuses further callers, waits for connections in use to come back, closes all. */
  close(): Promise<void>
}
