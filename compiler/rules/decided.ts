import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { fold, truthOf } from '../expression/fold.ts'
import type { CompiledRule } from '../ir/rule.ts'

/** A rule whose condition is known before there is a record: it refuses everything, or nothing. */
export function decided(rule: CompiledRule): readonly Diagnostic[] {
  if (rule.kind !== 'record' || rule.applies || rule.fields) return []
  const outcomes = rule.on.map((operation) => truthOf(fold(rule.holds, { isNew: operation === 'create' })))
  if (outcomes.length === 0 || outcomes.some((holds) => holds === undefined || holds !== outcomes[0])) return []
  return [diagnose(outcomes[0] ? 'rule/never-fails' : 'rule/always-fails', rule.span, { rule: rule.name })]
}
