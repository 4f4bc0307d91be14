import type { Json } from '../source/json.ts'

export type Dialect = 'sqlite' | 'postgres' | 'mysql'

/** What `objectql.config.ts` exports through `defineConfig`. Every key is optional. */
export interface Config {
  /** Name of the application, used in OpenAPI and package metadata. Default: name of the first `*.app.yml`, else the folder name. */
  readonly name?: string
  /** Version of the application's API, semver. Default '0.1.0'. */
  readonly version?: string
  /** Folders or files that hold schemas, relative to the config file. Default ['schemas', 'src', 'objectstack.config.ts'], those that exist. */
  readonly input?: readonly string[]
  /** Output folder, relative to the config file. Default 'generated'. */
  readonly output?: string
  /** Databases to print schema.<dialect>.sql for, besides the embedded SQLite. Default all three. */
  readonly dialects?: readonly Dialect[]
  /** Databases the application runs on. The first decides the column types of `app.db`. Default ['sqlite']. */
  readonly databases?: readonly Dialect[]
  /** The application's own sources, folders, files or globs: reads that stand literally in them are known to `api.lockdown`. Default none. */
  readonly sources?: readonly string[]
  readonly emit?: {
    /** 'ts' (default): the server half is TypeScript that Node runs as it is. 'js': everything is .js + .d.ts. */
    readonly module?: 'ts' | 'js'
  }
  readonly types?: {
    /** Accept option values outside the declared list in types and validators. Default false. */
    readonly openOptions?: boolean
  }
  /** How ids of new records are made. Default 'uuidv7' (RFC 9562, sorts by time). */
  readonly ids?: 'uuidv7' | 'nanoid'
  /** Time zone of the business, `Europe/Berlin`: what day it is in autonumbers. Default 'UTC'. */
  readonly timeZone?: string
  readonly api?: ApiConfig
  /**
   * Module that says who sends a request, relative to the config file: its default export or `authenticate` is what `createApp` takes as
   * `authenticate`. Default none: nobody asks.
   */
  readonly auth?: string
  /** What holds for `objectql dev` alone. */
  readonly dev?: {
    /**
     * Whether requests of this machine may say who sends them, by the header `X-Dev-User`. Default: true where there is no `auth`, else false.
     */
    readonly user?: boolean
  }
  /** Plugin configuration by plugin name. */
  readonly plugins?: { readonly [name: string]: Json }
  /** Treat warnings as errors. Default false. */
  readonly strict?: boolean
}

export interface ApiConfig {
  /** Path prefix of the REST API, leading slash, no trailing slash. Default '/api'. */
  readonly basePath?: string
  /** Largest request body in bytes. Default 1,048,576. */
  readonly maxBodyBytes?: number
  /** Largest `$top`. Default 1,000. */
  readonly maxPageSize?: number
  /** Page size when the request names none. Default 50. */
  readonly defaultPageSize?: number
  /** Longest request target in bytes. Default 8,192. */
  readonly maxUrlBytes?: number
  /** Deepest `$expand`. Default 3. */
  readonly maxExpandDepth?: number
  /** Deepest nesting of `$filter`. Default 32. */
  readonly maxFilterDepth?: number
  /** Points one query may cost: one per condition, times 2 inside a relation to one record and times 8 inside one to many. Default 1,000. */
  readonly maxQueryCost?: number
  /** Milliseconds to receive the request headers. Default 10,000. */
  readonly headersTimeoutMs?: number
  /** Milliseconds to receive a whole request. Default 30,000. */
  readonly requestTimeoutMs?: number
  /**
   * Milliseconds a request may wait for a remote database: then its statement is stopped there, and the answer is 503 `TIMEOUT`. 0: as long as
   * the database lets it. Default 30,000.
   */
  readonly statementTimeoutMs?: number
  /** `/readyz?detail=true` also tells about the pool of connections and the plans in memory. Default false. */
  readonly healthDetail?: boolean
  /** Milliseconds an idle connection is kept. Default 5,000. */
  readonly keepAliveTimeoutMs?: number
  /** Milliseconds that running requests get on shutdown. Default 10,000. */
  readonly shutdownTimeoutMs?: number
  /** Requests in work at once before new ones get 503. Default 10,000. */
  readonly maxConcurrentRequests?: number
  /** Serve Swagger UI at /docs and the document at /openapi.json. Default true. */
  readonly docs?: boolean
  /**
   * Answer only the reads of the application's own sources (`sources`), named queries and `allowedQueries`; others get 403. Writes and reading
   * one record by its id are not concerned. Default false.
   */
  readonly lockdown?: boolean
  /** Hashes of further reads to answer: the refusal of a read names its hash. Default none. */
  readonly allowedQueries?: readonly string[]
}

export type ResolvedApiConfig = Required<Omit<ApiConfig, DefaultOfRuntime>> & Pick<ApiConfig, DefaultOfRuntime>

/** Left out of generated code unless they are given: the runtime knows their defaults. */
type DefaultOfRuntime = 'statementTimeoutMs' | 'healthDetail'

/** The configuration with every default filled in. */
export interface ResolvedConfig {
  readonly name: string
  readonly version: string
  readonly input: readonly string[]
  readonly output: string
  readonly dialects: readonly Dialect[]
  readonly databases: readonly Dialect[]
  readonly sources: readonly string[]
  readonly emit: { readonly module: 'ts' | 'js' }
  readonly types: { readonly openOptions: boolean }
  readonly ids: 'uuidv7' | 'nanoid'
  readonly timeZone: string
  readonly api: ResolvedApiConfig
  /** Undefined: nobody asks. */
  readonly auth: string | undefined
  readonly dev: { readonly user: boolean }
  readonly plugins: { readonly [name: string]: Json }
  readonly strict: boolean
}
