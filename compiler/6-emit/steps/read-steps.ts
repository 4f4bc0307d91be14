import { READ_PHASES } from '../../../runtime-lite/behaviour/read-phases.ts'
import type { OperationPhase } from '../operation-step.ts'
import { aroundPhase, hookPhase } from './behaviour-steps.ts'
import type { StepScope } from './step-scope.ts'

export type ReadOperation = 'find' | 'get' | 'count' | 'aggregate'

const KINDS = { find: 'Find', get: 'FindOne', count: 'Count', aggregate: 'Aggregate' } as const

/** What runs around a read of records, in order. */
export function readSteps(operation: ReadOperation, scope: StepScope): readonly OperationPhase[] {
  const { before, after } = READ_PHASES[KINDS[operation]]
  const hooks = [...before, ...after].map((phase) => hookPhase(phase, scope))
  return [aroundPhase(operation, scope), ...hooks].filter(({ steps }) => steps.length > 0)
}
