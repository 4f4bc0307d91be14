import type { OperationPhase } from '../operation-step.ts'
import { hookPhase } from './behaviour-steps.ts'
import { operationSteps } from './operation-steps.ts'
import type { StepScope } from './step-scope.ts'

/** What runs in one call on many records: its own hooks around what runs for each of them. */
export function manySteps(operation: 'update' | 'delete', scope: StepScope): readonly OperationPhase[] {
  const [before, after] =
    operation === 'update' ? (['beforeUpdateMany', 'afterUpdateMany'] as const) : (['beforeDeleteMany', 'afterDeleteMany'] as const)
  const each = operationSteps(operation, scope)
  const [outer, inner] = [each.filter(({ phase }) => phase === 'readonly'), each.filter(({ phase }) => phase !== 'readonly')]
  return [...outer, hookPhase(before, scope), ...inner.map(ofEach), hookPhase(after, scope)].filter(({ steps }) => steps.length > 0)
}

const ofEach = (phase: OperationPhase): OperationPhase => ({ ...phase, says: ['for each record', ...(phase.says ?? [])] })
