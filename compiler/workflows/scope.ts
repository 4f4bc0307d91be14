import type { LinkedObject, Model } from '../3-link/model.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { ExpressionSchema } from '../expression/schema.ts'

/** What one workflow is read with. */
export interface WorkflowScope {
  readonly model: Model
  readonly workflow: string
  readonly objectOf: (name: string) => LinkedObject | undefined
  /** Undefined for a workflow about no record. */
  readonly object: LinkedObject | undefined
  /** What conditions of steps, and of the trigger, may name. */
  readonly schema: ExpressionSchema
  readonly triggerSchema: ExpressionSchema
  /** Roles that the model knows; empty: nobody says which there are. */
  readonly roles: ReadonlySet<string>
  readonly report: (diagnostic: Diagnostic) => void
}
