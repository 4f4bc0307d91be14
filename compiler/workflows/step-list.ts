import { diagnose } from '../diagnostics/diagnose.ts'
import type { StepIr } from '../ir/workflow.ts'
import type { RuleNode } from '../rules/rule-node.ts'
import { readDuration } from './duration.ts'
import type { WorkflowScope } from './scope.ts'

/** The steps of a workflow while they are read: those below others become steps beside them, with names of their own. */
export interface StepList {
  readonly scope: WorkflowScope
  /** Steps follow each other as they stand, where nobody says what is next. */
  readonly isInOrder: boolean
  add(step: StepIr): void
  /** Reads a step and those below it. `following`: the step behind it. */
  read(node: RuleNode, name: string, following: string | undefined, list: StepList): void
  /** A name that no step has. */
  free(name: string): string
}

export interface NewList {
  readonly scope: WorkflowScope
  readonly isInOrder: boolean
  /** Names of steps that the author gave. */
  readonly named: readonly string[]
  readonly read: StepList['read']
}

export function createStepList({ scope, isInOrder, named, read }: NewList): StepList & { readonly steps: StepIr[] } {
  const steps: StepIr[] = []
  const taken = new Set(named)
  return {
    scope,
    isInOrder,
    steps,
    read,
    add: (step) => void steps.push(step),
    free(name) {
      let free = name
      for (let number = 2; taken.has(free); number++) free = `${name}_${number}`
      taken.add(free)
      return free
    },
  }
}

/** A duration, or undefined where there is none or it cannot be read, which is reported. */
export function durationOf(node: RuleNode | undefined, scope: WorkflowScope): number | undefined {
  if (!node) return undefined
  const duration = readDuration(node.value)
  if (duration === undefined)
    scope.report(diagnose('workflow/bad-duration', node.span, { duration: JSON.stringify(node.value), workflow: scope.workflow }))
  return duration
}
