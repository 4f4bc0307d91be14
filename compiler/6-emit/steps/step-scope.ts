import type { AroundIr } from '../../behaviour/arounds.ts'
import type { Pipeline } from '../../behaviour/pipelines.ts'
import type { FieldIr, ObjectIr } from '../../ir/object.ts'
import type { WorkflowIr } from '../../ir/workflow.ts'
import type { OperationStep } from '../operation-step.ts'
import type { KeptRelations } from '../plans/kept-relations.ts'
import type { TrashPlans } from '../plans/trash-plans.ts'
import type { EmitContext } from '../target.ts'

/** What the steps of an object are told from: it, and what others have to do with it. */
export interface StepScope {
  readonly object: ObjectIr
  readonly lineOf: EmitContext['lineOf']
  readonly arounds: readonly AroundIr[]
  readonly pipelines: readonly Pipeline[]
  readonly objectByName: Pick<ReadonlyMap<string, ObjectIr>, 'get'>
  readonly kept: Pick<ReadonlyMap<string, KeptRelations>, 'get'>
  readonly trash: TrashPlans
  readonly workflowByFile: Pick<ReadonlyMap<string, WorkflowIr>, 'get'>
}

type Told = Pick<OperationStep, 'kind'> & { readonly name?: string; readonly says?: readonly string[] }

/** A step that a field declares. */
export const fieldStep = (
  field: FieldIr,
  { lineOf }: Pick<StepScope, 'lineOf'>,
  { kind, name = field.name, says = [] }: Told,
): OperationStep => ({
  ...{ kind, name, says, path: field.span.path, line: lineOf(field.span) },
})

/** A step that comes with the object. */
export const objectStep = ({ object, lineOf }: StepScope, { kind, name = object.name, says = [] }: Told): OperationStep => ({
  ...{ kind, name, says, path: object.span.path, line: lineOf(object.span) },
})

export const fieldNamed = ({ fields }: ObjectIr, name: string): FieldIr | undefined => fields.find((field) => field.name === name)
