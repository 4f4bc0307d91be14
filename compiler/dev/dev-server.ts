import type { CompileResult } from '../compile-result.ts'
import { toProjectPath } from '../host/project-path.ts'
import { type AppGeneration, createAppPool } from './app-pool.ts'
import { createCodeVersions } from './code-versions.ts'
import type { PluginProblem } from './hot-application.ts'
import { createProxy } from './proxy.ts'
import { type HotOutcome, restartPlugins } from './restart-plugins.ts'
import { findEntry, type StartFailure, type StartNotes } from './start-generated.ts'

export interface DevServerOptions {
  /** Database URL with an absolute path. */
  readonly datasource: string
  /** The database has no records yet: start with the seeds of the schemas. */
  readonly isNewDatabase: boolean
  readonly port: number
  readonly host: string
  /** How many versions of plugins one process takes before it is replaced. Default 50: Node frees no module. */
  readonly maxVersions?: number
  /** Awaited, so that what it prints stays in order. */
  readonly onEvent: (event: DevEvent) => void | Promise<void>
}

export type DevEvent =
  /** A new application answers; `ms` since its code was compiled. `why`: something of a plugin changed, and the running one could not take it. */
  | { readonly kind: 'live'; readonly ms: number; readonly notes: StartNotes; readonly why?: string | undefined }
  /** The running application has other versions of these plugins, or restarted them with those. */
  | { readonly kind: 'restarted'; readonly ms: number; readonly plugins: readonly string[] }
  /** It did not start; the last good one keeps answering, if there is one. */
  | { readonly kind: 'refused'; readonly failure: StartFailure; readonly isServing: boolean }
  /** A version of a plugin failed; the one before runs on. */
  | ({ readonly kind: 'kept' } & PluginProblem)
  | { readonly kind: 'crashed' }

export interface DevServer {
  readonly port: number
  /** Makes what was compiled live, or keeps the last good application when it cannot. Resolves when that is decided. */
  update(result: CompileResult): Promise<void>
  close(): Promise<void>
}

/** A crash this soon after the start would only repeat itself. */
const CRASH_LOOP_MS = 2_000
const MAX_VERSIONS = 50

const devOf = ({ config }: CompileResult): string => JSON.stringify(config?.dev ?? null)

/** One open port, and behind it the newest application that compiles and starts. */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const proxy = createProxy()
  const port = await proxy.listen(options.port, options.host)
  const pool = createAppPool()
  const versions = createCodeVersions()
  let current: AppGeneration | undefined
  let mustSeed = options.isNewDatabase
  let isStale = true
  /** What the configuration says about development, as the current application has it. */
  let runningDev = ''
  /** Versions of plugins that the current process has taken. */
  let taken = 0
  let isRestarting = false
  const ending = new Set<Promise<void>>()

  async function update(result: CompileResult): Promise<void> {
    if (!result.isOk) {
      if (current === undefined) proxy.unavailableBecause = 'The schemas do not compile. The problems are on the terminal.'
      return
    }
    versions.compiled(result)
    const dev = devOf(result)
    if (!versions.hasNews && dev === runningDev && !isStale) return
    const since = performance.now()
    isStale = true
    const hot = current === undefined || mustSeed || dev !== runningDev ? undefined : await restart(result, current)
    if (hot?.kind === 'restarted' || hot?.kind === 'kept') {
      hot.release()
      if (hot.kind === 'restarted') wentLive(dev)
      const { release: _, ...told } = hot
      await options.onEvent(told.kind === 'restarted' ? { ...told, ms: performance.now() - since } : told)
      return
    }
    try {
      await swap(result, since, hot?.why)
    } finally {
      hot?.release()
    }
  }

  function wentLive(dev: string): void {
    versions.isLive()
    runningDev = dev
    isStale = false
  }

  async function restart({ output, root, pluginModules }: CompileResult, generation: AppGeneration): Promise<HotOutcome> {
    const max = options.maxVersions ?? MAX_VERSIONS
    isRestarting = true
    const hot = await restartPlugins({ generation, proxy, versions, output, root, pluginModules, isFull: taken >= max, max })
    isRestarting = false
    // One that failed stays loaded as well.
    if (hot.kind === 'restarted' || hot.kind === 'kept') taken++
    return hot
  }

  async function swap(result: CompileResult, since: number, why?: string): Promise<void> {
    const entry = findEntry(result.output)
    if (entry === undefined) return
    const seeds = /(?:^|\/)seeds\.(?:ts|js)$/
    const seed = mustSeed || versions.written.some((path) => seeds.test(toProjectPath(result.root, path)))
    const devUser = result.config?.dev.user === true
    const started = await pool.start({ entry, datasource: options.datasource, port: 0, host: '127.0.0.1', seed, devUser })
    if (!started.ok) {
      if (current === undefined) {
        proxy.target = undefined
        proxy.unavailableBecause = 'The application did not start. The problem is on the terminal.'
      }
      await options.onEvent({ kind: 'refused', failure: started.failure, isServing: current !== undefined })
      return
    }
    const previous = current
    const { generation } = started
    current = generation
    taken = 0
    proxy.target = generation.port
    mustSeed = false
    wentLive(devOf(result))
    generation.onCrash(() => void recover(result, generation))
    if (previous !== undefined) retire(previous)
    await options.onEvent({ kind: 'live', ms: performance.now() - since, notes: generation.notes, why })
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
    // Another process is on its way already.
    if (isRestarting) return
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
