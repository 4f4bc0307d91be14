import { join } from 'node:path'
import { copyPath } from '../behaviour/copy-path.ts'
import type { PluginModule } from '../compile-result.ts'
import { fromProjectPath } from '../host/project-path.ts'
import type { AppGeneration } from './app-pool.ts'
import type { CodeVersions } from './code-versions.ts'
import type { PluginProblem } from './hot-application.ts'
import { structuralFile } from './hot-files.ts'
import type { DevProxy } from './proxy.ts'

export interface RestartRequest {
  readonly generation: AppGeneration
  readonly proxy: DevProxy
  readonly versions: CodeVersions
  /** Absolute path of the generated code. */
  readonly output: string
  /** Absolute path of the project. */
  readonly root: string
  readonly pluginModules: readonly PluginModule[]
  /** The process has as many versions as it may have: `max`. */
  readonly isFull: boolean
  readonly max: number
}

/** `release`: requests that wait go on. To be called in any case, when it is decided who answers them. */
export type HotOutcome = { readonly release: () => void } & (
  | { readonly kind: 'restarted'; readonly plugins: readonly string[] }
  | ({ readonly kind: 'kept' } & PluginProblem)
  /** Another process is needed, for what `why` says where something of a plugin changed. */
  | { readonly kind: 'cold'; readonly why?: string }
)

/** Milliseconds that running requests get to end on the version they began with. Longer ones end in a process of their own. */
const DRAIN_MS = 2_000

/** Puts what was compiled into the running process, where that is code of plugins alone. */
export async function restartPlugins(request: RestartRequest): Promise<HotOutcome> {
  const { generation, proxy, versions, output, root, isFull, max } = request
  let release = (): void => {}
  const cold = (why?: string): HotOutcome => ({ kind: 'cold', release, ...(why === undefined ? {} : { why }) })
  const prepared = await generation.prepare({
    changed: versions.changed,
    structural: structuralFile(versions.written, output),
    plugins: request.pluginModules.flatMap(({ path, isCold }) => [
      { path: fromProjectPath(root, path), isCold },
      { path: join(output, copyPath(path)), isCold },
    ]),
    root,
  })
  if (prepared === undefined) return cold()
  if (prepared.kind === 'failed') return { ...prepared, kind: 'kept', release }
  if (prepared.kind === 'cold') return cold(prepared.why)
  if (isFull) {
    generation.discard()
    return cold(`the process has ${max} versions of plugins in memory, and Node frees none`)
  }
  const hold = proxy.hold()
  if (!(await isDrained(proxy, generation))) {
    hold()
    generation.discard()
    return cold(`requests still ran after ${DRAIN_MS / 1000} seconds`)
  }
  release = hold
  const committed = await generation.commit()
  if (committed === undefined) return cold('the process did not get through the restart')
  if (committed.kind === 'lost') return cold(`neither version of the plugin "${committed.plugin}" starts there: ${committed.problem}`)
  return { ...committed, release }
}

async function isDrained(proxy: DevProxy, { port }: AppGeneration): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), DRAIN_MS)
  })
  const isDone = await Promise.race([proxy.drained(port).then(() => true), late])
  clearTimeout(timer)
  return isDone
}
