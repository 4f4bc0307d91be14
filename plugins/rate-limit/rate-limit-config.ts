/** How many requests somebody may send in a time. */
export interface Policy {
  /** What the headers call it. */
  readonly name: string
  /**
   * Who is counted. `ip`: the address of the client; `user`: the user that `authenticate` found; `credential`: what is in Authorization; else the name of a header, such as
   * `x-api-key`. Who is nobody, sends none, or is refused with 401, counts by address.
   */
  readonly by?: string
  /** Requests in a window. */
  readonly quota: number
  readonly window_seconds: number
  /** How many of them may come in a shorter time. */
  readonly burst?: { readonly quota: number; readonly window_seconds: number }
  /** Default: all methods. */
  readonly methods?: readonly string[]
  /** Beginnings of paths. Default: all. */
  readonly paths?: readonly string[]
}

/** What the application tells the plugin. */
export interface RateLimitConfig {
  readonly policies?: readonly Policy[]
  /** `memory`: each process counts for itself; `redis`: all together. */
  readonly store?: 'memory' | 'redis'
  readonly redis_url?: string
  /** Name of an environment variable with the address of Redis. */
  readonly redis_url_variable?: string
  readonly key_prefix?: string
  /** How long Redis may take. */
  readonly timeout_ms?: number
  /** What becomes of requests that cannot be counted. */
  readonly when_unavailable?: 'allow' | 'memory' | 'refuse'
  /** Addresses and networks of proxies whose X-Forwarded-For is believed: `10.0.0.0/8`. */
  readonly trusted_proxies?: readonly string[]
  /** Beginnings of paths that are never counted. */
  readonly except?: readonly string[]
}

const rate = { quota: { type: 'integer', minimum: 1 }, window_seconds: { type: 'integer', minimum: 1 } } as const

export const RATE_LIMIT_CONFIG_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    policies: {
      type: 'array',
      description: 'All that fit a request hold. Default: 600 requests a minute for each address.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'quota', 'window_seconds'],
        properties: {
          name: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_-]*$' },
          by: { type: 'string', default: 'ip', description: 'ip, user, credential, or the name of a header.' },
          ...rate,
          burst: { type: 'object', additionalProperties: false, required: ['quota', 'window_seconds'], properties: rate },
          methods: { type: 'array', items: { type: 'string' } },
          paths: { type: 'array', items: { type: 'string' }, description: 'Beginnings of paths.' },
        },
      },
    },
    store: { enum: ['memory', 'redis'], default: 'memory', description: 'Each process for itself, or all together.' },
    redis_url: { type: 'string' },
    redis_url_variable: { type: 'string', description: 'Name of an environment variable with the address of Redis.' },
    key_prefix: { type: 'string', default: 'rate-limit' },
    timeout_ms: { type: 'integer', minimum: 1, default: 250, description: 'How long Redis may take.' },
    when_unavailable: {
      enum: ['allow', 'memory', 'refuse'],
      default: 'allow',
      description: 'What becomes of requests that cannot be counted in Redis.',
    },
    trusted_proxies: { type: 'array', items: { type: 'string' }, description: 'Whose X-Forwarded-For is believed: 10.0.0.0/8.' },
    except: {
      type: 'array',
      items: { type: 'string' },
      default: ['/livez', '/readyz'],
      description: 'Beginnings of paths that are never counted.',
    },
  },
} as const

export const DEFAULT_POLICIES: readonly Policy[] = [{ name: 'default', quota: 600, window_seconds: 60 }]
