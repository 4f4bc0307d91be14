import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AnyApp } from '../../runtime-lite/app/app.ts'
import { ownModuleUrl } from '../package-identity.ts'
import { isRemote } from './datasource.ts'
import { migrateDatabase, type Refusal, refusalsOf } from './migrate-database.ts'

/** What the runtime gives for a running application. */
export interface RunningApp {
  /** `http://host:port` */
  readonly url: string
  readonly port: number
  /** Lets running requests finish, closes the database. */
  close(): Promise<void>
}

export interface StartRequest {
  /** Absolute path of the module that exports `createApp`. */
  readonly entry: string
  /** Database URL with an absolute path. */
  readonly datasource: string
  readonly port: number
  readonly host: string
  /** Write the seed records of the schemas. */
  readonly seed: boolean
  /** Requests may say who sends them (`X-Dev-User`): for development alone. */
  readonly devUser?: boolean
}

export type StartProblem = 'database' | 'data-loss' | 'port' | 'app'

/** Why an application did not start. */
export interface StartFailure {
  readonly problem: StartProblem
  /** One clause without a full stop. */
  readonly message: string
  /** Differences between schemas and database that were not removed. */
  readonly refused: readonly Refusal[]
}

/** What is worth telling about a start that went well. */
export interface StartNotes {
  /** Differences that stay, none of which keeps the application from working. */
  readonly refused: readonly Refusal[]
  /** References of seed records to records that do not exist. */
  readonly dangling: readonly string[]
}

export type Started =
  | ({ readonly ok: true; readonly app: RunningApp; readonly application: AnyApp } & StartNotes)
  | { readonly ok: false; readonly failure: StartFailure }

/** The generated module to start from, or undefined when nothing was compiled into this folder. */
export function findEntry(output: string): string | undefined {
  return ['index.ts', 'index.js'].map((name) => join(output, name)).find((path) => existsSync(path))
}

interface GeneratedModule {
  readonly createApp: (options: { readonly datasource: string }) => Promise<App>
}

interface App {
  seed(): Promise<{ readonly dangling: readonly string[] }>
  close(): Promise<void>
}

interface RestModule {
  readonly serve: (app: App, options: { readonly port: number; readonly host: string }) => Promise<RunningApp>
}

/** Starts compiled code in this process. `useOwnModules` must have been called. */
export async function startGenerated({ entry, datasource, port, host, seed, devUser = false }: StartRequest): Promise<Started> {
  let app: App | undefined
  try {
    // A database in memory belongs to one connection: the application prepares it itself.
    const refused = datasource === ':memory:' ? [] : (await migrateDatabase({ entry, datasource })).refused
    const { createApp } = (await import(pathToFileURL(entry).href)) as GeneratedModule
    app = await createApp({ datasource })
    if (devUser) (await import('./dev-user.ts')).admitDevUsers(app as unknown as AnyApp)
    const dangling = seed ? (await app.seed()).dangling : []
    const { serve } = (await import(ownModuleUrl('runtime-lite/rest/index'))) as RestModule
    return { ok: true, app: await serve(app, { port, host }), application: app as unknown as AnyApp, dangling, refused }
  } catch (error) {
    await app?.close()
    const failure = describeStartError(error)
    // What went wrong before there was an application went wrong with its database.
    const isDatabase = app === undefined && failure.problem === 'app' && isRemote(datasource)
    return { ok: false, failure: isDatabase ? { ...failure, problem: 'database' } : failure }
  }
}

/** What an error thrown while starting means. */
export const describeStartError = (error: unknown): StartFailure => ({
  problem: problemOf(error),
  message: clauseOf(error),
  refused: refusalsOf(error) ?? [],
})

function problemOf(error: unknown): StartProblem {
  if (refusalsOf(error) !== undefined) return 'data-loss'
  const code = (error as { readonly code?: unknown } | null)?.code
  if (code === 'EADDRINUSE') return 'port'
  return code === 'ERR_SQLITE_ERROR' || code === 'ERR_INVALID_ARG_VALUE' ? 'database' : 'app'
}

const clauseOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).trim().replace(/\.$/, '')
