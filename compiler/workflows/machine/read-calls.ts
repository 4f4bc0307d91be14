import { diagnose } from '../../diagnostics/diagnose.ts'
import { ExpressionProblem } from '../../expression/problem.ts'
import type { CalledIr, GuardIr } from '../../ir/machine.ts'
import type { RuleNode } from '../../rules/rule-node.ts'
import { RuleProblem } from '../../rules/rule-problem.ts'
import { readWorkflowCondition } from '../read-workflow-condition.ts'
import type { WorkflowScope } from '../scope.ts'

/** What guards and actions of one machine are read with. */
export interface CallReader {
  readonly scope: WorkflowScope
  readonly machine: string
}

const told = new WeakMap<WorkflowScope, Set<string>>()

/** A transition of an outer state is read for every state inside of it, and told once. */
export function reportOnce({ scope }: CallReader, diagnostic: ReturnType<typeof diagnose>): void {
  const known = told.get(scope) ?? new Set<string>()
  told.set(scope, known)
  const key = JSON.stringify([diagnostic.code, diagnostic.message, diagnostic.span])
  if (known.has(key)) return
  known.add(key)
  scope.report(diagnostic)
}

/** Names, or `{ type, params }`. */
export function actionsOf(node: RuleNode | undefined, reader: CallReader): readonly CalledIr[] {
  return (node?.items() ?? []).flatMap((item): readonly CalledIr[] => {
    if (item.value === null) return []
    const place = item.text() === undefined ? item.member('type', 'name') : item
    const called = place && handlerNamed(item, place.text() ?? '', reader)
    if (called) return [called]
    const holes = { name: place?.text() ?? JSON.stringify(item.value), machine: reader.machine }
    reportOnce(reader, diagnose('workflow/unknown-handler', item.span, holes))
    return []
  })
}

function handlerNamed(item: RuleNode, name: string, { scope }: CallReader): CalledIr | undefined {
  const action = scope.object?.actions.find((one) => one.name.value === name)
  if (action?.module === undefined || action.exportPath === undefined) return undefined
  const params = item.member('params')?.value
  return { handler: { name, module: action.module, exportPath: action.exportPath }, ...(params === undefined ? {} : { params }) }
}

/** A function of that name, or an expression. A guard that nobody knows never holds. */
export function guardOf(node: RuleNode | undefined, reader: CallReader): GuardIr | 'unknown' | undefined {
  if (!node || node.value === true || node.value === null) return undefined
  const place = node.text() === undefined ? (node.member('type', 'name') ?? node) : node
  const called = handlerNamed(node, place.text() ?? '', reader)
  if (called) return { kind: 'handler', ...called }
  try {
    return { kind: 'typed', typed: readWorkflowCondition(node, reader.scope.schema) }
  } catch (error) {
    if (!(error instanceof RuleProblem) && !(error instanceof ExpressionProblem)) throw error
    reportOnce(
      reader,
      diagnose('workflow/unknown-handler', node.span, { name: place.text() ?? JSON.stringify(node.value), machine: reader.machine }),
    )
    return 'unknown'
  }
}
