import type { ApiConfig, Config } from './config.ts'

/** What one setting accepts: a type, and for objects the keys inside. */
export type Shape =
  | { readonly kind: 'text'; readonly pattern?: RegExp; readonly expected: string }
  | { readonly kind: 'texts'; readonly choices?: readonly string[]; readonly expected: string }
  | { readonly kind: 'choice'; readonly choices: readonly string[]; readonly expected: string }
  | { readonly kind: 'flag'; readonly expected: string }
  | { readonly kind: 'count'; readonly least: number; readonly expected: string }
  | { readonly kind: 'any-object'; readonly expected: string }
  | { readonly kind: 'object'; readonly keys: { readonly [key: string]: Shape }; readonly expected: string }

const text: Shape = { kind: 'text', pattern: /\S/, expected: 'a text' }
const flag: Shape = { kind: 'flag', expected: 'true or false' }
const choice = (...choices: readonly string[]): Shape => ({ kind: 'choice', choices, expected: listOf(choices) })
const count = (least: number): Shape => ({ kind: 'count', least, expected: `a whole number from ${least} up` })
const object = <Key extends string>(keys: { readonly [K in Key]: Shape }): Shape => ({ kind: 'object', keys, expected: 'an object' })

function listOf(choices: readonly string[]): string {
  const quoted = choices.map((item) => `"${item}"`)
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`
}

const SEMVER = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/

/** `UTC` or the name of a place; which places there are, the runtime knows. */
const TIME_ZONE = /^(?:UTC|[A-Za-z_]+(?:\/[A-Za-z0-9_+-]+){1,2})$/

/** The mapped types keep this table and `Config` in step: a key on one side only does not type-check. */
const api: { readonly [Key in keyof Required<ApiConfig>]: Shape } = {
  basePath: { kind: 'text', pattern: /^(?:\/[A-Za-z0-9._~-]+)+$/, expected: 'a path such as "/api", with a leading and no trailing slash' },
  maxBodyBytes: count(1),
  maxPageSize: count(1),
  defaultPageSize: count(1),
  maxUrlBytes: count(64),
  maxExpandDepth: count(0),
  maxFilterDepth: count(1),
  maxQueryCost: count(1),
  headersTimeoutMs: count(1),
  requestTimeoutMs: count(1),
  statementTimeoutMs: count(0),
  healthDetail: flag,
  keepAliveTimeoutMs: count(0),
  shutdownTimeoutMs: count(0),
  maxConcurrentRequests: count(1),
  docs: flag,
  lockdown: flag,
  allowedQueries: { kind: 'texts', expected: 'a list of hashes' },
}

const keys: { readonly [Key in keyof Required<Config>]: Shape } = {
  name: text,
  version: { kind: 'text', pattern: SEMVER, expected: 'a version such as "1.2.0"' },
  input: { kind: 'texts', expected: 'a list of paths' },
  output: text,
  dialects: { kind: 'texts', choices: ['sqlite', 'postgres', 'mysql'], expected: 'a list of "sqlite", "postgres" and "mysql"' },
  databases: { kind: 'texts', choices: ['sqlite', 'postgres', 'mysql'], expected: 'a list of "sqlite", "postgres" and "mysql"' },
  sources: { kind: 'texts', expected: 'a list of folders, files or globs' },
  emit: object({ module: choice('ts', 'js') }),
  types: object({ openOptions: flag }),
  ids: choice('uuidv7', 'nanoid'),
  timeZone: { kind: 'text', pattern: TIME_ZONE, expected: 'a time zone such as "Europe/Berlin"' },
  api: object(api),
  auth: text,
  dev: object({ user: flag }),
  plugins: { kind: 'any-object', expected: 'an object with one entry for each plugin' },
  strict: flag,
}

export const configShape: Shape = object(keys)
