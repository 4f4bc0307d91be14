/** What generated workflows and state machines are printed with. */

export { handlerOf } from '../behaviour/steps.ts'
export type { ChartPlan } from './chart/chart-plan.ts'
export { charted } from './chart/charted.ts'
export { filled, filledUrl } from './filled.ts'
export type { MachinePlan, TransitionCall } from './machine-plan.ts'
export { stateful } from './stateful.ts'
export type { Notification, StepCall } from './step-call.ts'
export { triggering } from './triggering.ts'
export type { Assignment, Condition, Scope, StepPlan, Value, Values, WorkflowPlan } from './workflow-plan.ts'
