import type { ModuleIr } from '../ir/handler.ts'
import type { AppIr } from '../ir/object.ts'

/** The application with further copies of modules, sorted by path, each once. */
export function addModules(app: AppIr, added: readonly ModuleIr[]): AppIr {
  if (added.length === 0) return app
  const byPath = new Map([...(app.modules ?? []), ...added].map((module) => [module.path, module]))
  const modules = [...byPath.values()].sort((left, right) => (left.path < right.path ? -1 : 1))
  return Object.freeze({ ...app, modules: Object.freeze(modules) })
}
