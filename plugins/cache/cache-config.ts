/** What the application tells the plugin. */
export interface CacheConfig {
  /** Names of objects. A read is kept when all objects it touches are among them. Default: all. */
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
  /** How long an answer is kept at most; commits end it before. */
  readonly ttl_seconds?: number
  /** By name of an object. A read of several objects is kept for the shortest time. */
  readonly ttl_by_object?: Readonly<Record<string, number>>
  /** So long after its time is over an answer is still given, while it is asked for anew. Default 0. Not on SQLite. */
  readonly stale_seconds?: number
  /** `process`: in the memory of each process; `redis`: for all processes together. */
  readonly store?: 'process' | 'redis'
  /** Other processes write to the database too. */
  readonly shared?: boolean
  readonly max_entries?: number
  readonly max_bytes?: number
  /** Longer answers are not kept. */
  readonly max_entry_bytes?: number
  readonly redis_url?: string
  /** Name of an environment variable with the address of Redis. */
  readonly redis_url_variable?: string
  /** Of keys in Redis. Default: `cache:` and the name of the application. */
  readonly key_prefix?: string
  /** How long Redis may take. */
  readonly timeout_ms?: number
  /** What becomes of writes that Redis cannot be told of. */
  readonly when_unavailable?: 'allow' | 'refuse'
  /** Replies of the REST API say in `Cache-Status` where they come from. */
  readonly status_header?: boolean
}

const names = { type: 'array', items: { type: 'string' } } as const
const seconds = { type: 'integer', minimum: 1, maximum: 31_536_000 } as const
const count = { type: 'integer', minimum: 1 } as const

export const CACHE_CONFIG_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    include: { ...names, description: 'Names of objects. A read is kept when all objects it touches are among them. Default: all.' },
    exclude: names,
    ttl_seconds: { ...seconds, default: 300, description: 'How long an answer is kept at most; commits end it before.' },
    ttl_by_object: { type: 'object', additionalProperties: seconds, description: 'By name of an object.' },
    stale_seconds: {
      type: 'integer',
      minimum: 0,
      maximum: 31_536_000,
      default: 0,
      description: 'So long after its time is over an answer is still given, while it is asked for anew.',
    },
    store: { enum: ['process', 'redis'], default: 'process', description: 'In each process, or for all processes together.' },
    shared: { type: 'boolean', default: true, description: 'Other processes write to the database too.' },
    max_entries: { ...count, default: 10_000 },
    max_bytes: { ...count, default: 67_108_864 },
    max_entry_bytes: { ...count, default: 1_048_576, description: 'Longer answers are not kept.' },
    redis_url: { type: 'string' },
    redis_url_variable: { type: 'string', description: 'Name of an environment variable with the address of Redis.' },
    key_prefix: { type: 'string', description: 'Of keys in Redis. Default: "cache:" and the name of the application.' },
    timeout_ms: { ...count, default: 250, description: 'How long Redis may take.' },
    when_unavailable: {
      enum: ['allow', 'refuse'],
      default: 'allow',
      description: 'What becomes of writes that Redis cannot be told of.',
    },
    status_header: { type: 'boolean', default: false, description: 'Replies say in Cache-Status where they come from.' },
  },
} as const
