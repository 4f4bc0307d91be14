import { suggestName } from '../3-link/suggest-name.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import { titleCase } from '../ir/words.ts'
import type { AssigneeIr, StepBaseIr, StepIr, TaskActionIr } from '../ir/workflow.ts'
import type { RuleNode } from '../rules/rule-node.ts'
import { RuleProblem } from '../rules/rule-problem.ts'
import { END, nextOf } from './named-places.ts'
import { expressionValue, readUpdates, readValue } from './read-value.ts'
import type { WorkflowScope } from './scope.ts'
import type { StepList } from './step-list.ts'

/** Somebody decides. */
export function readApproval(node: RuleNode, base: StepBaseIr, following: string | undefined, { scope, isInOrder }: StepList): StepIr {
  const given = node.member('actions', 'outcomes')
  const written = given ? (Array.isArray(given.value) ? given.items().map(named) : given.members()) : []
  const actions = written.map(([name, action]): TaskActionIr => {
    const said = nextOf(action.member('next_step', 'next')) ?? (action.text() !== undefined ? nextOf(action) : undefined)
    const outcome = action.member('outcome', 'result')?.text() ?? (isRejection(name) ? 'rejected' : undefined)
    const next = said ?? (outcome === undefined ? (base.next ?? (isInOrder ? following : undefined)) : undefined)
    return {
      name,
      label: action.member('label')?.text() ?? titleCase(name),
      ...((outcome ?? (isApproval(name) && next === undefined)) ? { outcome: outcome ?? 'approved' } : {}),
      ...(next === undefined || next === END ? {} : { next }),
      updates: readUpdates(action.member('updates', 'field_updates'), scope.object, scope),
      isCommentRequired: action.member('comment_required', 'require_comment', 'requires_comment')?.value === true,
    }
  })
  const onTimeout = nextOf(node.member('on_timeout', 'timeout_step', 'escalate_to'))
  const assignee = node.member('assignee', 'assignees', 'approver', 'approvers')
  return {
    // Where the way goes on if nobody is asked.
    ...base,
    type: 'approval',
    ...(assignee ? { assignee: readAssignee(assignee, scope) } : {}),
    actions: actions.length > 0 ? actions : defaults(base, isInOrder ? following : undefined),
    ...(onTimeout === undefined || onTimeout === END ? {} : { onTimeout }),
  }
}

const named = (node: RuleNode): readonly [string, RuleNode] => {
  const name = node.member('name')?.text() ?? node.text()
  if (name === undefined) throw new RuleProblem('incomplete', node.span, 'an action has no name')
  return [name, node]
}

const isRejection = (name: string): boolean => /^(?:reject|deny|decline|refuse)/i.test(name)
const isApproval = (name: string): boolean => /^(?:approve|accept|confirm)/i.test(name)

function defaults({ next }: StepBaseIr, following: string | undefined): readonly TaskActionIr[] {
  const on = next ?? following
  return [
    {
      name: 'approve',
      label: 'Approve',
      ...(on === undefined ? { outcome: 'approved' } : { next: on }),
      updates: [],
      isCommentRequired: false,
    },
    { name: 'reject', label: 'Reject', outcome: 'rejected', updates: [], isCommentRequired: false },
  ]
}

/** `{ type: role, role: manager }`, `{ type: field, field: owner }`, or the name of a role alone. */
function readAssignee(node: RuleNode, scope: WorkflowScope): AssigneeIr {
  const alone = node.text()
  if (alone !== undefined) {
    const value = readValue(node, scope)
    return value.kind === 'literal' ? role(alone, node, scope) : { type: 'value', value }
  }
  const items = node.items()
  if (items.length !== 1) throw new RuleProblem('not-translatable', node.span, 'a step asks one user, one role or one queue')
  const one = items[0] as RuleNode
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

function role(name: string, place: RuleNode, { roles, workflow, report }: WorkflowScope): AssigneeIr {
  if (roles.size > 0 && !roles.has(name)) {
    const suggestion = suggestName({ name, candidates: [...roles], span: place.span })
    report(diagnose('workflow/unknown-role', place.span, { role: name, workflow }, suggestion))
  }
  return { type: 'role', name }
}
