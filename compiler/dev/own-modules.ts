import { registerHooks } from 'node:module'
import { ownModuleUrl } from '../package-identity.ts'
import { ENTRY_POINTS } from './entry-points.ts'

/**
 * Makes `objectql/*` mean this very package in this process, wherever the importing file is. A server that we start runs on the
 * runtime of the compiler that printed its code, also when the project has none or another one installed.
 */
export function useOwnModules(): void {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const path = Object.hasOwn(ENTRY_POINTS, specifier) ? ENTRY_POINTS[specifier] : undefined
      return path === undefined ? nextResolve(specifier, context) : { url: ownModuleUrl(path), shortCircuit: true }
    },
  })
}
