import type { Config, ResolvedApiConfig, ResolvedConfig } from './config.ts'

const API_DEFAULTS: ResolvedApiConfig = {
  basePath: '/api',
  maxBodyBytes: 1_048_576,
  maxPageSize: 1_000,
  defaultPageSize: 50,
  maxUrlBytes: 8_192,
  maxExpandDepth: 3,
  maxFilterDepth: 32,
  maxQueryCost: 1_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 5_000,
  shutdownTimeoutMs: 10_000,
  maxConcurrentRequests: 10_000,
  docs: true,
  lockdown: false,
  allowedQueries: [],
}

/** Looked for in this order when the configuration names no input. */
export const DEFAULT_INPUT: readonly string[] = ['schemas', 'src', 'objectstack.config.ts']

export interface Surroundings {
  /** Name of the folder that holds the configuration. */
  readonly folderName: string
  /** Whether a path relative to that folder exists. */
  readonly exists: (path: string) => boolean
}

/** Fills in every default. */
export function resolveConfig(config: Config, { folderName, exists }: Surroundings): ResolvedConfig {
  return {
    name: config.name ?? folderName,
    version: config.version ?? '0.1.0',
    input: config.input ?? DEFAULT_INPUT.filter(exists),
    output: config.output ?? 'generated',
    databases: config.databases ?? ['sqlite'],
    dialects: config.dialects ?? ['sqlite', 'postgres', 'mysql'],
    sources: config.sources ?? [],
    emit: { module: config.emit?.module ?? 'ts' },
    types: { openOptions: config.types?.openOptions ?? false },
    ids: config.ids ?? 'uuidv7',
    timeZone: config.timeZone ?? 'UTC',
    api: resolveApi(config.api ?? {}),
    auth: config.auth,
    dev: { user: config.dev?.user ?? config.auth === undefined },
    plugins: config.plugins ?? {},
    strict: config.strict ?? false,
  }
}

function resolveApi(api: NonNullable<Config['api']>): ResolvedApiConfig {
  const given = Object.fromEntries(Object.entries(api).filter(([, value]) => value !== undefined))
  const merged = { ...API_DEFAULTS, ...given }
  // A page nobody asked a size for may not be larger than the largest one that can be asked for.
  return { ...merged, defaultPageSize: Math.min(merged.defaultPageSize, merged.maxPageSize) }
}
