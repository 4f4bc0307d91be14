import type { LinkedObject } from '../3-link/model.ts'
import { mapFields } from '../expression/map-fields.ts'
import type { Typed } from '../expression/typed.ts'
import type { CompiledRule } from '../ir/rule.ts'
import { RuleProblem } from './rule-problem.ts'

/** Rules look at one record, and at what its formulas are worked out from. @throws RuleProblem for fields of related ones. */
export function checkReach(rule: CompiledRule, object: LinkedObject): void {
  const formulas = new Map(object.fields.flatMap(({ name, formula }) => (formula ? [[name, formula.typed] as const] : [])))
  const check = (typed: Typed, depth = 0): void => {
    mapFields(typed, (field) => {
      const [name = '', ...below] = field.path
      if (below.length > 0) throw new RuleProblem('not-translatable', rule.span, `"${field.path.join('.')}", a field of a related record,`)
      const formula = field.root === 'record' ? formulas.get(name) : undefined
      if (formula && depth < MAX_DEPTH) check(formula, depth + 1)
      return field
    })
  }
  if (rule.applies) check(rule.applies)
  if (rule.kind === 'record') check(rule.holds)
}

/** Formulas that name formulas; circles among them are left out before. */
const MAX_DEPTH = 50
