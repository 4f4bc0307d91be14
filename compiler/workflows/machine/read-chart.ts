import type { LinkedDocument } from '../../3-link/model.ts'
import { suggestName } from '../../3-link/suggest-name.ts'
import { diagnose } from '../../diagnostics/diagnose.ts'
import type { ChartIr, ChartStateIr, ChartTimerIr, ChartTransitionIr } from '../../ir/chart.ts'
import { type RuleNode, ruleNode } from '../../rules/rule-node.ts'
import { RuleProblem } from '../../rules/rule-problem.ts'
import { readDuration } from '../duration.ts'
import type { WorkflowScope } from '../scope.ts'
import { type ChartFields, chartFields } from './chart-fields.ts'
import { stateInOf } from './is-chart.ts'
import { actionsOf, type CallReader, guardOf, reportOnce } from './read-calls.ts'
import { allOf, innerOf, type StateNode, targetOf } from './state-tree.ts'

interface Reader extends CallReader {
  readonly root: StateNode
  readonly id: string | undefined
}

export interface ReadChart {
  readonly chart: ChartIr
  readonly fields: ChartFields
}

/** A machine whose states stay a tree: what XState describes with `parallel`, `history`, `after` and `onDone`. @throws RuleProblem */
export function readChart(document: LinkedDocument, root: StateNode, scope: WorkflowScope): ReadChart {
  const body = ruleNode(document.body, document.spanOf)
  const reader: Reader = { scope, root, id: body.member('id')?.text(), machine: document.name }
  const fields = chartFields(document, body, root, scope)
  const states = allOf(root).map((state) => stateOf(state, fields, reader))
  const { snapshot, fieldByState } = fields
  return {
    fields,
    chart: {
      name: document.name,
      fields: [...fieldByState.values()].map(({ name }) => name),
      ...(snapshot === undefined ? {} : { snapshot }),
      states,
      span: document.span,
    },
  }
}

const pathOf = ({ path }: StateNode): string => path.join('.')

function stateOf(state: StateNode, { fieldByState, storedName }: ChartFields, reader: Reader): ChartStateIr {
  const { node, name, history, parent } = state
  if (parent && (name === '' || name.includes('.')))
    throw new RuleProblem('syntax', node.span, `"${name}" cannot name a state beside others at once: leave out the dot`)
  const inner = innerOf(state)
  const type = history ?? (state.isParallel && inner.length > 0 ? 'parallel' : state.isFinal ? 'final' : undefined)
  const field = fieldByState.get(state)?.name
  return {
    path: pathOf(state),
    name,
    value: storedName(state),
    ...(type === undefined ? {} : { type }),
    ...(type === undefined && inner.length > 0 ? { initial: pathOf(initialOf(state)) } : {}),
    ...(field === undefined ? {} : { field }),
    ...(history === undefined ? {} : rememberedFirst(state, reader)),
    entry: actionsOf(node.member('entry', 'on_entry'), reader),
    exit: actionsOf(node.member('exit', 'on_exit'), reader),
    on: (node.member('on')?.members() ?? []).map(([event, one]) => ({ event, transitions: transitionsOf(one, state, reader) })),
    always: transitionsOf(node.member('always'), state, reader),
    done: transitionsOf(node.member('on_done'), state, reader),
    after: timersOf(state, reader),
  }
}

/** The state that is entered with another one. @throws RuleProblem */
function initialOf(state: StateNode): StateNode {
  const child = innerOf(state).find(({ name }) => name === state.initial)
  if (child) return child
  const { span } = state.node.member('initial') ?? state.node
  throw new RuleProblem('unknown-field', span, `"${state.initial ?? ''}" is no state that "${state.name || 'the machine'}" begins with`)
}

/** What a history stands for before anything was left. @throws RuleProblem */
function rememberedFirst(state: StateNode, { root, id }: Reader): Pick<ChartStateIr, 'to'> {
  const place = state.node.member('target', 'default')
  if (!place) return {}
  const targets = place.items().map((one) => targetOf(one.text() ?? '', state, root, id))
  const isInside = (target: StateNode | undefined): target is StateNode =>
    target !== undefined &&
    target.history === undefined &&
    target.path.length > (state.parent?.path.length ?? 0) &&
    isBelow(target, state.parent)
  if (!targets.every(isInside)) throw new RuleProblem('unknown-field', place.span, 'a history begins with a state beside it')
  return { to: targets.map(pathOf) }
}

const isBelow = (state: StateNode, outer: StateNode | undefined): boolean =>
  state.parent !== undefined && (state.parent === outer || isBelow(state.parent, outer))

/** `target`, `{ target, cond, in, actions }`, or a list of these. `source`: the state that says so. */
function transitionsOf(node: RuleNode | undefined, source: StateNode, reader: Reader): readonly ChartTransitionIr[] {
  return (node?.items() ?? []).flatMap((item): readonly ChartTransitionIr[] => {
    if (item.value === null) return []
    const place = item.text() === undefined ? item.member('target') : item
    const targets = (place?.items() ?? []).map((one) => stateNamed(one, source, reader))
    const inside = item.member('in') ?? stateInOf(item)
    const needed = inside && stateNamed(inside, source, reader)
    if (targets.includes(undefined) || (inside && !needed)) return []
    const guard = stateInOf(item) ? undefined : guardOf(item.member('cond', 'guard', 'condition'), reader)
    if (guard === 'unknown') return []
    return [
      {
        ...(targets.length === 0 ? {} : { to: targets.flatMap((target) => (target ? [pathOf(target)] : [])) }),
        ...(guard ? { guard } : {}),
        ...(needed ? { in: pathOf(needed) } : {}),
        actions: actionsOf(item.member('actions', 'action'), reader),
      },
    ]
  })
}

/** A state that a transition names; what is not there is reported. */
function stateNamed(place: RuleNode, source: StateNode, reader: Reader): StateNode | undefined {
  const text = place.text() ?? ''
  const found = targetOf(text, source, reader.root, reader.id)
  if (found) return found
  const candidates = allOf(reader.root).flatMap(({ name }) => (name === '' ? [] : [name]))
  const holes = { state: text, machine: reader.machine }
  reportOnce(reader, diagnose('workflow/unknown-state', place.span, holes, suggestName({ name: text, candidates, span: place.span })))
  return undefined
}

/** `{ 1000: late, "48h": [{ target, cond }] }`, or a list of `{ delay, target }`. */
function timersOf(state: StateNode, reader: Reader): readonly ChartTimerIr[] {
  const node = state.node.member('after')
  if (!node || state.history !== undefined || state.isFinal) return []
  const given: readonly (readonly [RuleNode, RuleNode])[] = Array.isArray(node.value)
    ? node.items().flatMap((item) => {
        const delay = item.member('delay', 'duration')
        return delay ? [[delay, item]] : []
      })
    : node.members().map(([delay, one]) => [{ ...one, span: one.span, value: delay }, one])
  return given.flatMap(([place, one]): readonly ChartTimerIr[] => {
    const delay = readDuration(place.value)
    if (delay !== undefined) return [{ delay, transitions: transitionsOf(one, state, reader) }]
    const holes = { duration: JSON.stringify(place.value), workflow: reader.machine }
    reportOnce(reader, diagnose('workflow/bad-duration', place.span, holes))
    return []
  })
}
