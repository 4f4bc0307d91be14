import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { emit } from '../../compiler/6-emit/emit.ts'
import type { ApiConfig, Dialect } from '../../compiler/config/config.ts'
import { resolveConfig } from '../../compiler/config/resolve-config.ts'
import type { AppIr } from '../../compiler/ir/object.ts'
import { type App, coreOf } from '../../runtime-lite/app/app.ts'
import type { AppCore } from '../../runtime-lite/app/app-core.ts'
import type { AppOptions } from '../../runtime-lite/app/app-options.ts'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import { createFetchHandler } from '../../runtime-lite/rest/fetch.ts'
import { handle } from '../../runtime-lite/rest/handle.ts'

const TMP = join(import.meta.dirname, '..', '..', 'tmp')

export interface RunningAppOptions extends AppOptions {
  readonly api?: ApiConfig
  readonly ids?: 'uuidv7' | 'nanoid'
  /** Default: SQLite alone. */
  readonly dialects?: readonly Dialect[]
}

/** An answer, its body read. */
export interface Answer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly text: string
  /** The parsed body; undefined when there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look at answers of every shape.
  readonly json: any
}

export interface Call {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Bytes and text are sent as they are, anything else as JSON. */
  readonly body?: unknown
}

export interface RunningApp {
  readonly app: App<{ readonly [object: string]: ObjectApi }>
  readonly core: AppCore
  /** The folder with the generated code. */
  readonly folder: string
  /** One request through the HTTP core, without a socket. The target goes in as it is. */
  request(target: string, call?: Call): Promise<Answer>
  readonly fetch: (request: Request) => Promise<Response>
  close(): Promise<void>
}

/** Emits an application, imports it and starts it, in memory unless `datasource` says otherwise. */
export async function runningApp(ir: AppIr, { api, ids, dialects, ...options }: RunningAppOptions = {}): Promise<RunningApp> {
  const folder = await emittedApp(ir, { ...(api ? { api } : {}), ...(ids ? { ids } : {}), ...(dialects ? { dialects } : {}) })
  const app = await startedApp(folder, options)
  return {
    ...app,
    async close() {
      await app.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Starts an application that was emitted into a folder, which stays. */
export async function startedApp(folder: string, options: AppOptions = {}): Promise<RunningApp> {
  const { createApp } = (await import(/* @vite-ignore */ join(folder, 'index.ts'))) as {
    createApp(options: AppOptions): Promise<RunningApp['app']>
  }
  const app = await createApp({ datasource: ':memory:', ...options })
  const core = coreOf(app as App)
  return {
    app,
    core,
    folder,
    request: (target, call) => requested(core, target, call),
    fetch: createFetchHandler(app as App),
    close: () => app.close(),
  }
}

/** Writes what a compile would write into a new folder below tmp/, which git ignores. */
export async function emittedApp(ir: AppIr, settings: Pick<RunningAppOptions, 'api' | 'ids' | 'dialects'> = {}): Promise<string> {
  const config = resolveConfig({ name: ir.name, dialects: ['sqlite'], ...settings }, { folderName: 'test', exists: () => false })
  mkdirSync(TMP, { recursive: true })
  const folder = mkdtempSync(join(TMP, 'app-'))
  // Generated code imports the hooks of the sample application from where they are.
  const files = await emit(ir, config, { lineOf: () => 1, output: `tmp/${basename(folder)}` })
  for (const { path, text } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

export function requested(core: AppCore, target: string, { method = 'GET', headers = {}, body }: Call = {}): Promise<Answer> {
  const rawHeaders = Object.entries(headers).flat()
  const bytes =
    body === undefined
      ? undefined
      : body instanceof Uint8Array
        ? body
        : new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body))
  return new Promise((resolve, reject) => {
    let isAnswered = false
    handle(core, { method, target, rawHeaders, body: bytes }, (reply) => {
      if (isAnswered) reject(new Error(`Answered twice: ${method} ${target}`))
      isAnswered = true
      const names = new Map<string, string>()
      for (let at = 0; at < reply.headers.length; at += 2) names.set(reply.headers[at]!.toLowerCase(), reply.headers[at + 1]!)
      resolve(answer(reply.status, names, reply.body))
    })
  })
}

/** The same shape for an answer of a fetch handler or of the network. */
export async function answerOf(response: Response): Promise<Answer> {
  return answer(response.status, new Map(response.headers), await response.text())
}

function answer(status: number, headers: ReadonlyMap<string, string>, body: string | Uint8Array | undefined): Answer {
  const text = body === undefined ? '' : typeof body === 'string' ? body : new TextDecoder('utf-8', { fatal: true }).decode(body)
  const isJson = (headers.get('content-type') ?? '').includes('json') && text !== ''
  return { status, headers, text, json: isJson ? JSON.parse(text) : undefined }
}
