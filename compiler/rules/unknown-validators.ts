import type { LinkedObject } from '../3-link/model.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean, nearest } from '../diagnostics/suggest.ts'
import type { CompiledRule } from '../ir/rule.ts'

/** A function that the schemas do not have: one that is nearly called so was meant, or the program registers it. */
export function unknownValidators(rule: CompiledRule, { name: object, validators = [] }: LinkedObject): readonly Diagnostic[] {
  if (rule.kind !== 'validator' || rule.by.kind !== 'function' || rule.by.module !== undefined) return []
  const { name, span } = rule.by
  const names = validators.map((one) => one.name)
  if (nearest(name, names) === undefined) return [diagnose('rule/registered-validator', span, { rule: rule.name, name })]
  return [diagnose('rule/unknown-validator', span, { rule: rule.name, name, object }, didYouMean({ name, candidates: names, span }))]
}
