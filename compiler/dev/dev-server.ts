import { contentHash } from '../7-write/content-hash.ts'
import type { CompileResult } from '../compile-result.ts'
import { toProjectPath } from '../host/project-path.ts'
import { type AppGeneration, createAppPool } from './app-pool.ts'
import { createProxy } from './proxy.ts'
import { findEntry, type StartFailure, type StartNotes } from './start-generated.ts'

export interface DevServerOptions {
  /** Database URL with an absolute path. */
  readonly datasource: string
  /** The database has no records yet: start with the seeds of the schemas. */
  readonly isNewDatabase: boolean
  readonly port: number
  readonly host: string
  /** Awaited, so that what it prints stays in order. */
  readonly onEvent: (event: DevEvent) => void | Promise<void>
}

export type DevEvent =
  /** A new application answers; `ms` since its code was compiled. */
  | { readonly kind: 'live'; readonly ms: number; readonly notes: StartNotes }
  /** It did not start; the last good one keeps answering, if there is one. */
  | { readonly kind: 'refused'; readonly failure: StartFailure; readonly isServing: boolean }
  | { readonly kind: 'crashed' }

export interface DevServer {
  readonly port: number
  /** Makes what was compiled live, or keeps the last good application when it cannot. Resolves when that is decided. */
  update(result: CompileResult): Promise<void>
  close(): Promise<void>
}

/** The texts of all modules that had a say, as one hash, and what the configuration says about development. */
function modulesOf({ inputs, root, textOf, config }: CompileResult): string {
  const modules = inputs.filter((path) => /\.[cm]?[jt]sx?$/.test(path)).sort()
  const texts = modules.flatMap((path) => [path, textOf(toProjectPath(root, path)) ?? ''])
  return contentHash(JSON.stringify([config?.dev, texts]))
}

/** A crash this soon after the start would only repeat itself. */
const CRASH_LOOP_MS = 2_000

/** One open port, and behind it the newest application that compiles and starts. */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const proxy = createProxy()
  const port = await proxy.listen(options.port, options.host)
  const pool = createAppPool()
  let current: AppGeneration | undefined
  let mustSeed = options.isNewDatabase
  let isStale = true
  /** What runs besides the output: modules of hooks, actions and the like are imported from where they are. */
  let running = ''
  const ending = new Set<Promise<void>>()

  async function update(result: CompileResult): Promise<void> {
    if (!result.isOk) {
      if (current === undefined) proxy.unavailableBecause = 'The schemas do not compile. The problems are on the terminal.'
      return
    }
    const modules = modulesOf(result)
    const hasNewCode = result.written.length + result.removed.length > 0 || modules !== running
    if (!hasNewCode && !isStale) return
    running = modules
    await swap(result)
  }

  async function swap(result: CompileResult): Promise<void> {
    const since = performance.now()
    isStale = true
    const entry = findEntry(result.output)
    if (entry === undefined) return
    const seed = mustSeed || result.written.some((path) => /(?:^|\/)seeds\.(?:ts|js)$/.test(path))
    const devUser = result.config?.dev.user === true
    const started = await pool.start({ entry, datasource: options.datasource, port: 0, host: '127.0.0.1', seed, devUser })
    if (!started.ok) {
      if (current === undefined) proxy.unavailableBecause = 'The application did not start. The problem is on the terminal.'
      await options.onEvent({ kind: 'refused', failure: started.failure, isServing: current !== undefined })
      return
    }
    const previous = current
    const { generation } = started
    current = generation
    proxy.target = generation.port
    mustSeed = false
    isStale = false
    generation.onCrash(() => void recover(result, generation))
    if (previous !== undefined) retire(previous)
    await options.onEvent({ kind: 'live', ms: performance.now() - since, notes: generation.notes })
  }

  /** Requests it has taken are answered by it; it takes no new ones. */
  function retire(generation: AppGeneration): void {
    const ended = proxy
      .drained(generation.port)
      .then(() => generation.stop())
      .finally(() => ending.delete(ended))
    ending.add(ended)
  }

  async function recover(result: CompileResult, generation: AppGeneration): Promise<void> {
    if (current !== generation) return
    current = undefined
    proxy.target = undefined
    proxy.unavailableBecause = 'The application crashed. The problem is on the terminal.'
    await options.onEvent({ kind: 'crashed' })
    isStale = true
    if (performance.now() - generation.startedAt > CRASH_LOOP_MS) await update(result)
  }

  return {
    port,
    update,
    async close() {
      await proxy.close()
      pool.close()
      await Promise.all([...ending, current?.stop()])
    },
  }
}
