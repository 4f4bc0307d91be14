import type { Host } from '../host/host.ts'
import { fromProjectPath } from '../host/project-path.ts'

export const CONFIG_NAMES: readonly string[] = ['objectql.config.ts', 'objectql.config.js', 'objectql.config.mjs', 'objectql.config.json']

/** An ObjectStack application without a configuration of ours: the folder of its stack is the project. */
const STACK_NAMES: readonly string[] = ['objectstack.config.ts', 'objectstack.config.js', 'objectstack.config.mjs']

export interface FoundConfigs {
  /** The folder that has them, or a stack; undefined when no folder above has either. */
  readonly folder?: string
  /** Absolute paths, the one that counts first. */
  readonly paths: readonly string[]
}

/** The nearest folder with a configuration or a stack, looking upward: a stack of its own is not swallowed by a project around it. */
export function findConfigs(host: Pick<Host, 'exists'>, from: string): FoundConfigs {
  for (let folder = from; ; ) {
    const paths = CONFIG_NAMES.map((name) => fromProjectPath(folder, name)).filter((path) => host.exists(path))
    if (paths.length > 0 || STACK_NAMES.some((name) => host.exists(fromProjectPath(folder, name)))) return { folder, paths }
    const parent = fromProjectPath(folder, '..')
    if (parent === folder) return { paths: [] }
    folder = parent
  }
}
