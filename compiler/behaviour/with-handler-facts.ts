import type { HandlerFacts } from '../ir/handler.ts'
import type { ActionIr, AppIr, ObjectIr } from '../ir/object.ts'
import type { MiddlewareIr, PluginIr } from '../ir/plugin.ts'
import type { CopiedModules } from './copied-modules.ts'
import { validatorModules, withLoadableValidators } from './loadable-validators.ts'
import { type ModuleFiles, unresolvedImport } from './unresolved-import.ts'

/** Modules whose source can be read as TypeScript or JavaScript. */
const READABLE = /\.[cm]?[jt]sx?$/

/**
 * The application with what its hooks' sources say about them. Applications without hooks are given back as they are, and what reads sources is
 * not loaded for them. Handlers in modules that the server could not load are left out.
 */
export async function withHandlerFacts(given: AppIr, files: ModuleFiles): Promise<AppIr> {
  const copies = needsCopies(given, files) ? (await import('./copied-modules.ts')).createCopiedModules(files) : undefined
  const app = withLoadableValidators(withLoadablePlugins(withLoadableActions(given, files, copies), files, copies), files, copies)
  const pathsByModule = new Map<string, Set<string>>()
  for (const { hooks } of app.objects)
    for (const { module, exportPath, condition } of hooks) {
      if (!READABLE.test(module)) continue
      const paths = (pathsByModule.get(module) ?? new Set()).add(exportPath)
      pathsByModule.set(module, condition?.kind === 'function' ? paths.add(condition.exportPath) : paths)
    }
  for (const { actions } of app.objects)
    for (const { module, exportPath } of actions)
      if (module !== undefined && exportPath !== undefined && READABLE.test(module))
        pathsByModule.set(module, (pathsByModule.get(module) ?? new Set()).add(exportPath))
  for (const { module, exportPath } of allMiddleware(given))
    if (READABLE.test(module)) pathsByModule.set(module, (pathsByModule.get(module) ?? new Set()).add(exportPath))
  if (pathsByModule.size === 0) return withModules(app, copies)
  const { readHandlers } = await import('./read-handlers.ts')
  const factsByModule = new Map<string, ReadonlyMap<string, HandlerFacts>>()
  const copied = new Set<string>()
  for (const [module, paths] of pathsByModule) {
    const text = files.textOf(module)
    if (text === undefined) continue
    const isLoadable = unresolvedImport(module, files) === undefined
    const missing = isLoadable ? undefined : copies?.add(module)
    if (!isLoadable && missing === undefined) copied.add(module)
    const facts = readHandlers(module, text, [...paths])
    factsByModule.set(module, missing === undefined ? facts : new Map([...facts].map(([path, one]) => [path, { ...one, missing }])))
  }
  const objects = app.objects.map((object): ObjectIr => {
    if (object.hooks.length === 0 && object.actions.length === 0 && !object.middleware) return object
    const actions = object.actions.map((action): ActionIr => {
      const facts = factsByModule.get(action.module ?? '')?.get(action.exportPath ?? '')
      return facts ? Object.freeze({ ...action, facts }) : action
    })
    const hooks = object.hooks.map((hook) => {
      const byPath = factsByModule.get(hook.module)
      const facts = byPath?.get(hook.exportPath)
      if (!facts) return hook
      const { condition } = hook
      const said = condition?.kind === 'function' ? byPath?.get(condition.exportPath) : undefined
      return Object.freeze({
        ...hook,
        facts,
        ...(copied.has(hook.module) ? { isCopied: true } : {}),
        ...(condition?.kind === 'function' && said ? { condition: { ...condition, facts: said } } : {}),
      })
    })
    const { middleware } = object
    return Object.freeze({
      ...object,
      actions: Object.freeze(actions),
      hooks: Object.freeze(hooks),
      ...(middleware ? { middleware: middleware.map(withFacts) } : {}),
    })
  })
  const { restMiddleware } = app
  const read: AppIr = {
    ...app,
    objects: Object.freeze(objects),
    ...(restMiddleware ? { restMiddleware: restMiddleware.map(withFacts) } : {}),
  }
  return withModules(Object.freeze(read), copies)

  function withFacts(one: MiddlewareIr): MiddlewareIr {
    const facts = factsByModule.get(one.module)?.get(one.exportPath)
    return facts ? Object.freeze({ ...one, facts, ...(copied.has(one.module) ? { isCopied: true } : {}) }) : one
  }
}

const allMiddleware = ({ objects, restMiddleware = [] }: AppIr): readonly MiddlewareIr[] => [
  ...objects.flatMap(({ middleware = [] }) => middleware),
  ...restMiddleware,
]

/** What copies modules is loaded for applications that have such a module. */
const needsCopies = (app: AppIr, files: ModuleFiles): boolean =>
  app.plugins.some((plugin) => isUnloadable(plugin, files)) ||
  validatorModules(app).some((module) => unresolvedImport(module, files) !== undefined) ||
  [...app.objects.flatMap(({ hooks, actions }) => [...hooks, ...actions]), ...allMiddleware(app)].some(
    ({ module }) => module !== undefined && READABLE.test(module) && unresolvedImport(module, files) !== undefined,
  )

/** Hooks and actions of modules that have to be copied say so; actions of those that cannot be loaded even so have no handler. */
function withLoadableActions(app: AppIr, files: ModuleFiles, copies: CopiedModules | undefined): AppIr {
  const copied = new Set<string>()
  const lost = new Set<string>()
  for (const { actions } of app.objects)
    for (const { module } of actions)
      if (module !== undefined && READABLE.test(module) && unresolvedImport(module, files) !== undefined)
        (copies?.add(module) === undefined ? copied : lost).add(module)
  if (copied.size + lost.size === 0) return app
  const objects = app.objects.map((object): ObjectIr => {
    const actions = object.actions.map((action): ActionIr => {
      const { module, exportPath, ...rest } = action
      if (module !== undefined && lost.has(module)) return Object.freeze(rest)
      return module !== undefined && copied.has(module) ? Object.freeze({ ...action, isCopied: true }) : action
    })
    return Object.freeze({ ...object, actions: Object.freeze(actions) })
  })
  return Object.freeze({ ...app, objects: Object.freeze(objects) })
}

/** Plugins whose modules have to be copied say so; those that cannot be loaded even so are left out of what starts. */
function withLoadablePlugins(app: AppIr, files: ModuleFiles, copies: CopiedModules | undefined): AppIr {
  if (!app.plugins.some((plugin) => isUnloadable(plugin, files))) return app
  const plugins = app.plugins.map((plugin): PluginIr => {
    const { place, ...rest } = plugin
    if (!place || !isUnloadable(plugin, files)) return plugin
    const missing = copies?.add(place.module)
    return Object.freeze(missing === undefined ? { ...plugin, place: { ...place, isCopied: true as const } } : { ...rest, missing })
  })
  return Object.freeze({ ...app, plugins: Object.freeze(plugins) })
}

const isUnloadable = ({ place }: PluginIr, files: ModuleFiles): boolean =>
  place !== undefined && place.specifier === undefined && READABLE.test(place.module) && unresolvedImport(place.module, files) !== undefined

/** The application with further copies of modules, sorted by path, each once. */
function withModules(app: AppIr, copies: CopiedModules | undefined): AppIr {
  const added = copies?.all() ?? []
  if (added.length === 0) return app
  const byPath = new Map([...(app.modules ?? []), ...added].map((module) => [module.path, module]))
  const modules = [...byPath.values()].sort((left, right) => (left.path < right.path ? -1 : 1))
  return Object.freeze({ ...app, modules: Object.freeze(modules) })
}
