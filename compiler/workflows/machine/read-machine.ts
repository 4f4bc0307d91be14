import type { LinkedDocument, LinkedField } from '../../3-link/model.ts'
import { suggestName } from '../../3-link/suggest-name.ts'
import { diagnose } from '../../diagnostics/diagnose.ts'
import type { CalledIr, EventIr, MachineIr, TransitionIr } from '../../ir/machine.ts'
import { type RuleNode, ruleNode } from '../../rules/rule-node.ts'
import { RuleProblem } from '../../rules/rule-problem.ts'
import type { WorkflowScope } from '../scope.ts'
import { actionsOf, guardOf, reportOnce } from './read-calls.ts'
import { stateField } from './state-field.ts'
import { chainOf, entered, leavesOf, type StateNode, stateTree, targetOf } from './state-tree.ts'

/** A state machine of an object: what XState describes, as far as one field can hold it. @throws RuleProblem */
export function readMachine(document: LinkedDocument, scope: WorkflowScope): MachineIr {
  const body = ruleNode(document.body, document.spanOf)
  const root = stateTree(body)
  const leaves = leavesOf(root)
  if (root.children.length === 0) throw new RuleProblem('incomplete', document.span, 'it has no states')
  const field = stateField(document, body, leaves, scope)
  const value = storedNames(leaves, field)
  const reader: Reader = { scope, root, id: body.member('id')?.text(), value, machine: document.name }
  const initial = entered(root)
  return {
    name: document.name,
    field: field.name,
    initial: value(initial),
    entry: chainOf(initial).flatMap((state) => actionsOf(state.node.member('entry', 'on_entry'), reader)),
    states: leaves.map((leaf) => ({
      value: value(leaf),
      isFinal: leaf.isFinal,
      events: leaf.isFinal ? [] : eventsOf(leaf, reader),
      always: leaf.isFinal ? [] : upwards(leaf).flatMap((state) => transitionsOf(state.node.member('always'), state, leaf, reader)),
    })),
    span: document.span,
  }
}

interface Reader {
  readonly scope: WorkflowScope
  readonly root: StateNode
  readonly id: string | undefined
  readonly machine: string
  readonly value: (leaf: StateNode) => string
}

/** What the field stores for a state: its name where that is unique or an option, else the way to it. */
function storedNames(leaves: readonly StateNode[], field: LinkedField): (leaf: StateNode) => string {
  const options = new Set(field.options?.map(({ value }) => String(value.value)))
  const isUnique = ({ name }: StateNode): boolean => leaves.filter((leaf) => leaf.name === name).length === 1
  return (leaf) => {
    const path = leaf.path.join('.')
    return options.has(path) || !isUnique(leaf) ? path : leaf.name
  }
}

/** The state and those around it: what the inner one says comes first. */
const upwards = (state: StateNode): readonly StateNode[] => chainOf(state).toReversed()

function eventsOf(leaf: StateNode, reader: Reader): readonly EventIr[] {
  const found = new Map<string, TransitionIr[]>()
  for (const state of upwards(leaf))
    for (const [event, node] of state.node.member('on')?.members() ?? []) {
      const transitions = found.get(event) ?? []
      found.set(event, transitions)
      transitions.push(...transitionsOf(node, state, leaf, reader))
    }
  return [...found].map(([event, transitions]) => ({ event, transitions }))
}

/** `target`, `{ target, cond, actions }`, or a list of these. `source`: the state that says so; `leaf`: where the record is. */
function transitionsOf(node: RuleNode | undefined, source: StateNode, leaf: StateNode, reader: Reader): readonly TransitionIr[] {
  return (node?.items() ?? []).flatMap((item): readonly TransitionIr[] => {
    if (item.value === null) return []
    const place = item.text() === undefined ? item.member('target') : item
    const text = place?.text()
    const target = text === undefined ? undefined : targetOf(text, source, reader.root, reader.id)
    if (place && text !== undefined && !target) {
      const candidates = leavesOf(reader.root).map(({ name }) => name)
      const holes = { state: text, machine: reader.machine }
      reportOnce(reader, diagnose('workflow/unknown-state', place.span, holes, suggestName({ name: text, candidates, span: place.span })))
      return []
    }
    const guard = guardOf(item.member('cond', 'guard', 'condition'), reader)
    if (guard === 'unknown') return []
    const own = actionsOf(item.member('actions', 'action'), reader)
    const end = target && entered(target)
    return [
      {
        ...(end ? { to: reader.value(end) } : {}),
        ...(guard ? { guard } : {}),
        actions: end && target ? [...leaving(leaf, target, reader), ...own, ...entering(leaf, target, end, reader)] : own,
      },
    ]
  })
}

/** States around both: neither left nor entered. A state that is its own target is left and entered again. */
function common(leaf: StateNode, target: StateNode): readonly StateNode[] {
  const [one, two] = [chainOf(leaf), chainOf(target)]
  const shared = one.filter((state, index) => two[index] === state)
  return shared.at(-1) === target ? shared.slice(0, -1) : shared
}

function leaving(leaf: StateNode, target: StateNode, reader: Reader): readonly CalledIr[] {
  const stays = common(leaf, target)
  return upwards(leaf)
    .filter((state) => !stays.includes(state))
    .flatMap((state) => actionsOf(state.node.member('exit', 'on_exit'), reader))
}

function entering(leaf: StateNode, target: StateNode, end: StateNode, reader: Reader): readonly CalledIr[] {
  const stays = common(leaf, target)
  return chainOf(end)
    .filter((state) => !stays.includes(state))
    .flatMap((state) => actionsOf(state.node.member('entry', 'on_entry'), reader))
}
