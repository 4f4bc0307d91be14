import type { ExpressionSchema } from '../expression/schema.ts'
import type { Typed } from '../expression/typed.ts'
import type { Json } from '../source/json.ts'
import type { Span } from '../source/span.ts'
import { readCondition } from './condition.ts'
import { type RuleNode, ruleNode } from './rule-node.ts'
import { RuleProblem } from './rule-problem.ts'

/** A part of a field's attribute; all of it is told at one place. */
export const nodeOf = (value: Json, span: Span): RuleNode => ruleNode(value, () => span)

export const isCondition = (value: Json | undefined): value is Json =>
  !(value === undefined || value === null || value === true || value === '')

/** `visibleWhen`. What user interfaces were told until now keeps no application from compiling. */
export function visibleCondition(value: Json, span: Span, schema: ExpressionSchema): Typed {
  try {
    return readCondition(nodeOf(value, span), schema)
  } catch (error) {
    if (error instanceof RuleProblem && (error.kind === 'unknown-field' || error.kind === 'wrong-type'))
      throw new RuleProblem('not-translatable', error.span, error.message.replace(/\.$/, ''))
    throw error
  }
}
