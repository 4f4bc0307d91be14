import { randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import { SCRIPTS } from './redis-scripts.ts'

export interface RedisLinkOptions {
  readonly url: string
  readonly timeoutMs: number
  /** Of all keys. */
  readonly prefix: string
  readonly warn: (message: string) => void
}

/** Commands of `SCRIPTS`. */
export interface CacheCommands {
  cacheRead(count: number, ...given: readonly string[]): Promise<readonly [stamp?: string, answer?: string, left?: number]>
  cacheAnnounce(count: number, ...given: readonly (string | number)[]): Promise<unknown>
  cacheOver(count: number, ...given: readonly (string | number)[]): Promise<unknown>
}

/** Failures in a row after which Redis is left alone for a while. */
const MAX_FAILURES = 3

/** Milliseconds until it is tried again, doubled up to the longest pause. */
const FIRST_PAUSE = 500
const LONGEST_PAUSE = 30_000

/** Tokens of tables are kept so long after the last write. Without them nothing that was kept holds. */
export const TOKENS_KEPT_MS = 30 * 86_400_000

/**
 * The way to Redis. It is closed while Redis does not answer, and opens again when it is certain that whatever happened meanwhile is not believed: a server that
 * started again, or another one, has other keys (its `run_id` is part of them), and where a write could not be told, all tokens are made anew first.
 */
export class RedisLink {
  readonly redis: Redis & CacheCommands
  readonly #options: RedisLinkOptions
  #runId: string | undefined
  #isOpen = false
  #owes = false
  #inARow = 0
  #pause = FIRST_PAUSE
  #timer: NodeJS.Timeout | undefined
  #recovering: Promise<void> | undefined
  #isClosed = false
  /** Nobody has tried since to open the way that was shut. */
  #isUntried = false
  failures = 0

  constructor(redis: Redis, options: RedisLinkOptions) {
    this.#options = options
    for (const [name, lua] of Object.entries(SCRIPTS)) redis.defineCommand(name, { lua })
    this.redis = redis as Redis & CacheCommands
    redis.on('error', () => undefined)
    redis.on('ready', () => void this.recover())
    redis.on('close', () => this.#shut('The connection is lost.'))
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** The braces keep all keys on one node of a cluster. */
  key(kind: string, name = ''): string {
    return `{${this.#options.prefix}}:${this.#runId}:${kind}${name}`
  }

  /** What a command gives; undefined where the way is closed or it failed. `isWrite`: then nothing is believed until that is made good. */
  async ask<Result>(work: (redis: Redis & CacheCommands) => Promise<Result>, isWrite = false): Promise<Result | undefined> {
    if (!this.#isOpen) {
      if (isWrite) this.#owe('')
      return undefined
    }
    try {
      const result = await work(this.redis)
      this.#inARow = 0
      return result
    } catch (error) {
      this.failures++
      const { message } = error as Error
      if (isWrite) this.#owe(message)
      else if (++this.#inARow >= MAX_FAILURES) this.#shut(message)
      return undefined
    }
  }

  /** Tries at once, and not later, to open a way that was just shut: others may give what they have kept until they are told. */
  async retried(): Promise<void> {
    if (this.#isUntried && this.redis.status === 'ready') await this.recover()
  }

  /** Nothing holds any more that any process has kept. */
  async forgetAll(): Promise<void> {
    await this.ask((redis) => this.#newEpoch(redis), true)
  }

  /** Resolves when Redis answers, or when it is certain that it does not now. */
  async opened(): Promise<void> {
    const { redis } = this
    if (redis.status !== 'ready')
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 2000)
        const go = (): void => {
          clearTimeout(timer)
          resolve()
        }
        redis.once('ready', go)
        redis.once('error', go)
      })
    await this.recover()
  }

  close(): void {
    this.#isClosed = true
    this.#isOpen = false
    clearTimeout(this.#timer)
    this.redis.disconnect()
  }

  recover(): Promise<void> {
    this.#recovering ??= this.#recovered().finally(() => {
      this.#recovering = undefined
    })
    return this.#recovering
  }

  async #recovered(): Promise<void> {
    clearTimeout(this.#timer)
    if (this.#isOpen || this.#isClosed) return
    this.#isUntried = false
    try {
      const said = await this.redis.info('server')
      this.#runId = /^run_id:(\w+)/m.exec(said)?.[1] ?? randomToken()
      if (this.#owes) {
        // What comes while this is under way is owed again.
        this.#owes = false
        try {
          await this.#newEpoch(this.redis)
        } catch (error) {
          this.#owes = true
          throw error
        }
      }
      if (this.#isClosed) return
      if (this.#owes) throw new Error('A write could not be told.')
      this.#isOpen = true
      this.#inARow = 0
      this.#pause = FIRST_PAUSE
    } catch {
      this.#later()
    }
  }

  #newEpoch(redis: Redis): Promise<unknown> {
    return redis.hset(this.key('t'), '*', randomToken())
  }

  #owe(message: string): void {
    this.#owes = true
    this.#shut(message)
  }

  #shut(message: string): void {
    if (this.#isClosed) return
    if (this.#isOpen) {
      this.#options.warn(`Redis does not answer the cache, so reads go to the database: ${message}`)
      this.#isUntried = true
    }
    this.#isOpen = false
    this.#later()
  }

  #later(): void {
    if (this.#isClosed) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.recover(), this.#pause * (0.5 + Math.random() / 2))
    this.#timer.unref()
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE)
  }
}

/** No other token is like it. */
export const randomToken = (): string => randomBytes(9).toString('base64url')

/** @throws Error without an address. The package is loaded when it is used. */
export async function openRedisLink(options: RedisLinkOptions): Promise<RedisLink> {
  const { Redis } = await import('ioredis')
  const redis = new Redis(options.url, {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    enableAutoPipelining: true,
    maxRetriesPerRequest: 0,
    commandTimeout: options.timeoutMs,
    connectTimeout: 2000,
    retryStrategy: (attempt) => Math.min(100 * 2 ** Math.min(attempt, 5), 2000),
  })
  const link = new RedisLink(redis, options)
  await link.opened()
  return link
}
