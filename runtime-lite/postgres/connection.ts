import type * as pg from 'pg'
import type { SqlValue } from '../object/object-plan.ts'
import { cancelRequest } from './cancel-request.ts'
import type { Pg } from './load-pg.ts'
import { WireCommand } from './wire-command.ts'
import { type KnownNames, WireQuery, type WireResult } from './wire-query.ts'

/** Why a connection is of no use any more. */
export class ConnectionLost extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'ConnectionLost'
  }
}

/** Milliseconds a server may take to close a connection. */
const GOODBYE = 1000

/** What this module uses of the socket. */
interface Stream {
  readonly writable: boolean
  cork(): void
  uncork(): void
  destroy(): void
}

/**
 * One connection to the server. Statements are sent at once, in order, without waiting for those before; each succeeds or fails alone.
 * Rejects with what the server said (`DatabaseError` of pg) or with `ConnectionLost`.
 */
export class Connection {
  /** When it was made, as performance.now() says. */
  readonly bornAt = performance.now()
  readonly #pg: Pg
  readonly #client: pg.Client
  readonly #stream: Stream
  readonly #names: KnownNames
  readonly #whenSettled: (() => void)[] = []
  /** What waits for its statement to be the one the server works on, by the number of the statement. */
  readonly #whenNext = new Map<number, () => void>()
  #load = 0
  #sent = 0
  #wasCancelled = false
  #progressAt = 0
  #isOpen = true
  #isClosing = false
  #isPatient = false
  #isGathering = false

  /** `keepsBegin`: what transactions begin with is prepared. */
  constructor(driver: Pg, client: pg.Client, keepsBegin: boolean) {
    this.#names = { known: new Set(), forgotten: [], keepsBegin }
    this.#pg = driver
    this.#client = client
    this.#stream = (client as unknown as { readonly connection: { readonly stream: Stream } }).connection.stream
    // pg reports broken connections here, besides failing what was sent. Without a listener the process would end.
    client.on('error', () => this.#lose())
    client.on('end', () => this.#lose())
  }

  /** Statements on their way. */
  get load(): number {
    return this.#load
  }

  get isOpen(): boolean {
    return this.#isOpen && this.#stream.writable
  }

  /** It ends because we closed it. */
  get isClosing(): boolean {
    return this.#isClosing
  }

  /** A cancel request was sent: it may hit any statement on its way. */
  get wasCancelled(): boolean {
    return this.#wasCancelled
  }

  /** The number of the next statement, for `interrupt`. */
  get next(): number {
    return this.#sent
  }

  /** Milliseconds since the last answer, while one is awaited. */
  silence(now: number): number {
    return this.#load === 0 || this.#isPatient ? 0 : now - this.#progressAt
  }

  /** `before`: what runs first, such as `begin`; the statement only runs when that succeeds. */
  run(sql: string, name: string | undefined, values: readonly SqlValue[], before?: string, describes?: true): Promise<WireResult> {
    return this.#send((done) => new WireQuery(sql, name, values, this.#names, done, before, describes))
  }

  /** One statement without values and rows, such as `commit`. */
  command(sql: string): Promise<WireResult> {
    return this.#send((done) => new WireCommand(sql, this.#names, done))
  }

  #send(queryOf: (done: (error: unknown, result?: WireResult) => void) => WireQuery): Promise<WireResult> {
    return new Promise((resolve, reject) => {
      this.#begin()
      const query = queryOf((error, result) => {
        if (result) resolve(result)
        else reject(this.#explain(error))
        this.#finish()
      })
      this.#gather()
      this.#client.query(query as unknown as pg.Submittable)
    })
  }

  /**
   * Runs statements separated by semicolons, without parameters. `isPatient`: it may take any time, as building an index does.
   */
  script(sql: string, isPatient = false): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#begin()
      this.#isPatient = isPatient
      this.#client.query(sql, (error: Error | null) => {
        if (error) reject(this.#explain(error))
        else resolve()
        this.#finish()
      })
    })
  }

  /** Tells the server to drop a prepared statement, with the next one. */
  forget(name: string): void {
    if (this.#names.known.delete(name)) this.#names.forgotten.push(name)
  }

  /** Resolves once nothing is on its way; false when that takes longer than so many milliseconds. */
  settled(timeout: number): Promise<boolean> {
    if (this.#load === 0) return Promise.resolve(true)
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeout)
      this.#whenSettled.push(() => {
        clearTimeout(timer)
        resolve(true)
      })
    })
  }

  /**
   * Asks the server to stop the statement it is working on. The request travels on a connection of its own and may come late: the
   * connection must not be used for anything else afterwards.
   */
  cancel(): Promise<void> {
    this.#wasCancelled = true
    return cancelRequest(this.#pg, this.#client)
  }

  /**
   * Stops one statement, once the server works on it; nothing when it is over by then. Others that were sent behind it may be hit in its place:
   * nothing of them is done then, and they may be sent again over another connection. Nothing else must be sent over this one.
   */
  interrupt(number: number): void {
    const done = this.#sent - this.#load
    if (number < done || !this.isOpen) return
    if (number === done) void this.cancel()
    else this.#whenNext.set(number, () => void this.cancel())
  }

  /** Says goodbye once everything on its way is done, or after so many milliseconds. Never rejects. */
  async close(patience: number): Promise<void> {
    // One that is broken already is closed by nobody.
    this.#isClosing = this.isOpen
    this.#isOpen = false
    if (await this.settled(patience)) {
      const timer = setTimeout(() => this.#stream.destroy(), GOODBYE)
      await this.#client.end().catch(() => undefined)
      clearTimeout(timer)
    }
    this.#stream.destroy()
  }

  /** Drops the connection at once; what is on its way fails. */
  destroy(): void {
    this.#isClosing = this.isOpen
    this.#isOpen = false
    this.#stream.destroy()
  }

  /** Statements of one turn of the event loop leave in one write. */
  #gather(): void {
    if (this.#isGathering) return
    this.#isGathering = true
    this.#stream.cork()
    process.nextTick(() => {
      this.#isGathering = false
      this.#stream.uncork()
    })
  }

  #begin(): void {
    this.#sent++
    if (this.#load++ === 0) this.#progressAt = performance.now()
  }

  #finish(): void {
    this.#progressAt = performance.now()
    this.#isPatient = false
    this.#load--
    if (this.#whenNext.size > 0) this.#proceed()
    if (this.#load === 0 && this.#whenSettled.length > 0) for (const resolve of this.#whenSettled.splice(0)) resolve()
  }

  #proceed(): void {
    const done = this.#sent - this.#load
    const next = this.#whenNext.get(done)
    this.#whenNext.delete(done)
    next?.()
  }

  #lose(): void {
    this.#isOpen = false
  }

  /** What does not come from the server means that the connection is gone, except for what was never sent. */
  #explain(error: unknown): unknown {
    if (error instanceof this.#pg.DatabaseError || error instanceof RangeError) return error
    this.#isOpen = false
    return new ConnectionLost(error instanceof Error ? error.message : 'Connection terminated', error)
  }
}
