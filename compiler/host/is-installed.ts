import { createRequire, isBuiltin } from 'node:module'
import { join } from 'node:path'

/** True when Node finds a package from a folder. A package that keeps the path to itself is there, too. */
export function isInstalled(folder: string, specifier: string): boolean {
  if (isBuiltin(specifier)) return true
  try {
    createRequire(join(folder, 'module.js')).resolve(specifier)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED'
  }
}
