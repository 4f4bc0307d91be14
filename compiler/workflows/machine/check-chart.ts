import { diagnose } from '../../diagnostics/diagnose.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { ChartIr, ChartStateIr, ChartTransitionIr } from '../../ir/chart.ts'
import type { ChartFields } from './chart-fields.ts'
import { shownBelow } from './chart-fields.ts'

const transitionsOf = ({ on, always, done, after }: ChartStateIr): readonly ChartTransitionIr[] => [
  ...on.flatMap(({ transitions }) => transitions),
  ...[always, done, ...after.map(({ transitions }) => transitions)].flat(),
]

/** States that no record comes to, and those that are no option of the field that shows them. */
export function checkChart(chart: ChartIr, { fieldByState, storedName }: ChartFields): readonly Diagnostic[] {
  const { states, span, name } = chart
  const found: Diagnostic[] = []
  for (const [holder, { name: field, options }] of fieldByState) {
    const known = options && new Set(options.map(({ value }) => String(value.value)))
    for (const state of shownBelow(holder))
      if (known && !known.has(storedName(state)))
        found.push(diagnose('link/unknown-state', span, { state: storedName(state), rule: name, field }))
  }
  const reached = reachable(states)
  const isHistory = ({ type }: ChartStateIr): boolean => type === 'shallow' || type === 'deep'
  for (const state of states)
    if (!reached.has(state.path) && !isHistory(state) && state.initial === undefined && state.type !== 'parallel')
      found.push(diagnose('link/unreachable-state', span, { state: state.value, rule: name }))
  return found
}

/** Everything that can be active: with a state those around it, and what is entered with it. */
function reachable(states: readonly ChartStateIr[]): ReadonlySet<string> {
  const stateByPath = new Map(states.map((state) => [state.path, state]))
  const reached = new Set<string>()
  const reach = (path: string): void => {
    if (reached.has(path)) return
    reached.add(path)
    const state = stateByPath.get(path)
    if (!state) return
    if (path !== '') reach(parentOf(path))
    if (state.initial !== undefined) reach(state.initial)
    if (state.type === 'parallel')
      for (const one of states)
        if (one.path !== path && parentOf(one.path) === path && one.type !== 'shallow' && one.type !== 'deep') reach(one.path)
    for (const target of [...(state.to ?? []), ...transitionsOf(state).flatMap(({ to = [] }) => to)]) reach(target)
  }
  reach('')
  return reached
}

const parentOf = (path: string): string => (path.includes('.') ? path.slice(0, path.lastIndexOf('.')) : '')
