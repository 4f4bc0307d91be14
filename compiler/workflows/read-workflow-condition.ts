import { isJsonObject } from '../3-link/attributes.ts'
import type { ExpressionSchema } from '../expression/schema.ts'
import type { Typed } from '../expression/typed.ts'
import { readCondition } from '../rules/condition.ts'
import { type RuleNode, ruleNode } from '../rules/rule-node.ts'

const CONDITION_KEYS =
  /^(?:field|operator|op|value|values|compare_?to|expression|formula|dialect|source|all(?:_?of)?|any(?:_?of)?|and|or|not|if|when|then|else|otherwise|if_?field|then_?require)$/i

/**
 * A condition of a workflow: those of rules, and a map of fields and the values they must have, `{ stage: won, amount: { $gt: 5 } }`.
 * @throws RuleProblem
 */
export function readWorkflowCondition(node: RuleNode, schema: ExpressionSchema): Typed {
  return readCondition(isPlainMap(node) ? spelledOut(node) : node, schema)
}

const isPlainMap = (node: RuleNode): boolean => isJsonObject(node.value) && node.members().every(([name]) => !CONDITION_KEYS.test(name))

function spelledOut(node: RuleNode): RuleNode {
  const parts = node.members().flatMap(([field, one]) => {
    if (!isJsonObject(one.value)) return [{ field, operator: Array.isArray(one.value) ? 'in' : '=', value: one.value }]
    return one.members().map(([operator, { value }]) => ({ field, operator, value }))
  })
  return ruleNode({ all_of: parts }, () => node.span)
}
