import { createMiddlewareRegistry, type MiddlewareRegistry } from '../middleware/middleware-registry.ts'
import { ObjectQLError } from '../problem/problem.ts'
import { nearestName } from '../validate/nearest-name.ts'
import { createValidatorRegistry, type ValidatorRegistry } from '../validators/validator-registry.ts'
import { type ActionRegistry, createActionRegistry } from './action-registry.ts'
import type { Phase } from './behaviour.ts'
import { foldName, phasesOfEvent } from './hook-events.ts'

type HookContext = import('./hook-context.ts').HookContext

/** A function that a program hangs around the operations of an object. */
export type RegisteredHandler = (context: HookContext) => unknown

export interface RegisterOptions {
  /** Lower runs first; hooks of one priority in the order of their registration. Default 100. */
  readonly priority?: number
  /** What it belongs to: `app.unregisterHooks(packageId)` takes all of a package away. */
  readonly packageId?: string
  /** Runs before the hooks of the schemas, which so can neither hide the operation from it nor change what it sees. Default false. */
  readonly isFirst?: boolean
  /**
   * Of updates and deletions: `previous` is read under a lock, so that it is what the write replaces, whoever else writes the record at the same time.
   * Default false.
   */
  readonly locksPrevious?: boolean
}

export interface RegisteredHook extends Required<Omit<RegisterOptions, 'packageId'>> {
  readonly phases: readonly Phase[]
  /** An object, or `*` for all of them. */
  readonly object: string
  readonly handler: RegisteredHandler
  readonly packageId: string | undefined
}

/** Hooks and handlers that a program registers while it runs. Objects without any are not touched. */
export interface HookRegistry {
  /**
   * @returns a function that takes the hook away again.
   * @throws TypeError for an event or an object that there is not.
   */
  add(event: string, object: string, handler: RegisteredHandler, options?: RegisterOptions): () => void
  /** Takes away what was registered for an event, an object and a handler. True when there was such a hook. */
  remove(event: string, object: string, handler: RegisteredHandler): boolean
  /** Takes away all hooks of a package and gives their number. */
  removePackage(packageId: string): number
  /** The hooks of an object, in the order they run. */
  hooksOf(object: string): readonly RegisteredHook[]
  /** Functions around operations and requests. */
  readonly middleware: MiddlewareRegistry
  /** Functions that are called as actions. */
  readonly actions: ActionRegistry
  /** Functions that rules of the schemas ask. */
  readonly validators: ValidatorRegistry
  /** The program registered something around operations of an object. */
  isUsed(object: string): boolean
  /** Gives a name to a function: what hooks of the schemas call that only name it. */
  name(handlerName: string, handler: RegisteredHandler): void
  /** @throws ObjectQLError 500 when nobody registered one. */
  handlerNamed(handlerName: string): RegisteredHandler
}

/** `changed`: the hooks, the middleware or the actions of an object are others than before. */
export function createHookRegistry(objectNames: readonly string[], changed: (object: string) => void): HookRegistry {
  const middleware = createMiddlewareRegistry(objectNames, objectOf, changed)
  const actions = createActionRegistry(objectOf, changed)
  const handlers = new Map<string, RegisteredHandler>()
  let hooks: readonly RegisteredHook[] = []

  function objectOf(name: string): string {
    if (name === '*' || objectNames.includes(name)) return name
    const found = objectNames.filter((known) => foldName(known) === foldName(String(name)))
    if (found.length === 1) return found[0] as string
    const guess = nearestName(String(name), objectNames)
    throw new TypeError(`There is no object "${String(name).slice(0, 64)}".${guess ? ` Did you mean "${guess}"?` : ''}`)
  }

  function keep(next: readonly RegisteredHook[], of: readonly RegisteredHook[]): void {
    hooks = next
    const touched = of.some(({ object }) => object === '*') ? objectNames : of.map(({ object }) => object)
    for (const object of new Set(touched)) changed(object)
  }

  const without = (gone: readonly RegisteredHook[]): boolean => {
    if (gone.length === 0) return false
    keep(
      hooks.filter((hook) => !gone.includes(hook)),
      gone,
    )
    return true
  }

  return {
    add(event, object, handler, { priority = 100, packageId, isFirst = false, locksPrevious = false } = {}) {
      if (typeof handler !== 'function') throw new TypeError(`A hook on "${event}" needs a function.`)
      const place = { phases: phasesOfEvent(event), object: objectOf(object) }
      const added: RegisteredHook = { ...place, handler, priority, packageId, isFirst, locksPrevious }
      // Sorting is stable: what was registered first stays first.
      keep(
        [...hooks, added].sort((left, right) => left.priority - right.priority),
        [added],
      )
      return () => void without(hooks.filter((hook) => hook === added))
    },
    remove(event, object, handler) {
      const [phases, name] = [phasesOfEvent(event), objectOf(object)]
      return without(hooks.filter((hook) => hook.handler === handler && hook.object === name && String(hook.phases) === String(phases)))
    },
    removePackage(packageId) {
      const gone = hooks.filter((hook) => hook.packageId === packageId)
      without(gone)
      return gone.length
    },
    middleware,
    actions,
    validators: createValidatorRegistry(),
    isUsed: (name) => middleware.of(name).length > 0 || hooks.some(({ object }) => object === '*' || object === name),
    hooksOf: (object) => hooks.filter((hook) => hook.object === '*' || hook.object === object),
    name(handlerName, handler) {
      if (typeof handler !== 'function') throw new TypeError(`The handler "${handlerName}" is no function.`)
      handlers.set(handlerName, handler)
    },
    handlerNamed(handlerName) {
      const handler = handlers.get(handlerName)
      if (handler) return handler
      const problem = new ObjectQLError(500, 'INTERNAL_ERROR', 'A handler is missing.')
      problem.cause = new Error(`A hook calls "${handlerName}", which nobody registered: app.registerHandler('${handlerName}', handler).`)
      throw problem
    },
  }
}
