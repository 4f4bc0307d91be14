import { suggestName } from '../3-link/suggest-name.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { StepIr } from '../ir/workflow.ts'
import type { WorkflowDraft } from './read-workflow.ts'

interface Way {
  readonly to: string
  readonly step: StepIr
}

/** Where a step can lead. */
export function waysFrom(step: StepIr): readonly string[] {
  const own = [step.next, step.onError === 'continue' ? undefined : step.onError]
  const inner =
    step.type === 'approval'
      ? [...step.actions.map(({ next }) => next), step.onTimeout]
      : step.type === 'condition'
        ? step.branches.map(({ next }) => next)
        : step.type === 'parallel'
          ? step.branches
          : step.type === 'loop'
            ? [step.first]
            : []
  return [...own, ...inner].filter((name) => name !== undefined)
}

/** Steps that do not exist, that nothing leads to, and that lead to each other without end. */
export function checkSteps(workflow: WorkflowDraft): readonly Diagnostic[] {
  const stepByName = new Map(workflow.steps.map((step) => [step.name, step]))
  const found: Diagnostic[] = []
  const candidates = [...stepByName.keys()]
  const ways = workflow.steps.flatMap((step): readonly Way[] => [...new Set(waysFrom(step))].map((to) => ({ to, step })))
  for (const { to, step } of ways)
    if (!stepByName.has(to)) {
      const { notes = [] } = suggestName({ name: to, candidates, span: step.span })
      found.push(diagnose('workflow/unknown-step', step.span, { step: to, workflow: workflow.name }, { notes }))
    }
  for (const to of [workflow.first, workflow.onSuccess, workflow.onFailure])
    if (to !== undefined && !stepByName.has(to))
      found.push(diagnose('workflow/unknown-step', workflow.span, { step: to, workflow: workflow.name }))
  if (found.length > 0) return found
  const reached = new Set([workflow.first, workflow.onSuccess, workflow.onFailure].filter((name) => name !== undefined))
  for (const name of reached) for (const to of waysFrom(stepByName.get(name) as StepIr)) reached.add(to)
  for (const step of workflow.steps)
    if (!reached.has(step.name)) found.push(diagnose('workflow/unreachable-step', step.span, { step: step.name, workflow: workflow.name }))
  const circle = busyCircle(workflow.steps, stepByName)
  if (circle)
    found.push(
      diagnose('workflow/circle', (circle[0] as StepIr).span, {
        workflow: workflow.name,
        path: circle.map(({ name }) => name).join(' → '),
      }),
    )
  return found
}

/** Steps that stop for people, for a time, or for the rounds of a loop. */
const pauses = ({ type }: StepIr): boolean => type === 'approval' || type === 'wait' || type === 'loop'

/** A way around on which nothing ever waits. */
function busyCircle(steps: readonly StepIr[], stepByName: ReadonlyMap<string, StepIr>): readonly StepIr[] | undefined {
  const state = new Map<string, 'open' | 'done'>()
  const path: StepIr[] = []
  const visit = (step: StepIr): readonly StepIr[] | undefined => {
    if (pauses(step) || state.get(step.name) === 'done') return undefined
    if (state.get(step.name) === 'open') return [...path.slice(path.findIndex(({ name }) => name === step.name)), step]
    state.set(step.name, 'open')
    path.push(step)
    for (const to of waysFrom(step)) {
      const next = stepByName.get(to)
      const circle = next && visit(next)
      if (circle) return circle
    }
    path.pop()
    state.set(step.name, 'done')
    return undefined
  }
  for (const step of steps) {
    const circle = visit(step)
    if (circle) return circle
  }
  return undefined
}
