import { hash } from 'node:crypto'
import { PluginBuilder, type ProtocolMiddleware } from 'objectql/plugin-sdk'
import { ObjectQLError } from 'objectql/runtime'
import { addressReader } from './client-address.ts'
import { type Count, type Counter, type Counters, openCounters } from './counters.ts'
import { DEFAULT_POLICIES, type Policy, RATE_LIMIT_CONFIG_SCHEMA, type RateLimitConfig } from './rate-limit-config.ts'

type Request = Parameters<ProtocolMiddleware['execute']>[0]

/** A policy with what counts for it. */
interface Limit {
  readonly policy: Policy
  readonly counters: readonly Counter[]
}

/** Requests beyond what somebody may send are answered with 429. */
export default new PluginBuilder()
  .name('rate-limit')
  .label('Rate limits')
  .version('1.0.0')
  .description('How many requests somebody may send in a time.')
  .provides('rate-limit')
  .configSchema<RateLimitConfig>(RATE_LIMIT_CONFIG_SCHEMA)
  .start(async ({ config, logger, signal, use }) => {
    const counters = await openCounters(config, (message) => logger.warn(message))
    signal.addEventListener('abort', () => counters.close())
    use(rateLimit(config, counters, (message) => logger.warn(message)))
  })
  .build()

function rateLimit(config: RateLimitConfig, counters: Counters, warn: (message: string) => void): ProtocolMiddleware {
  const { policies = DEFAULT_POLICIES, trusted_proxies = [], except = ['/livez', '/readyz'], when_unavailable = 'allow' } = config
  const addressOf = addressReader(trusted_proxies)
  const limits = policies.map(({ burst, ...policy }): Limit => {
    const sustained = counters.make(policy.name, policy.quota, policy.window_seconds)
    return { policy, counters: burst ? [counters.make(`${policy.name}-burst`, burst.quota, burst.window_seconds), sustained] : [sustained] }
  })

  /** Secrets are not kept, here or in Redis. */
  const keyOf = ({ by = 'ip' }: Policy, request: Request): string => {
    const said = by === 'ip' ? undefined : request.headers.get(by === 'credential' ? 'authorization' : by)
    if (said !== undefined) return hash('sha256', said, 'base64url')
    return addressOf(request.remoteAddress, request.headers.get('x-forwarded-for'))
  }

  const fits = ({ methods, paths }: Policy, { method, path }: Request): boolean =>
    (methods === undefined || methods.includes(method)) && (paths === undefined || paths.some((start) => path.startsWith(start)))

  return {
    name: 'rate-limit',
    on: 'rest',
    phase: 'outer',
    async execute(request, next) {
      if (except.some((start) => request.path.startsWith(start))) return next()
      const asked = limits.filter(({ policy }) => fits(policy, request))
      if (asked.length === 0) return next()
      let counted: readonly (readonly [Counter, Count])[]
      try {
        const taken = asked.flatMap(({ policy, counters: all }) => {
          const key = keyOf(policy, request)
          return all.map(async (counter) => [counter, await counter.take(key)] as const)
        })
        counted = await Promise.all(taken)
      } catch (error) {
        if (when_unavailable === 'allow') return next()
        warn(`A request was refused, since it could not be counted: ${(error as Error).message}`)
        throw new ObjectQLError(503, 'UNAVAILABLE', 'Requests cannot be counted. Try again.', undefined, ['retry-after', '5'])
      }
      const headers = headersOf(counted)
      const refused = counted.filter(([, { isAllowed }]) => !isAllowed)
      if (refused.length > 0) {
        const wait = Math.max(...refused.map(([, { seconds }]) => seconds))
        const told = [...Object.entries(headers).flat(), 'retry-after', String(wait)]
        throw new ObjectQLError(429, 'RATE_LIMIT_EXCEEDED', `Too many requests. Try again in ${wait} seconds.`, undefined, told)
      }
      const reply = await next()
      for (const [name, value] of Object.entries(headers)) reply.headers.set(name, value)
      return reply
    },
  }
}

/** draft-ietf-httpapi-ratelimit-headers: quota (q) and window (w) of each policy, what remains (r) and until when (t). */
const headersOf = (counted: readonly (readonly [Counter, Count])[]) => ({
  'ratelimit-policy': counted.map(([{ name, quota, windowSeconds }]) => `"${name}";q=${quota};w=${windowSeconds}`).join(', '),
  ratelimit: counted.map(([{ name }, { remaining, seconds }]) => `"${name}";r=${remaining};t=${seconds}`).join(', '),
})
