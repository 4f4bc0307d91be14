import type { LinkedField } from '../3-link/model.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { fold } from '../expression/fold.ts'
import type { CompiledRule } from '../ir/rule.ts'
import { outcomeOf } from './outcome-of.ts'

/** A rule whose condition says the same of every record that the fields take: it refuses everything, or nothing. */
export function decided(rule: CompiledRule, fields: readonly LinkedField[]): readonly Diagnostic[] {
  if (rule.kind !== 'record' || rule.applies || rule.fields) return []
  const outcomes = rule.on.map((operation) => outcomeOf(fold(rule.holds, { isNew: operation === 'create' }), fields))
  if (outcomes.length === 0 || outcomes.some((holds) => holds === undefined || holds !== outcomes[0])) return []
  return [diagnose(outcomes[0] ? 'rule/never-fails' : 'rule/always-fails', rule.span, { rule: rule.name })]
}
