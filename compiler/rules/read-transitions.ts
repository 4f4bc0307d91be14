import { isJsonObject } from '../3-link/attributes.ts'
import { readStateMachine } from '../3-link/state-machine.ts'
import type { RuleCheck } from '../ir/rule.ts'
import { fieldOf } from './condition.ts'
import type { RuleNode } from './rule-node.ts'
import { RuleProblem } from './rule-problem.ts'
import type { ReadCheck, RuleScope } from './rule-scope.ts'

/** Which value of a field may follow which. @throws RuleProblem */
export function readTransitions(node: RuleNode, { schema }: RuleScope): readonly ReadCheck[] {
  const field = node.member('field')
  if (!field?.text()) throw new RuleProblem('incomplete', node.span, 'it names no field')
  fieldOf(field, schema)
  const machine = isJsonObject(node.value) ? readStateMachine({ type: 'state_machine', body: node.value }) : undefined
  if (!machine || machine.states.length === 0)
    throw new RuleProblem('incomplete', node.member('transitions')?.span ?? node.span, 'it has no transitions')
  const { initial, states } = machine
  const check: RuleCheck = {
    kind: 'transition',
    field: machine.field,
    transitions: Object.fromEntries(states.map(({ state, next, isTerminal }) => [state, isTerminal ? [] : next.map((one) => one.state)])),
    ...(initial ? { initial: initial.map(({ state }) => state) } : {}),
  }
  return [{ check, about: [machine.field] }]
}
