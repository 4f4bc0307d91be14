import { titleCase } from '../ir/words.ts'
import type { StepBaseIr, StepIr, TaskActionIr } from '../ir/workflow.ts'
import type { RuleNode } from '../rules/rule-node.ts'
import { RuleProblem } from '../rules/rule-problem.ts'
import { END, nextOf } from './named-places.ts'
import { readAsked, readAssignee } from './read-assignees.ts'
import { readUpdates } from './read-value.ts'
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
      ...voteOf(name, outcome),
    }
  })
  const known = actions.length > 0 ? actions : defaults(base, isInOrder ? following : undefined)
  return {
    // Where the way goes on if nobody is asked.
    ...base,
    type: 'approval',
    ...readAsked(node, scope),
    actions: known,
    ...timeoutOf(node, known, scope),
    ...(node.member('allow_reassign', 'allow_delegation', 'reassignable')?.value === false ? { isFixed: true } : {}),
  }
}

/** What happens when the time is over: a step, an action that is taken by itself, or somebody else is asked. */
function timeoutOf(
  node: RuleNode,
  actions: readonly TaskActionIr[],
  scope: WorkflowScope,
): Pick<Extract<StepIr, { readonly type: 'approval' }>, 'onTimeout' | 'timeoutAction' | 'escalation'> {
  const place = node.member('on_timeout', 'timeout_step', 'timeout_action')
  const other = place?.member('escalate_to', 'reassign', 'reassign_to') ?? node.member('escalate_to', 'escalation')
  // The name of a step among those that follow, as before there was anybody to escalate to.
  const isStep = other?.text() !== undefined && place?.member('escalate_to') === undefined && !scope.roles.has(other.text() ?? '')
  const named = place?.member('action')?.text() ?? nextOf(place)
  const action = actions.find(({ name }) => name === named?.replace(/^auto_?/i, ''))
  // Somebody else is asked first.
  const escalation = other && !isStep ? { escalation: readAssignee(other, scope) } : {}
  if (action) return { timeoutAction: action.name, ...escalation }
  const step = named ?? (isStep ? nextOf(other) : undefined)
  return {
    ...(step === undefined || step === END ? {} : { onTimeout: step }),
    ...escalation,
  }
}

const named = (node: RuleNode): readonly [string, RuleNode] => {
  const name = node.member('name')?.text() ?? node.text()
  if (name === undefined) throw new RuleProblem('incomplete', node.span, 'an action has no name')
  return [name, node]
}

/** What an action says where several are asked; any other decides at once. */
const voteOf = (name: string, outcome: string | undefined): Pick<TaskActionIr, 'vote'> =>
  outcome === 'rejected' || (outcome === undefined && isRejection(name))
    ? { vote: 'reject' }
    : outcome === 'approved' || (outcome === undefined && isApproval(name))
      ? { vote: 'approve' }
      : {}

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
      vote: 'approve',
    },
    { name: 'reject', label: 'Reject', outcome: 'rejected', updates: [], isCommentRequired: false, vote: 'reject' },
  ]
}
