import { dirname, join, relative, sep } from 'node:path'

/** Files of the output with code of plugins and others, which a running application can take. Types are nobody's at run time. */
const CODE =
  /^(?:(?:kernel|middleware)\.[jt]s|hooks\/[^/]+\.[jt]s|actions\/[^/]+(?<!-params)\.[jt]s|modules\/.+|.+\.d\.ts|trace\.json|\.objectql\.json)$/

/** Modules that lead to such files, and hold nothing of them that is kept. */
const ON_THE_WAY = /^(?:index|kernel|middleware)\.[jt]s$|^(?:plans|rules|hooks|actions|modules)\//

/** A path in the output folder, with forward slashes; undefined for one outside of it. */
export function inOutput(path: string, output: string): string | undefined {
  const found = relative(output, path).split(sep).join('/')
  return found.startsWith('../') || found === '..' || found === '' ? undefined : found
}

/** The first of these files that says how an application is built, and not only what its code does. Paths are absolute. */
export const structuralFile = (paths: readonly string[], output: string): string | undefined =>
  paths.find((path) => !CODE.test(inOutput(path, output) ?? ''))

/** Whether a running application lets go of a generated module once it has the next `index`. */
export const isOnTheWay = (path: string, output: string): boolean => ON_THE_WAY.test(inOutput(path, output) ?? '')

/** A copy of a module of the application's, which could not be loaded as it is. */
export const isCopy = (path: string, output: string): boolean => inOutput(path, output)?.startsWith('modules/') === true

/** The generated module that calls plugins. */
export const kernelOf = (entry: string): string => join(dirname(entry), `kernel${entry.endsWith('.js') ? '.js' : '.ts'}`)
