import type { RuleNode } from '../../rules/rule-node.ts'
import { allOf, type StateNode } from './state-tree.ts'

/** A machine that cannot be made flat: several states at once, histories, times, what follows when all is done, conditions on other states. */
export const isChart = (root: StateNode): boolean =>
  allOf(root).some(
    ({ isParallel, history, node }) =>
      isParallel ||
      history !== undefined ||
      node.member('after', 'on_done') !== undefined ||
      [...(node.member('on')?.members() ?? []).map(([, one]) => one), ...listed(node.member('always'))].some((one) =>
        listed(one).some(needsTree),
      ),
  )

const listed = (node: RuleNode | undefined): readonly RuleNode[] => node?.items() ?? []

const needsTree = (transition: RuleNode): boolean =>
  Array.isArray(transition.member('target')?.value) || transition.member('in') !== undefined || stateInOf(transition) !== undefined

/** `{ type: stateIn, params: '#machine.state' }`: the text of the state. */
export function stateInOf(transition: RuleNode): RuleNode | undefined {
  const guard = transition.member('cond', 'guard', 'condition')
  const type = guard?.member('type')?.text()
  return type === 'stateIn' || type === 'in' ? guard?.member('params', 'state') : undefined
}
