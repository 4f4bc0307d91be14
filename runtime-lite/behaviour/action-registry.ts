import type { ActionCall } from './action-plan.ts'

/** A function that a program makes callable as an action. What it returns is the answer. */
export type RegisteredActionHandler = (call: ActionCall) => unknown

export interface RegisterActionOptions {
  /**
   * `record`: called with the id of a record; `global`: without. Default: what the schema says of the action, else either, as the call has an id or not.
   */
  readonly type?: 'record' | 'global'
  /** In process only. Default: what the schema says, else false. */
  readonly internal?: boolean
  /** What it belongs to: `app.unregisterActions(packageId)` takes all of a package away. */
  readonly packageId?: string
}

export interface RegisteredAction extends RegisterActionOptions {
  readonly object: string
  readonly action: string
  readonly handler: RegisteredActionHandler
}

/** Actions that a program registers while it runs. Objects without any are not touched. */
export interface ActionRegistry {
  /**
   * Takes the place of what was registered under that name, and of what the schemas have.
   * @returns a function that takes the action away again.
   * @throws TypeError for an object that there is not, a name that no action can have, or no function.
   */
  add(object: string, action: string, handler: RegisteredActionHandler, options?: RegisterActionOptions): () => void
  /** True when there was one. */
  remove(object: string, action: string): boolean
  /** Takes away all actions of a package and gives their number. */
  removePackage(packageId: string): number
  /** Those of an object, or of all. */
  of(object?: string): readonly RegisteredAction[]
}

/** `changed`: the actions of an object are others than before. `objectOf` throws for an object that there is not. */
export function createActionRegistry(objectOf: (name: string) => string, changed: (object: string) => void): ActionRegistry {
  let actions: readonly RegisteredAction[] = []

  function without(gone: readonly RegisteredAction[]): number {
    actions = actions.filter((one) => !gone.includes(one))
    for (const object of new Set(gone.map((one) => one.object))) changed(object)
    return gone.length
  }

  return {
    add(name, action, handler, options = {}) {
      const object = name === '*' ? '' : objectOf(name)
      if (object === '') throw new TypeError(`The action "${action}" belongs to one object, not to all of them.`)
      if (typeof action !== 'string' || !/^[^\s:/?#%]{1,100}$/.test(action))
        throw new TypeError(`No action can be named "${String(action)}".`)
      if (typeof handler !== 'function') throw new TypeError(`The action "${action}" of "${object}" needs a function.`)
      const added: RegisteredAction = { ...options, object, action, handler }
      actions = [...actions.filter((one) => one.object !== object || one.action !== action), added]
      changed(object)
      return () => void without(actions.filter((one) => one === added))
    },
    remove: (name, action) => without(actions.filter((one) => one.object === objectOf(name) && one.action === action)) > 0,
    removePackage: (packageId) => without(actions.filter((one) => one.packageId === packageId)),
    of: (object) => (object === undefined ? actions : actions.filter((one) => one.object === object)),
  }
}
