import { aroundsOf } from '../../behaviour/arounds.ts'
import { pipelinesOf } from '../../behaviour/pipelines.ts'
import type { AppIr, ObjectIr } from '../../ir/object.ts'
import type { WorkflowIr } from '../../ir/workflow.ts'
import { keptRelations } from '../plans/kept-relations.ts'
import { type TrashPlans, trashPlans, trashPlansOf } from '../plans/trash-plans.ts'
import type { EmitContext } from '../target.ts'
import type { StepScope } from './step-scope.ts'

type Relations = Pick<StepScope, 'kept' | 'objectByName' | 'workflowByFile'> & {
  readonly trash: Pick<ReadonlyMap<string, TrashPlans>, 'get'>
}

/** What objects of an application have to do with each other. */
export const relationsOfAll = (app: AppIr): Relations => ({
  kept: keptRelations(app),
  trash: trashPlans(app),
  objectByName: new Map(app.objects.map((object) => [object.name, object])),
  workflowByFile: workflowsByFile(app),
})

export const workflowsByFile = ({ workflows = [] }: AppIr): ReadonlyMap<string, WorkflowIr> =>
  new Map(workflows.map((workflow) => [workflow.file, workflow]))

/** What the steps of each object are told from. */
export const stepScopes =
  ({ trash, ...relations }: Relations, lineOf: EmitContext['lineOf']): ((object: ObjectIr) => StepScope) =>
  (object) => ({
    ...{ object, lineOf, ...relations },
    arounds: aroundsOf(object),
    pipelines: object.hooks.length === 0 ? [] : pipelinesOf(object),
    trash: trashPlansOf(object.name, trash),
  })
