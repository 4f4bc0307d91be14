import type { PipelineStep } from '../../behaviour/pipelines.ts'
import type { OperationStep } from '../operation-step.ts'
import type { EmitContext } from '../target.ts'

/** `closeDate`, priority 50, schemas/sales/opportunity.hook.ts:12 */
export function hookStep(step: PipelineStep, lineOf: EmitContext['lineOf']): OperationStep {
  const { hook, facts, isDetached, onError, timeout, retries, group, operation } = step
  const says = [
    `priority ${hook.priority}`,
    ...(hook.package === undefined ? [] : [hook.package]),
    ...(isDetached ? ['nobody waits for it'] : []),
    ...(group === undefined ? [] : [`side by side, group ${group}`]),
    ...(operation === undefined ? [] : [`of ${operation} alone`]),
    ...(hook.condition === undefined
      ? []
      : [hook.condition.kind === 'expression' ? `when ${hook.condition.source}` : 'when its condition says so']),
    ...(onError === 'throw' ? [] : [onError === 'log' ? 'errors are reported' : 'errors are ignored']),
    ...(timeout === undefined ? [] : [`timeout ${timeout} ms`]),
    ...(retries === 0 ? [] : [`${retries} retries`]),
  ]
  return {
    ...{ kind: 'hook', name: hook.name, says, path: hook.module, line: facts.line ?? lineOf(hook.span) },
    more: { priority: hook.priority, module: hook.module, isDetached, onError, ...(group === undefined ? {} : { group }) },
  }
}
