import type { ObjectPlan } from '../object/object-plan.ts'
import type { Issue } from '../problem/issue.ts'
import { isPlainObject } from '../validate/plain-object.ts'
import type { ActionPlan, ActionPlans } from './action-plan.ts'
import type { ActionRegistry, RegisteredAction } from './action-registry.ts'

/** The plan of an object with the actions that a program registered. What the schema says of their parameters holds for them too. */
export function withActions(compiled: ObjectPlan, registry: ActionRegistry): ObjectPlan {
  const registered = registry.of(compiled.name)
  let actions: Promise<{ readonly actions: ActionPlans }> | undefined
  const merged = async (): Promise<{ readonly actions: ActionPlans }> => {
    const declared = compiled.actions ? (await compiled.actions()).actions : {}
    const added = registered.map((one): [string, ActionPlan] => [
      one.action,
      actionPlan(one, Object.hasOwn(declared, one.action) ? declared[one.action] : undefined),
    ])
    return { actions: Object.fromEntries([...Object.entries(declared), ...added]) }
  }
  return {
    ...compiled,
    actions: () => {
      actions ??= merged()
      return actions
    },
  }
}

function actionPlan({ type, internal, handler }: RegisteredAction, declared: ActionPlan | undefined): ActionPlan {
  const { isInternal, ...plan } = declared ?? { scope: 'either' as const, validate: anyParams }
  const scope = type === undefined ? {} : { scope: type }
  return { ...plan, ...scope, ...((internal ?? isInternal) ? { isInternal: true } : {}), handler }
}

const anyParams = (params: unknown): readonly Issue[] | undefined =>
  isPlainObject(params) ? undefined : [{ pointer: '', code: 'type', message: 'The parameters of an action are an object.' }]
