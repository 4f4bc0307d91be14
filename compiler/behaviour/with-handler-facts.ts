import type { AppIr, HandlerFacts, ObjectIr } from '../ir/object.ts'

/** Modules whose source can be read as TypeScript or JavaScript. */
const READABLE = /\.[cm]?[jt]sx?$/

/**
 * The application with what its hooks' sources say about them. Applications without hooks are given back as they are, and what reads sources is
 * not loaded for them. `textOf` gives the text of a module by its path in the project.
 */
export async function withHandlerFacts(app: AppIr, textOf: (path: string) => string | undefined): Promise<AppIr> {
  const pathsByModule = new Map<string, Set<string>>()
  for (const { hooks } of app.objects)
    for (const { module, exportPath } of hooks)
      if (READABLE.test(module)) pathsByModule.set(module, (pathsByModule.get(module) ?? new Set()).add(exportPath))
  if (pathsByModule.size === 0) return app
  const { readHandlers } = await import('./read-handlers.ts')
  const factsByModule = new Map<string, ReadonlyMap<string, HandlerFacts>>()
  for (const [module, paths] of pathsByModule) {
    const text = textOf(module)
    if (text !== undefined) factsByModule.set(module, readHandlers(module, text, [...paths]))
  }
  const objects = app.objects.map((object): ObjectIr => {
    if (object.hooks.length === 0) return object
    const hooks = object.hooks.map((hook) => {
      const facts = factsByModule.get(hook.module)?.get(hook.exportPath)
      return facts ? Object.freeze({ ...hook, facts }) : hook
    })
    return Object.freeze({ ...object, hooks: Object.freeze(hooks) })
  })
  return Object.freeze({ ...app, objects: Object.freeze(objects) })
}
