/** What the application tells the plugin. */
export interface AuditConfig {
  /** Names of objects. Default: all but those of the plugin. */
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
  /** Fields whose values are never kept, as `field` or `object.field`: an entry says only that they changed. Secrets are masked anyway. */
  readonly mask?: readonly string[]
  /** `object`: a chain for each object, so that writers of different objects do not wait for each other. `one`: a single order of everything. */
  readonly chain?: 'object' | 'one'
  /** Name of an environment variable with a key. With it, whoever can write the database cannot make entries that hold. */
  readonly key_variable?: string
  /** Entries older than this are deleted once a day; the chain goes on from a checkpoint. Default: they stay. */
  readonly retention_days?: number
  /** Longer texts are kept as their length and SHA-256. */
  readonly max_value_length?: number
  /** Whoever runs `verify` and `prune` has one of these roles. Default: anybody may. */
  readonly roles?: readonly string[]
}

export const AUDIT_CONFIG_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    include: { type: 'array', items: { type: 'string' }, description: 'Names of objects. Default: all but those of the plugin.' },
    exclude: { type: 'array', items: { type: 'string' } },
    mask: {
      type: 'array',
      items: { type: 'string' },
      description: 'Fields whose values are never kept, as "field" or "object.field". Secrets are masked anyway.',
    },
    chain: { enum: ['object', 'one'], default: 'object', description: 'A chain for each object, or a single one.' },
    key_variable: { type: 'string', minLength: 1, description: 'Name of an environment variable with the key that seals entries.' },
    retention_days: { type: 'integer', minimum: 1, description: 'Entries older than this are deleted once a day. Default: they stay.' },
    max_value_length: {
      type: 'integer',
      minimum: 64,
      default: 4000,
      description: 'Longer texts are kept as their length and SHA-256.',
    },
    roles: { type: 'array', items: { type: 'string' }, description: 'Who may verify and prune. Default: anybody.' },
  },
} as const
