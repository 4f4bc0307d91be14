import type { ActionCall, ActionPlan } from '../behaviour/action-plan.ts'
import { hookError } from '../behaviour/hook-error.ts'
import { askedBy } from '../behaviour/hook-session.ts'
import { currentContext } from '../context/request-context.ts'
import { isoInstant } from '../id.ts'
import { missingRecord } from '../object/write-context.ts'
import { notFound, ObjectQLError, validationError } from '../problem/problem.ts'
import { isPlainObject } from '../validate/plain-object.ts'
import type { AppCore } from './start-app.ts'

/** Actions of the application. Loaded with the first that is called. */
export interface ActionRunner {
  /**
   * Runs an action in one transaction and gives what it returns. `isRemote`: internal actions are not there.
   * @throws ObjectQLError 404 (no such action or record), 422 (parameters), and whatever the handler throws.
   */
  run(object: string, action: string, id: string | undefined, params: unknown, isRemote?: boolean): Promise<unknown>
}

export function createActionRunner(core: AppCore): ActionRunner {
  async function planOf(object: string, action: string, isRemote: boolean): Promise<ActionPlan> {
    const absent = (): ObjectQLError => notFound(`Action '${action.slice(0, 64)}' not found for object '${object.slice(0, 64)}'.`)
    if (!core.slotByName.has(object)) throw absent()
    const { plan } = await core.store(object)
    const actions = plan.actions ? (await plan.actions()).actions : {}
    const found = Object.hasOwn(actions, action) ? actions[action] : undefined
    if (found && !(isRemote && found.isInternal)) return found
    if (!found && (await isDeclared(object, action))) throw notFound(`Action '${action}' of object '${object}' has no handler.`)
    throw absent()
  }

  /** Actions of the schemas that are buttons, or whose code is elsewhere. */
  async function isDeclared(object: string, action: string): Promise<boolean> {
    const { registry } = await core.manifest.registry()
    const actions = registry.get('object', object)?.['actions']
    return Array.isArray(actions) && actions.some((one: { readonly name?: unknown }) => one.name === action)
  }

  return {
    async run(object, action, id, params, isRemote = false) {
      const found = await planOf(object, action, isRemote)
      const { handler } = found
      if (found.scope === 'record' && id === undefined)
        throw new ObjectQLError(400, 'INVALID_REQUEST', `The action "${action}" belongs to a record: say the id of one.`)
      const given = isPlainObject(params) ? { ...params } : params
      const issues = found.validate(given)
      if (issues) throw validationError(issues)
      const input = given as { [name: string]: unknown }
      found.defaults?.(input, isoInstant(Date.now()))
      const { host } = await core.behaviours()
      const { access } = host
      const call: ActionCall = {
        ...{ objectName: object, object, actionName: action, id, input, params: input },
        ...askedBy(currentContext()),
        ...{ api: access, ql: access, db: access, host, sudo: () => host.systemAccess },
      }
      const work = async (): Promise<unknown> => {
        if (found.scope === 'record') {
          const { plan } = await core.store(object)
          if (!(await access.object(object).get(id as string))) throw missingRecord(plan, id as string)
        }
        return host.deeper(object, () => handler(call))
      }
      try {
        return await core.runTransaction(work)
      } catch (error) {
        throw hookError(error)
      }
    },
  }
}
