import type { LinkedDocument, LinkedField } from '../../3-link/model.ts'
import type { RuleNode } from '../../rules/rule-node.ts'
import { RuleProblem } from '../../rules/rule-problem.ts'
import type { WorkflowScope } from '../scope.ts'
import { stateField } from './state-field.ts'
import { allOf, innerOf, type StateNode } from './state-tree.ts'

/** Where the states of a machine are stored. */
export interface ChartFields {
  /** The field of the machine as a whole and of regions, by the state around them. */
  readonly fieldByState: ReadonlyMap<StateNode, LinkedField>
  readonly storedName: (state: StateNode) => string
  /** Name of the field for what no other holds. */
  readonly snapshot: string | undefined
  /** The object has no such field: it gets one. */
  readonly isSnapshotNew: boolean
}

/** What a field of a state can show: the innermost states, as far as no parallel state is in between. */
export const shownBelow = (state: StateNode): readonly StateNode[] =>
  innerOf(state).flatMap((child) => (child.isParallel || innerOf(child).length === 0 ? [child] : shownBelow(child)))

const isRegion = ({ parent }: StateNode): boolean => parent?.isParallel === true

/** Every region may have a field of its own; what none holds, and what was left, goes to a snapshot. @throws RuleProblem */
export function chartFields(document: LinkedDocument, body: RuleNode, root: StateNode, scope: WorkflowScope): ChartFields {
  const fieldByState = new Map<StateNode, LinkedField>()
  if (!root.isParallel) fieldByState.set(root, stateField(document, body, shownBelow(root), scope))
  const regions = allOf(root).filter((state) => isRegion(state) && !state.isParallel && innerOf(state).length > 0)
  for (const region of regions) {
    const field = regionField(region, scope)
    if (!field) continue
    if ([...fieldByState.values()].includes(field))
      throw new RuleProblem('unknown-field', region.node.span, `"${field.name}" holds other states already`)
    fieldByState.set(region, field)
  }
  const isNeeded = regions.some((region) => !fieldByState.has(region)) || allOf(root).some(({ history }) => history !== undefined)
  return { fieldByState, storedName: valuesOf(root, fieldByState), ...snapshotOf(document, body, fieldByState.get(root), isNeeded, scope) }
}

/** The one the region names, or one that is called as the region is and can hold its states. */
function regionField(region: StateNode, { object }: WorkflowScope): LinkedField | undefined {
  const fields = object?.fields.filter(({ type }) => type === 'select' || type === 'radio' || type === 'text') ?? []
  const place = region.node.member('field', 'state_field')
  const named = fields.find(({ name }) => name === (place ? place.text() : region.name))
  if (place && !named) throw new RuleProblem('unknown-field', place.span, `"${place.text() ?? ''}" is no field that holds a state`)
  if (!named || place) return named
  const options = named.options && new Set(named.options.map(({ value }) => String(value.value)))
  return !options || shownBelow(region).every(({ name, path }) => options.has(name) || options.has(path.join('.'))) ? named : undefined
}

/** A state is stored by its name where that is unique among those of its field, or no option says otherwise. */
function valuesOf(root: StateNode, fieldByState: ReadonlyMap<StateNode, LinkedField>): (state: StateNode) => string {
  const values = new Map<StateNode, string>()
  for (const holder of [root, ...allOf(root).filter(isRegion)]) {
    const shown = shownBelow(holder)
    const options = new Set(fieldByState.get(holder)?.options?.map(({ value }) => String(value.value)))
    for (const state of shown) {
      const path = state.path.join('.')
      const isUnique = shown.filter(({ name }) => name === state.name).length === 1
      values.set(state, options.has(path) || !isUnique ? path : state.name)
    }
  }
  return (state) => values.get(state) ?? state.name
}

const OBJECT_TYPES: ReadonlySet<string> = new Set(['json', 'object'])

function snapshotOf(
  document: LinkedDocument,
  body: RuleNode,
  field: LinkedField | undefined,
  isNeeded: boolean,
  { object }: WorkflowScope,
): Pick<ChartFields, 'snapshot' | 'isSnapshotNew'> {
  if (!isNeeded) return { snapshot: undefined, isSnapshotNew: false }
  const place = body.member('snapshot', 'snapshot_field')
  const name = place?.text() ?? `${field?.name ?? document.name}_snapshot`
  const known = object?.fields.find((one) => one.name === name)
  if (known && !OBJECT_TYPES.has(known.type))
    throw new RuleProblem('unknown-field', place?.span ?? document.span, `"${name}" is no JSON field that could hold its states`)
  return { snapshot: name, isSnapshotNew: !known }
}
