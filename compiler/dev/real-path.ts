import { realpathSync } from 'node:fs'

/** Where links lead: modules are known by that. A file that is gone has its own path. */
export function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
