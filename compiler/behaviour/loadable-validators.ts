import type { AppIr, ObjectIr } from '../ir/object.ts'
import type { CompiledRule } from '../ir/rule.ts'
import type { CopiedModules } from './copied-modules.ts'
import { type ModuleFiles, unresolvedImport } from './unresolved-import.ts'

type Asking = CompiledRule & { readonly kind: 'validator' }

/** The rule asks a function of the schemas. */
const moduleOf = (rule: CompiledRule): string | undefined =>
  rule.kind === 'validator' && rule.by.kind === 'function' ? rule.by.module : undefined

/** Modules with functions that rules ask. */
export const validatorModules = ({ objects }: AppIr): readonly string[] =>
  objects.flatMap(({ compiledRules = [] }) => compiledRules.flatMap((rule) => moduleOf(rule) ?? []))

/**
 * Validators of modules that have to be copied say so. Those of modules that cannot be loaded even so say what is missing and keep their names:
 * what nobody can ask lets nothing pass.
 */
export function withLoadableValidators(app: AppIr, files: ModuleFiles, copies: CopiedModules | undefined): AppIr {
  const unloadable = new Set(validatorModules(app).filter((module) => unresolvedImport(module, files) !== undefined))
  if (unloadable.size === 0) return app
  const missingByModule = new Map([...unloadable].map((module) => [module, copies?.add(module)]))
  const told = (rule: CompiledRule): CompiledRule => {
    const module = moduleOf(rule)
    if (module === undefined || !unloadable.has(module)) return rule
    const { by } = rule as Asking
    if (by.kind !== 'function') return rule
    const missing = missingByModule.get(module)
    const { name, kind, span } = by
    return Object.freeze({
      ...(rule as Asking),
      by: missing === undefined ? { ...by, isCopied: true as const } : { kind, name, span, missing },
    })
  }
  const objects = app.objects.map((object): ObjectIr => {
    const { compiledRules } = object
    return compiledRules?.some((rule) => unloadable.has(moduleOf(rule) ?? ''))
      ? Object.freeze({ ...object, compiledRules: Object.freeze(compiledRules.map(told)) })
      : object
  })
  return Object.freeze({ ...app, objects: Object.freeze(objects) })
}
