import { registerHooks } from 'node:module'
import { ownModuleUrl } from '../package-identity.ts'

/** What generated code imports by name, and the module of this package it means. */
const URL_BY_NAME: { readonly [name: string]: string } = {
  objectql: ownModuleUrl('compiler/index'),
  'objectql/runtime': ownModuleUrl('runtime-lite/index'),
  'objectql/rest': ownModuleUrl('runtime-lite/rest/index'),
  'objectql/client': ownModuleUrl('runtime-lite/client/index'),
  'objectql/spec': ownModuleUrl('compiler/spec/index'),
}

/**
 * Makes `objectql/*` mean this very package in this process, wherever the importing file is. A server that we start runs on the
 * runtime of the compiler that printed its code, also when the project has none or another one installed.
 */
export function useOwnModules(): void {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const url = Object.hasOwn(URL_BY_NAME, specifier) ? URL_BY_NAME[specifier] : undefined
      return url === undefined ? nextResolve(specifier, context) : { url, shortCircuit: true }
    },
  })
}
