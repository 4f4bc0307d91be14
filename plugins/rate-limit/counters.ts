import type { RateLimiterAbstract } from 'rate-limiter-flexible'
import type { RateLimitConfig } from './rate-limit-config.ts'

/** Something that counts requests by key. */
export interface Counter {
  readonly name: string
  readonly quota: number
  readonly windowSeconds: number
  /** @throws Error when it cannot be counted */
  take(key: string): Promise<Count>
  /** How it stands, without counting. @throws Error like `take` */
  look(key: string): Promise<Count>
}

export interface Count {
  readonly isAllowed: boolean
  readonly remaining: number
  /** Until there is a new window. */
  readonly seconds: number
}

export interface Counters {
  make(name: string, quota: number, windowSeconds: number): Counter
  close(): void
}

/** Where requests are counted. The packages are loaded when they are used. */
export async function openCounters(config: RateLimitConfig, warn: (message: string) => void): Promise<Counters> {
  const { store = 'memory', key_prefix: prefix = 'rate-limit', timeout_ms: commandTimeout = 250 } = config
  const { RateLimiterMemory, RateLimiterRedis } = (await import('rate-limiter-flexible')).default
  if (store === 'memory')
    return {
      make: (name, points, duration) => counterOf(new RateLimiterMemory({ points, duration, keyPrefix: `${prefix}:${name}` }), name),
      close: () => undefined,
    }
  const url = config.redis_url ?? (config.redis_url_variable === undefined ? undefined : process.env[config.redis_url_variable])
  if (!url) throw new Error('Limits that are counted in Redis need its address: redis_url or redis_url_variable.')
  const { Redis } = await import('ioredis')
  const storeClient = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout, connectTimeout: 2000 })
  const gate = createGate(warn)
  storeClient.on('error', gate.failed)
  // The first requests are counted too.
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, 2000)
    const go = (): void => {
      clearTimeout(timer)
      resolve()
    }
    storeClient.once('ready', go)
    storeClient.once('error', go)
  })
  return {
    make(name, points, duration) {
      const settings = { points, duration, keyPrefix: `${prefix}:${name}` }
      const shared = counterOf(new RateLimiterRedis({ ...settings, storeClient, rejectIfRedisNotReady: true }), name)
      const own = config.when_unavailable === 'memory' ? counterOf(new RateLimiterMemory(settings), name) : undefined
      return {
        ...shared,
        take: (key) => gate.through(() => shared.take(key), own && (() => own.take(key))),
        look: (key) => gate.through(() => shared.look(key), own && (() => own.look(key))),
      }
    },
    close: () => storeClient.disconnect(),
  }
}

/** Failures in a row after which Redis is left alone for a while: nobody waits for one that hangs. */
const MAX_FAILURES = 3
const PAUSE_MS = 1000

function createGate(warn: (message: string) => void) {
  let inARow = 0
  let closedUntil = 0
  let isTold = false
  const failed = (error: Error): void => {
    if (++inARow >= MAX_FAILURES) closedUntil = performance.now() + PAUSE_MS
    if (!isTold) warn(`Redis does not count requests: ${error.message}`)
    isTold = true
  }
  return {
    failed,
    /** @throws Error where Redis does not count, and nothing else does. */
    async through(work: () => Promise<Count>, instead: (() => Promise<Count>) | undefined): Promise<Count> {
      try {
        if (performance.now() < closedUntil) throw new Error('Redis did not answer lately.')
        try {
          const count = await work()
          inARow = 0
          isTold = false
          return count
        } catch (error) {
          failed(error as Error)
          throw error
        }
      } catch (error) {
        if (instead) return instead()
        throw error
      }
    },
  }
}

function counterOf(limiter: RateLimiterAbstract, name: string): Counter {
  const { points: quota, duration: windowSeconds } = limiter
  const count = (isAllowed: boolean, { remainingPoints, msBeforeNext }: { remainingPoints: number; msBeforeNext: number }): Count => ({
    isAllowed,
    remaining: Math.max(0, remainingPoints),
    seconds: Math.max(1, Math.ceil(msBeforeNext / 1000)),
  })
  return {
    name,
    quota,
    windowSeconds,
    async take(key) {
      try {
        return count(true, await limiter.consume(key))
      } catch (refused) {
        if (refused instanceof Error) throw refused
        return count(false, refused as { remainingPoints: number; msBeforeNext: number })
      }
    },
    async look(key) {
      const found = await limiter.get(key)
      return found ? count(found.remainingPoints > 0, found) : { isAllowed: true, remaining: quota, seconds: windowSeconds }
    },
  }
}
