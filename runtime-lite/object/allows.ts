import type { ApiMethod, ObjectPlan } from './object-plan.ts'

/** Which operations on related objects a nested write may do. REST passes what objects expose; in process everything is allowed. */
export type Allows = (plan: ObjectPlan, method: ApiMethod) => boolean

export const exposed: Allows = (plan, method) => plan.methods.includes(method)
