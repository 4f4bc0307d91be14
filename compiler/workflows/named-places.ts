import { suggestName } from '../3-link/suggest-name.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { RuleNode } from '../rules/rule-node.ts'
import { Reported } from './reported.ts'
import type { WorkflowScope } from './scope.ts'

/** Names that mean that nothing follows. */
export const END = 'end'

export function nextOf(node: RuleNode | undefined): string | undefined {
  const name = node?.text() ?? node?.member('step', 'next_step', 'next')?.text()
  return name !== undefined && /^(?:end|stop|done|complete)$/i.test(name) ? END : name
}

/** An object by name. @throws RuleProblem */
export function objectNamed(node: RuleNode, scope: WorkflowScope): string {
  const name = node.text() ?? ''
  const object = scope.objectOf(name)
  if (object) return object.name
  const { notes = [], fixes = [] } = suggestName({ name, candidates: scope.model.objects.map((one) => one.name), span: node.span })
  scope.report(diagnose('workflow/unknown-object', node.span, { object: name, workflow: scope.workflow }, { notes, fixes }))
  throw new Reported()
}
