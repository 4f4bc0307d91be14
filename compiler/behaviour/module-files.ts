import { pathToFileURL } from 'node:url'
import type { Host } from '../host/host.ts'
import { isInstalled } from '../host/is-installed.ts'
import { createModuleResolver, type ModuleResolver } from '../host/module-resolver.ts'
import { toProjectPath } from '../host/project-path.ts'
import type { ModuleFiles } from './unresolved-import.ts'

/** The modules of a project, as handlers are found in them. */
export function moduleFiles(host: Host, root: string, pathOf: (path: string) => string): ModuleFiles {
  let resolver: ModuleResolver | undefined
  return {
    textOf: (path) => host.readText(pathOf(path)),
    // Generated code imports it everywhere: whoever runs that has it.
    isInstalled: (name) => /^objectql(?:\/|$)/.test(name) || isInstalled(root, name),
    resolve(specifier, importer) {
      resolver ??= createModuleResolver({
        root,
        readText: (path) => host.readText(path),
        toUrl: (path) => pathToFileURL(path).href,
        fromUrl: () => undefined,
      })
      const found = resolver.resolve(specifier, pathOf(importer))
      return found === undefined ? undefined : toProjectPath(root, found)
    },
  }
}
