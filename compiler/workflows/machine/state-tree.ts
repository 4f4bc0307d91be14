import type { RuleNode } from '../../rules/rule-node.ts'
import { RuleProblem } from '../../rules/rule-problem.ts'

/** A state as it is written, with its place among the others. */
export interface StateNode {
  readonly name: string
  /** Names from the outermost state to this one. */
  readonly path: readonly string[]
  readonly node: RuleNode
  readonly parent: StateNode | undefined
  readonly children: readonly StateNode[]
  readonly isFinal: boolean
  readonly isParallel: boolean
  /** Stands for what was active when the state around it was left. */
  readonly history?: 'shallow' | 'deep'
  /** Name of the child that is entered with it. */
  readonly initial: string | undefined
}

/** No machine anybody wrote is deeper. */
const MAX_DEPTH = 20

/** The states of a machine as a tree below a root without a name. @throws RuleProblem */
export function stateTree(machine: RuleNode): StateNode {
  const read = (name: string, node: RuleNode, parent: StateNode | undefined, depth: number): StateNode => {
    if (depth > MAX_DEPTH) throw new RuleProblem('syntax', node.span, `states are nested deeper than ${MAX_DEPTH} levels`)
    const type = node.member('type')?.text()
    const path = parent ? [...parent.path, name] : []
    const children: StateNode[] = []
    const state: StateNode = {
      ...{ name, path, node, parent, children, isFinal: type === 'final', isParallel: type === 'parallel' },
      ...(type === 'history' ? { history: node.member('history')?.text() === 'deep' ? 'deep' : 'shallow' } : {}),
      initial: node.member('initial')?.text(),
    }
    for (const [child, inner] of node.member('states')?.members() ?? []) children.push(read(child, inner, state, depth + 1))
    return state
  }
  return read('', machine, undefined, 0)
}

export const leavesOf = (state: StateNode): readonly StateNode[] =>
  state.children.length === 0 ? [state] : state.children.flatMap(leavesOf)

/** The state that is entered where this one is named. @throws RuleProblem */
export function entered(state: StateNode): StateNode {
  if (state.children.length === 0) return state
  const child = state.initial === undefined ? undefined : state.children.find(({ name }) => name === state.initial)
  if (child) return entered(child)
  const place = state.node.member('initial') ?? state.node
  throw new RuleProblem(
    'unknown-field',
    place.span,
    `"${state.initial ?? ''}" is no state that "${state.name || 'the machine'}" begins with`,
  )
}

/** A target as XState writes it: a sibling, `.child`, `a.b`, `#machine.a.b`. */
export function targetOf(text: string, from: StateNode, root: StateNode, id: string | undefined): StateNode | undefined {
  const down = (state: StateNode, names: readonly string[]): StateNode | undefined =>
    names.reduce<StateNode | undefined>((at, name) => at?.children.find((child) => child.name === name), state)
  if (text.startsWith('#')) {
    const [first = '', ...rest] = text.slice(1).split('.')
    if (first === id) return down(root, rest)
    const named = allOf(root).find(({ node }) => node.member('id')?.text() === first)
    return named && down(named, rest)
  }
  if (text.startsWith('.')) return down(from, text.slice(1).split('.'))
  const names = text.split('.')
  for (let at = from.parent; at; at = at.parent) {
    const found = down(at, names)
    if (found) return found
  }
  return down(root, names)
}

/** States that one of them is active of, or all: histories stand for others. */
export const innerOf = ({ children }: StateNode): readonly StateNode[] => children.filter(({ history }) => history === undefined)

export const allOf = (state: StateNode): readonly StateNode[] => [state, ...state.children.flatMap(allOf)]

/** From the root to the state. */
export const chainOf = (state: StateNode): readonly StateNode[] => (state.parent ? [...chainOf(state.parent), state] : [state])
