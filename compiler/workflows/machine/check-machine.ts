import { diagnose } from '../../diagnostics/diagnose.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { MachineIr, MachineStateIr } from '../../ir/machine.ts'

const followers = ({ events, always }: MachineStateIr): readonly string[] =>
  [...events.flatMap(({ transitions }) => transitions), ...always].flatMap(({ to }) => to ?? [])

/** States that no record comes to, that it cannot leave though they are not final, and those that are no option of the field. */
export function checkMachine(machine: MachineIr, options: readonly string[] | undefined): readonly Diagnostic[] {
  const { states, initial, span, name, field } = machine
  const stateByValue = new Map(states.map((state) => [state.value, state]))
  const reached = new Set([initial])
  for (const value of reached) for (const next of followers(stateByValue.get(value) as MachineStateIr)) reached.add(next)
  return states.flatMap((state): readonly Diagnostic[] => {
    const holes = { state: state.value, rule: name }
    const found: Diagnostic[] = []
    if (options && !options.includes(state.value)) found.push(diagnose('link/unknown-state', span, { ...holes, field }))
    if (!reached.has(state.value)) found.push(diagnose('link/unreachable-state', span, holes))
    if (!state.isFinal && followers(state).every((next) => next === state.value)) found.push(diagnose('link/dead-end-state', span, holes))
    return found
  })
}
