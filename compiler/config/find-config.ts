import type { Host } from '../host/host.ts'
import { fromProjectPath } from '../host/project-path.ts'

export const CONFIG_NAMES: readonly string[] = ['objectql.config.ts', 'objectql.config.js', 'objectql.config.mjs', 'objectql.config.json']

/** The configurations in the nearest folder that has one, looking upward: absolute paths, the one that counts first. */
export function findConfigs(host: Pick<Host, 'exists'>, from: string): readonly string[] {
  for (let folder = from; ; ) {
    const found = CONFIG_NAMES.map((name) => fromProjectPath(folder, name)).filter((path) => host.exists(path))
    const parent = fromProjectPath(folder, '..')
    if (found.length > 0 || parent === folder) return found
    folder = parent
  }
}
