import type { ActionCall, ActionPlan } from '../behaviour/action-plan.ts'
import type { BehaviourHost, DataAccess } from '../behaviour/behaviour.ts'
import { hookError } from '../behaviour/hook-error.ts'
import { askedBy } from '../behaviour/hook-session.ts'
import { currentContext } from '../context/request-context.ts'
import { isoInstant } from '../id.ts'
import type { RawRecord } from '../object/object-plan.ts'
import { missingRecord } from '../object/write-context.ts'
import type { Issue } from '../problem/issue.ts'
import { notFound, ObjectQLError, validationError } from '../problem/problem.ts'
import { escapeToken } from '../validate/add-issue.ts'
import { isPlainObject } from '../validate/plain-object.ts'
import type { AppCore } from './app-core.ts'

/** Actions of the application. Loaded with the first that is called. */
export interface ActionRunner {
  /**
   * Runs an action in one transaction and gives what it returns.
   * @throws ObjectQLError 404 (no such action or record), 422 (parameters), and whatever the handler throws.
   */
  run(request: ActionRequest): Promise<unknown>
}

export interface ActionRequest {
  readonly object: string
  readonly action: string
  /** The record, of record actions. */
  readonly id?: string | undefined
  readonly params: unknown
  /** From outside: internal actions are not there. */
  readonly isRemote?: boolean
  /** What becomes of the result, still in the transaction: an answer that cannot be written is no answer. */
  readonly render?: (result: unknown) => unknown
}

type CallablePlan = ActionPlan & Required<Pick<ActionPlan, 'handler'>>

export function createActionRunner(core: AppCore): ActionRunner {
  async function planOf(object: string, action: string, isRemote: boolean): Promise<CallablePlan> {
    const absent = (): ObjectQLError => notFound(`Action '${action.slice(0, 64)}' not found for object '${object.slice(0, 64)}'.`)
    if (!core.slotByName.has(object)) throw absent()
    const { plan } = await core.store(object)
    const actions = plan.actions ? (await plan.actions()).actions : {}
    const found = Object.hasOwn(actions, action) ? actions[action] : undefined
    if (found?.handler && !(isRemote && found.isInternal)) return found as CallablePlan
    if (!found?.handler && (await isDeclared(object, action))) throw notFound(`Action '${action}' of object '${object}' has no handler.`)
    throw absent()
  }

  /** Actions of the schemas that are buttons, or whose code is elsewhere. */
  async function isDeclared(object: string, action: string): Promise<boolean> {
    const actions = (await core.announcements.metadata()).get('object', object)?.['actions']
    return Array.isArray(actions) && actions.some((one: { readonly name?: unknown }) => one.name === action)
  }

  /** What goes around actions of the object, if anything does. */
  async function around({ object, actionName, id, input, host }: ActionCall, handler: () => unknown): Promise<unknown> {
    const nest = (await core.store(object)).plan.behaviour?.around?.action
    if (!nest) return handler()
    const { HookContext } = await import('../behaviour/hook-context.ts')
    const context = new HookContext(host as BehaviourHost, 'action', { object, operation: 'action', id, data: input as RawRecord })
    context.action = actionName
    return nest(context, async () => handler())
  }

  return {
    async run({ object, action, id, params, isRemote = false, render = (result) => result }) {
      const found = await planOf(object, action, isRemote)
      const isOfRecord = found.scope === 'record' || (found.scope === 'either' && id !== undefined)
      if (isOfRecord && id === undefined)
        throw new ObjectQLError(400, 'INVALID_REQUEST', `The action "${action}" belongs to a record: say the id of one.`)
      if (!isOfRecord && id !== undefined && isRemote)
        throw new ObjectQLError(
          400,
          'INVALID_REQUEST',
          `The action "${action}" belongs to no record: call it at /${object}/actions/${action}.`,
        )
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
        if (isOfRecord) {
          const { plan } = await core.store(object)
          if (!(await access.object(object).get(id as string))) throw missingRecord(plan, id as string)
        }
        if (found.references) await requireRecords(access, found.references, input)
        return render(await host.deeper(object, () => around(call, () => found.handler(call))))
      }
      try {
        return await core.runTransaction(work)
      } catch (error) {
        throw hookError(error)
      }
    },
  }
}

/** One statement for each lookup that was given. @throws ObjectQLError 422 for records that are not there */
async function requireRecords(
  access: DataAccess,
  references: NonNullable<ActionPlan['references']>,
  input: { readonly [name: string]: unknown },
): Promise<void> {
  const issues: Issue[] = []
  for (const [name, { object, label }] of Object.entries(references)) {
    const value = input[name] ?? []
    const ids = Array.isArray(value) ? value : [value]
    if (ids.length === 0) continue
    const found = await access.object(object).count({ id: { $in: ids } })
    if (found < ids.length)
      issues.push({ pointer: `/${escapeToken(name)}`, code: 'reference', message: `${label} refers to a record that does not exist.` })
  }
  if (issues.length > 0) throw validationError(issues)
}
