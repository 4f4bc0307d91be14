/** What generated hooks and actions are printed with. */

export type { RelatedPlan } from '../related/related-plan.ts'
export type { ActionCall, ActionPlan, ActionPlans } from './action-plan.ts'
export type { Behaviour, DataAccess } from './behaviour.ts'
export type { HookContext } from './hook-context.ts'
export { afterRelated, relatedTo } from './related-to.ts'
export { attempt, enqueue, handlerOf, logged, registeredHandler, type StepPolicy, together } from './steps.ts'
export { valuesOf } from './values-of.ts'
