import { passesOn } from '../../behaviour/arounds.ts'
import { isHarmless, type PhaseName } from '../../behaviour/pipelines.ts'
import { middlewareStep } from '../hooks/around-function.ts'
import { hookStep } from '../hooks/hook-step.ts'
import type { OperationPhase, OperationStep } from '../operation-step.ts'
import type { StepScope } from './step-scope.ts'

type Written = 'create' | 'update' | 'delete'

/** The middleware of an operation, outermost first. */
export function aroundPhase(operation: string, { arounds, lineOf }: Pick<StepScope, 'arounds' | 'lineOf'>): OperationPhase {
  const members = arounds.find(({ operations }) => operations.some((one) => one === operation))?.middleware ?? []
  return {
    ...phaseOf('around', !members.every(passesOn)),
    ...{ operations: [operation], steps: members.map((one) => middlewareStep(one, lineOf)) },
  }
}

/** The hooks of a phase, and what stands behind them in it. */
export function hookPhase(phase: PhaseName, scope: StepScope, behind: readonly OperationStep[] = [], of?: string): OperationPhase {
  const pipeline = scope.pipelines.find((one) => one.phase === phase)
  const steps = (pipeline?.steps ?? []).filter(({ operation }) => operation === undefined || operation === of)
  // What stands behind hooks may refuse.
  const cannotFail = pipeline !== undefined && steps.length > 0 && behind.length === 0 && isHarmless(pipeline)
  return {
    ...phaseOf(phase, pipeline?.waits === true && steps.length > 0, cannotFail),
    steps: [...steps.map((step) => hookStep(step, scope.lineOf)), ...behind],
  }
}

function phaseOf(phase: string, waits: boolean, cannotFail = false): Omit<OperationPhase, 'steps'> {
  const said = waits ? 'waits' : cannotFail ? 'cannot fail' : undefined
  return { phase, ...(said === undefined ? {} : { says: [said] }), more: { waits, ...(cannotFail ? { cannotFail } : {}) } }
}

/** State machines look at what hooks made of a write. */
export function machineSteps({ object, lineOf }: StepScope): readonly OperationStep[] {
  const flat = (object.machines ?? []).map(({ field, ...machine }) => ({ ...machine, fields: [field] }))
  return [...flat, ...(object.charts ?? [])].map(({ name, fields, span }) => ({
    ...{ kind: 'machine', name, says: [`state machine of ${fields.join(', ')}`], path: span.path, line: lineOf(span) },
    more: { fields },
  }))
}

/** Times of state machines, then workflows. */
export function startedSteps(operation: Written, { object, lineOf, workflowByFile }: StepScope): readonly OperationStep[] {
  const timers = (object.charts ?? [])
    .filter(({ states }) => states.some(({ after }) => after.length > 0))
    .map(
      ({ name, span }): OperationStep => ({
        ...{
          kind: 'timers',
          name,
          says: [operation === 'delete' ? 'its times end' : 'its times begin and end'],
          path: span.path,
          line: lineOf(span),
        },
      }),
    )
  const workflows = (object.workflows ?? []).flatMap((file): readonly OperationStep[] => {
    const workflow = workflowByFile.get(file)
    if (!workflow?.on.includes(operation)) return []
    const { name, span, fields, starts, isSingle } = workflow
    const says = [
      'workflow',
      ...(operation === 'update' && fields.length > 0 ? [`where ${fields.join(' or ')} changes`] : []),
      ...(starts ? ['where its condition holds'] : []),
      ...(isSingle ? ['one at a time'] : []),
    ]
    return [{ kind: 'workflow', name, says, path: span.path, line: lineOf(span) }]
  })
  return [...timers, ...workflows]
}
