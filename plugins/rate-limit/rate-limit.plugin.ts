import { hash } from 'node:crypto'
import { PluginBuilder, type ProtocolMiddleware } from 'objectql/plugin-sdk'
import { ObjectQLError } from 'objectql/runtime'
import { addressReader } from './client-address.ts'
import { type Count, type Counter, type Counters, openCounters } from './counters.ts'
import { DEFAULT_POLICIES, type Policy, RATE_LIMIT_CONFIG_SCHEMA, type RateLimitConfig } from './rate-limit-config.ts'
import { isBelow, requestPath } from './request-path.ts'

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

type Counted = readonly (readonly [Counter, Count])[]

function rateLimit(config: RateLimitConfig, counters: Counters, warn: (message: string) => void): ProtocolMiddleware {
  const { policies = DEFAULT_POLICIES, trusted_proxies = [], except = ['/livez', '/readyz'], when_unavailable = 'allow' } = config
  const addressOf = addressReader(trusted_proxies)
  const limits = policies.map(({ burst, ...policy }): Limit => {
    const sustained = counters.make(policy.name, policy.quota, policy.window_seconds)
    const methods = policy.methods?.map((method) => method.toUpperCase())
    return {
      policy: methods ? { ...policy, methods } : policy,
      counters: burst ? [counters.make(`${policy.name}-burst`, burst.quota, burst.window_seconds), sustained] : [sustained],
    }
  })

  const fits = ({ methods, paths }: Policy, method: string, path: string): boolean =>
    (methods === undefined || methods.includes(method)) && (paths === undefined || paths.some((start) => path.startsWith(start)))

  /** Undefined where nobody can count and requests go on. @throws ObjectQLError 503 */
  async function counted(work: () => Promise<Counted>): Promise<Counted> {
    try {
      return await work()
    } catch (error) {
      if (when_unavailable !== 'refuse') return []
      warn(`A request was refused, since it could not be counted: ${(error as Error).message}`)
      throw new ObjectQLError(503, 'UNAVAILABLE', 'Requests cannot be counted. Try again.', undefined, ['retry-after', '5'])
    }
  }

  const taken = (asked: readonly (readonly [Limit, string])[], how: 'take' | 'look'): Promise<Counted> =>
    Promise.all(asked.flatMap(([{ counters: all }, key]) => all.map(async (counter) => [counter, await counter[how](key)] as const)))

  return {
    name: 'rate-limit',
    on: 'rest',
    phase: 'outer',
    async execute(request, next) {
      const path = requestPath(request.path)
      if (except.some((start) => isBelow(path, start))) return next()
      const asked = limits.filter(({ policy }) => fits(policy, request.method, path))
      if (asked.length === 0) return next()
      const address = addressOf(request.remoteAddress, request.headers.get('x-forwarded-for'))
      const ofUsers = asked.filter(({ policy }) => policy.by === 'user')
      const atOnce = asked
        .filter(({ policy }) => policy.by !== 'user')
        .map((limit) => [limit, keyOf(limit.policy, request) ?? address] as const)
      // Who guesses sends something else each time: what is refused counts by address, and an address that has guessed too much is heard no longer.
      const guesses = asked
        .filter(({ policy }) => policy.by === 'user' || keyOf(policy, request) !== undefined)
        .map((limit) => [limit, `guess:${address}`] as const)
      const [guessed, first] = await Promise.all([counted(() => taken(guesses, 'look')), counted(() => taken(atOnce, 'take'))])
      refuseOver(guessed)
      refuseOver(first)
      let all = first
      let isKnown = false
      if (guesses.length > 0)
        request.whenKnown(async (user) => {
          isKnown = user !== undefined
          if (ofUsers.length === 0) return
          const key = user ? secretless(`user:${user.id}`) : address
          all = [
            ...all,
            ...(await counted(() =>
              taken(
                ofUsers.map((limit) => [limit, key]),
                'take',
              ),
            )),
          ]
          refuseOver(all)
        })
      const reply = await next()
      if (reply.status === 401 && !isKnown) await counted(() => taken(guesses, 'take')).catch(() => undefined)
      for (const [name, value] of Object.entries(headersOf(all))) reply.headers.set(name, value)
      return reply
    },
  }
}

/** Who is counted, where the request says so itself. */
function keyOf({ by = 'ip' }: Policy, request: Request): string | undefined {
  const said = by === 'ip' || by === 'user' ? undefined : request.headers.get(by === 'credential' ? 'authorization' : by)
  return said === undefined ? undefined : secretless(said)
}

/** Secrets are not kept, here or in Redis. */
const secretless = (said: string): string => hash('sha256', said, 'base64url')

/** @throws ObjectQLError 429 */
function refuseOver(counted: Counted): void {
  const refused = counted.filter(([, { isAllowed }]) => !isAllowed)
  if (refused.length === 0) return
  const wait = Math.max(...refused.map(([, { seconds }]) => seconds))
  const told = [...Object.entries(headersOf(counted)).flat(), 'retry-after', String(wait)]
  throw new ObjectQLError(429, 'RATE_LIMIT_EXCEEDED', `Too many requests. Try again in ${wait} seconds.`, undefined, told)
}

/** draft-ietf-httpapi-ratelimit-headers: quota (q) and window (w) of each policy, what remains (r) and until when (t). Nothing where nobody counted. */
const headersOf = (counted: Counted): Readonly<Record<string, string>> =>
  counted.length === 0
    ? {}
    : {
        'ratelimit-policy': counted.map(([{ name, quota, windowSeconds }]) => `"${name}";q=${quota};w=${windowSeconds}`).join(', '),
        ratelimit: counted.map(([{ name }, { remaining, seconds }]) => `"${name}";r=${remaining};t=${seconds}`).join(', '),
      }
