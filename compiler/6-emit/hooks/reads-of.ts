import type { PhaseName, Pipeline, PipelineStep } from '../../behaviour/pipelines.ts'
import { literal } from '../../code/literal.ts'
import { fieldsOf } from '../../expression/map-fields.ts'

/** What hooks and their conditions need of the stored record, as members of the behaviour. */
export function readsOf(pipelines: readonly Pipeline[]): readonly string[] {
  const written = pipelines.filter(({ phase }) => /Update$|Delete$|Commit$|Rollback$/.test(phase))
  if (written.some(({ phase, steps }) => steps.some((step, index) => usesPrevious(step, phase, steps.slice(0, index)))))
    return ['needsPrevious: true']
  const on = (wanted: RegExp): readonly PipelineStep[] => written.filter(({ phase }) => wanted.test(phase)).flatMap(({ steps }) => steps)
  const updated = [...new Set(on(/^beforeUpdate$/).flatMap(recordFields))]
  const isDeleted = on(/Delete$|Commit$|Rollback$/).some((step) => recordFields(step).length > 0)
  return [
    ...(updated.length === 0 ? [] : [`readsOnUpdate: [${updated.map((field) => literal(field)).join(', ')}]`]),
    ...(isDeleted ? ['readsOnDelete: true'] : []),
  ]
}

/** `earlier`: the steps before it, which may take a field out of a patch that a condition then finds in the stored record. */
function usesPrevious({ hook: { condition }, facts }: PipelineStep, phase: PhaseName, earlier: readonly PipelineStep[]): boolean {
  if (facts.usesPrevious) return true
  if (condition?.kind === 'function') return condition.facts?.usesPrevious ?? true
  if (condition?.kind !== 'expression') return false
  const fields = fieldsOf(condition.holds)
  if (fields.some(({ root }) => root === 'previous')) return true
  if (!fields.some(({ root }) => root === 'record')) return false
  return phase === 'afterRollback' || (phase === 'beforeUpdate' && earlier.some((step) => step.facts.removes))
}

const recordFields = ({ hook: { condition } }: PipelineStep): readonly string[] =>
  condition?.kind === 'expression'
    ? fieldsOf(condition.holds).flatMap(({ root, path: [field = ''] }) => (root === 'record' && field !== 'id' ? [field] : []))
    : []
