import type { ActionIr, AppIr, HandlerFacts, ObjectIr } from '../ir/object.ts'
import { type ModuleFiles, unresolvedImport } from './unresolved-import.ts'

/** Modules whose source can be read as TypeScript or JavaScript. */
const READABLE = /\.[cm]?[jt]sx?$/

/**
 * The application with what its hooks' sources say about them. Applications without hooks are given back as they are, and what reads sources is
 * not loaded for them. Handlers in modules that the server could not load are left out.
 */
export async function withHandlerFacts(given: AppIr, files: ModuleFiles): Promise<AppIr> {
  const app = withLoadableActions(given, files)
  const pathsByModule = new Map<string, Set<string>>()
  for (const { hooks } of app.objects)
    for (const { module, exportPath, condition } of hooks) {
      if (!READABLE.test(module)) continue
      const paths = (pathsByModule.get(module) ?? new Set()).add(exportPath)
      pathsByModule.set(module, condition?.kind === 'function' ? paths.add(condition.exportPath) : paths)
    }
  if (pathsByModule.size === 0) return app
  const { readHandlers } = await import('./read-handlers.ts')
  const factsByModule = new Map<string, ReadonlyMap<string, HandlerFacts>>()
  for (const [module, paths] of pathsByModule) {
    const text = files.textOf(module)
    if (text === undefined) continue
    const missing = unresolvedImport(module, files)
    const facts = readHandlers(module, text, [...paths])
    factsByModule.set(module, missing === undefined ? facts : new Map([...facts].map(([path, one]) => [path, { ...one, missing }])))
  }
  const objects = app.objects.map((object): ObjectIr => {
    if (object.hooks.length === 0) return object
    const hooks = object.hooks.map((hook) => {
      const byPath = factsByModule.get(hook.module)
      const facts = byPath?.get(hook.exportPath)
      if (!facts) return hook
      const { condition } = hook
      const said = condition?.kind === 'function' ? byPath?.get(condition.exportPath) : undefined
      return Object.freeze({
        ...hook,
        facts,
        ...(condition?.kind === 'function' && said ? { condition: { ...condition, facts: said } } : {}),
      })
    })
    return Object.freeze({ ...object, hooks: Object.freeze(hooks) })
  })
  return Object.freeze({ ...app, objects: Object.freeze(objects) })
}

/** Actions whose modules the server could not load have no handler. */
function withLoadableActions(app: AppIr, files: ModuleFiles): AppIr {
  const isLost = ({ module }: ActionIr): boolean =>
    module !== undefined && READABLE.test(module) && unresolvedImport(module, files) !== undefined
  if (!app.objects.some(({ actions }) => actions.some(isLost))) return app
  const objects = app.objects.map((object): ObjectIr => {
    if (!object.actions.some(isLost)) return object
    const actions = object.actions.map((action): ActionIr => {
      const { module, exportPath, ...rest } = action
      return isLost(action) ? Object.freeze(rest) : action
    })
    return Object.freeze({ ...object, actions: Object.freeze(actions) })
  })
  return Object.freeze({ ...app, objects: Object.freeze(objects) })
}
