import type { PipelineStep } from '../../behaviour/pipelines.ts'
import type { EmitContext } from '../target.ts'

/** `closeDate (priority 50, schemas/sales/opportunity.hook.ts:12)` */
export function stepText(
  { hook, facts, isDetached, onError, timeout, retries, group, operation }: PipelineStep,
  lineOf: EmitContext['lineOf'],
): string {
  const said = [
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
    `${hook.module}:${facts.line ?? lineOf(hook.span)}`,
  ]
  return `${hook.name} (${said.join(', ')})`
}
