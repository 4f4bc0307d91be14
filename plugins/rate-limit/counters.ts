import type { RateLimiterAbstract } from 'rate-limiter-flexible'
import type { RateLimitConfig } from './rate-limit-config.ts'

/** Something that counts requests by key. */
export interface Counter {
  readonly name: string
  readonly quota: number
  readonly windowSeconds: number
  /** @throws Error when it cannot be counted */
  take(key: string): Promise<Count>
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
  let isTold = false
  storeClient.on('error', (error: Error) => {
    if (!isTold) warn(`Redis does not count requests: ${error.message}`)
    isTold = true
  })
  storeClient.on('ready', () => {
    isTold = false
  })
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
    make: (name, points, duration) =>
      counterOf(new RateLimiterRedis({ storeClient, points, duration, keyPrefix: `${prefix}:${name}`, rejectIfRedisNotReady: true }), name),
    close: () => storeClient.disconnect(),
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
  }
}
