import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { AppIr, AuthIr } from '../ir/object.ts'
import { Span } from '../source/span.ts'
import { createCopiedModules } from './copied-modules.ts'
import { type ExportedFunction, exportedFunction } from './exported-function.ts'
import { type ModuleFiles, unresolvedImport } from './unresolved-import.ts'

export interface LinkedAuth {
  readonly app: AppIr
  readonly diagnostics: readonly Diagnostic[]
}

/** The application with what says who sends a request. `setting`: where the configuration names the module. */
export function linkAuth(app: AppIr, path: string, setting: Span, files: ModuleFiles): LinkedAuth {
  const refuse = (diagnostic: Diagnostic): LinkedAuth => ({ app, diagnostics: [diagnostic] })
  const module = files.resolve(/^(?:\.{1,2}[\\/]|[\\/]|[A-Za-z]:[\\/])/.test(path) ? path : `./${path}`, 'objectql.config.ts')
  const text = module === undefined ? undefined : files.textOf(module)
  if (module === undefined || text === undefined) return refuse(diagnose('config/auth-module', setting, { path }))
  const notes = { notes: [{ message: 'It is named here.', span: setting }] }
  const byDefault = exportedFunction(module, text, 'default')
  const exportName: AuthIr['exportName'] = byDefault.kind === 'none' ? 'authenticate' : 'default'
  const found: ExportedFunction = byDefault.kind === 'none' ? exportedFunction(module, text, 'authenticate') : byDefault
  if (found.kind === 'none') return refuse(diagnose('config/auth-export', setting, { path: module }))
  if (found.kind === 'syntax')
    return refuse(diagnose('load/module-syntax', Span.create(module, found.start, found.end), { problem: found.problem }, notes))
  if (found.kind === 'other') {
    const { actual, start, end } = found
    return refuse(
      diagnose('config/auth-not-a-function', Span.create(module, start, end), { path: module, name: exportName, actual }, notes),
    )
  }
  if (unresolvedImport(module, files) === undefined)
    return { app: Object.freeze({ ...app, auth: { module, exportName } }), diagnostics: [] }
  const copies = createCopiedModules(files)
  const missing = copies.add(module)
  if (missing !== undefined) return refuse(diagnose('config/auth-import', setting, { path: module, specifier: missing }))
  const auth: AuthIr = { module, exportName, isCopied: true }
  return { app: Object.freeze({ ...app, modules: copies.all(), auth }), diagnostics: [] }
}
