import { suggestName } from '../3-link/suggest-name.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { AssigneeIr, RequiredIr, StepIr } from '../ir/workflow.ts'
import type { RuleNode } from '../rules/rule-node.ts'
import { RuleProblem } from '../rules/rule-problem.ts'
import { expressionValue, readValue } from './read-value.ts'
import type { WorkflowScope } from './scope.ts'

type Asked = Pick<Extract<StepIr, { readonly type: 'approval' }>, 'assignees' | 'required' | 'toleratesRejection' | 'isInTurn'>

/** Who is asked, and how many of them have to agree. @throws RuleProblem */
export function readAsked(node: RuleNode, scope: WorkflowScope): Asked {
  const place = node.member('assignee', 'assignees', 'approver', 'approvers')
  const isPlain = place?.text() !== undefined
  const assignees = place ? (isPlain ? [place] : place.items()).map((one) => readAssignee(one, scope)) : []
  const mode = node.member('approval_mode', 'require', 'required_approvals', 'min_approvals', 'quorum')
  const required = mode && requiredOf(mode)
  const order = node.member('execution_mode', 'approval_order')?.text()
  return {
    assignees,
    ...(required === undefined ? {} : { required }),
    ...(node.member('first_rejection_ends')?.value === false ? { toleratesRejection: true } : {}),
    ...(order !== undefined && /^(?:sequential|serial|in_?turn)$/i.test(order) ? { isInTurn: true } : {}),
  }
}

/** `any`, `all`, `majority`, a number, or a part of them: `60%`. @throws RuleProblem */
function requiredOf(node: RuleNode): RequiredIr {
  const { value } = node
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value
  const text = node.text()?.trim() ?? ''
  if (/^(?:any|one|first(?:_?response)?)$/i.test(text)) return 1
  if (/^(?:all|unanimous|everyone|everybody)$/i.test(text)) return 'all'
  if (/^majority$/i.test(text)) return 'majority'
  if (/^\d{1,6}$/.test(text) && Number(text) > 0) return Number(text)
  const percent = /^(\d{1,3}(?:\.\d+)?)\s*%$/.exec(text)
  if (percent && Number(percent[1]) > 0 && Number(percent[1]) <= 100) return { percent: Number(percent[1]) }
  throw new RuleProblem('unknown-type', node.span, `"${text || JSON.stringify(value)}" does not say how many have to approve`)
}

/** `{ type: role, role: manager }`, `{ type: field, field: owner }`, or the name of a role alone. */
export function readAssignee(node: RuleNode, scope: WorkflowScope): AssigneeIr {
  const alone = node.text()
  if (alone !== undefined) {
    const value = readValue(node, scope)
    return value.kind === 'literal' ? role(alone, node, scope) : { type: 'value', value }
  }
  const [one, ...others] = node.items()
  if (!one || others.length > 0) throw new RuleProblem('not-translatable', node.span, 'one user, one role or one queue can be asked here')
  const type = one.member('type')?.text() ?? one.members().map(([name]) => name)[0] ?? ''
  const place = one.member(type, 'value', 'name', 'id', type === 'user' ? 'user_id' : 'expression')
  if (!place) throw new RuleProblem('incomplete', one.span, 'nothing says who is asked')
  switch (type) {
    case 'role':
      return role(place.text() ?? String(place.value), place, scope)
    case 'queue':
    case 'group':
    case 'team':
      return { type: 'queue', name: String(place.value) }
    case 'field':
      return { type: 'value', value: readValue({ ...place, span: place.span, value: `$record.${String(place.value)}` }, scope) }
    case 'expression':
      return { type: 'value', value: expressionValue(place, scope) }
    case 'user': {
      const value = readValue(place, scope)
      return value.kind === 'literal' ? { type: 'user', name: String(value.value) } : { type: 'value', value }
    }
    default:
      throw new RuleProblem('unknown-type', one.span, `nobody can be asked by "${type}"`)
  }
}

function role(name: string, place: RuleNode, scope: WorkflowScope): AssigneeIr {
  reportRole(name, place, scope)
  return { type: 'role', name }
}

/** A role that nothing defines, where the model says which there are. */
export function reportRole(name: string, place: RuleNode, { roles, workflow, report }: WorkflowScope): void {
  if (roles.size === 0 || roles.has(name)) return
  const suggestion = suggestName({ name, candidates: [...roles], span: place.span })
  report(diagnose('workflow/unknown-role', place.span, { role: name, workflow }, suggestion))
}
