import { dirname } from 'node:path'
import { inOutput, isCopy, isOnTheWay, kernelOf } from './hot-files.ts'
import { keptModule } from './kept-module.ts'
import type { Generation } from './module-generations.ts'

/** Modules that would be imported anew: those of plugins, or why that would not be all. */
export type Whose =
  | { readonly kind: 'plugins'; readonly modules: readonly string[] }
  /** `file` keeps what it has, for what `why` says as a clause. `isPlugin`: something of a plugin is among them. */
  | { readonly kind: 'others'; readonly file: string; readonly why: string; readonly isPlugin: boolean }

/**
 * Who holds the modules of a generation. What a plugin has can be exchanged, since the kernel stops the old one; a module that anything else imports
 * may have begun something that nobody ends. `plugins`: their modules, and whether they say `hot: false`; some have
 * nothing to start, and are in no kernel.
 */
export function whoseModules(generation: Generation, entry: string, plugins: ReadonlyMap<string, boolean>): Whose {
  const output = dirname(entry)
  const kernel = kernelOf(entry)
  const modules: string[] = []
  let other: { readonly file: string; readonly why: string } | undefined
  for (const file of generation.files) {
    const isOwn = inOutput(file, output) === undefined || isCopy(file, output)
    if (!isOwn) {
      if (!isOnTheWay(file, output)) other ??= { file, why: 'imports it and cannot be exchanged' }
      continue
    }
    const kept = keptModule(file, generation.importsOf(file))
    if (kept !== undefined) other ??= { file, why: kept }
    const generated = generation
      .importersOf(file)
      .filter((importer) => inOutput(importer, output) !== undefined && !isCopy(importer, output))
    // The kernel knows which of those it calls may be restarted.
    if (plugins.get(file) && !generated.includes(kernel)) other ??= { file, why: 'says hot: false' }
    if (generated.includes(kernel) || plugins.has(file)) modules.push(file)
    else if (generated.length > 0) other ??= { file, why: 'is no module of a plugin that can be restarted' }
  }
  return other === undefined ? { kind: 'plugins', modules } : { kind: 'others', ...other, isPlugin: modules.length > 0 }
}
