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
 * may have begun something that nobody ends.
 */
export function whoseModules(generation: Generation, entry: string): Whose {
  const output = dirname(entry)
  const kernel = kernelOf(entry)
  const modules: string[] = []
  let isPlugin = false
  let other: { readonly file: string; readonly why: string } | undefined
  for (const file of generation.files) {
    const isOwn = inOutput(file, output) === undefined || isCopy(file, output)
    if (!isOwn) {
      if (!isOnTheWay(file, output)) other ??= { file, why: 'imports it and cannot be exchanged' }
      continue
    }
    // One without anything to start has a file of this name all the same.
    isPlugin ||= /\.plugin\.[cm]?[jt]s$/.test(file)
    const kept = keptModule(file, generation.importsOf(file))
    if (kept !== undefined) other ??= { file, why: kept }
    const generated = generation
      .importersOf(file)
      .filter((importer) => inOutput(importer, output) !== undefined && !isCopy(importer, output))
    if (generated.includes(kernel)) modules.push(file)
    else if (generated.length > 0) other ??= { file, why: 'is no module of a plugin that starts with the application' }
  }
  return other === undefined ? { kind: 'plugins', modules } : { kind: 'others', ...other, isPlugin: isPlugin || modules.length > 0 }
}
