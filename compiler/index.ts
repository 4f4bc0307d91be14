import type { CompileOptions, CompileResult } from './compile-result.ts'

export type { CompileOptions, CompileResult, DumpPhase, PhaseName } from './compile-result.ts'
export type { ApiConfig, Config, Dialect, ResolvedApiConfig, ResolvedConfig } from './config/config.ts'
export { defineConfig } from './config/define-config.ts'
export type { Diagnostic, Fix, Severity } from './diagnostics/diagnostic.ts'
export type { Host, ImportedModule } from './host/host.ts'
export type { Json } from './source/json.ts'
export type { Located, Span } from './source/span.ts'
export type { Watcher, WatchOptions } from './watch/watch.ts'

// Configurations import `defineConfig` from here, so nothing heavy may load with this module.

/** Compiles a project and writes what changed. Problems are in the result; only bugs reject. */
export async function compile(options: CompileOptions = {}): Promise<CompileResult> {
  const { compileProject } = await import('./compile-project.ts')
  return compileProject(options)
}

/** Finds every problem of a project without making output. */
export const check = (options: Omit<CompileOptions, 'mode'> = {}): Promise<CompileResult> => compile({ ...options, mode: 'analyse' })

/** Compiles, and compiles again whenever an input changes, until it is closed. */
export async function watch(options: import('./watch/watch.ts').WatchOptions = {}): Promise<import('./watch/watch.ts').Watcher> {
  const { watchProject } = await import('./watch/watch.ts')
  return watchProject(options)
}
