import { titleCase } from '../ir/words.ts'
import type { WorkflowIr } from '../ir/workflow.ts'
import type { RuleNode } from '../rules/rule-node.ts'
import { RuleProblem } from '../rules/rule-problem.ts'
import type { Span } from '../source/span.ts'
import { unitOf } from './duration.ts'
import { priorityOf, readPermissions } from './read-settings.ts'
import { readStep } from './read-step.ts'
import { eventsOf, scheduleOf, type WorkflowDraft } from './read-workflow.ts'
import { readWorkflowCondition } from './read-workflow-condition.ts'
import type { WorkflowScope } from './scope.ts'
import { createStepList, type StepList } from './step-list.ts'

/** True for rules of the older kind: no steps, but actions that follow at once or after some time. */
export const isWorkflowRule = (body: RuleNode): boolean =>
  body.member('steps') === undefined &&
  (body.member('trigger_type', 'actions', 'time_triggers', 'field_updates', 'fieldUpdate') !== undefined ||
    body.member('trigger_type') !== undefined)

/** `{ objectName, triggerType, criteria, actions, timeTriggers }`. @throws RuleProblem */
export function readWorkflowRule(body: RuleNode, span: Span, scope: WorkflowScope): WorkflowDraft {
  const { on } = eventsOf(body.member('trigger_type', 'trigger', 'event', 'events'))
  const list = createStepList({ scope, isInOrder: true, named: [], read: readStep })
  const actions = body.member('actions')?.items() ?? []
  const later = body.member('time_triggers')?.items() ?? []
  const firsts = [chain(actions, 'action', list), ...later.map((one, index) => timed(one, index, list))].filter(
    (name) => name !== undefined,
  )
  const [only] = firsts
  if (only === undefined) throw new RuleProblem('incomplete', span, 'it has no actions')
  let first = only
  if (firsts.length > 1) {
    first = list.free('all')
    list.add({ name: first, label: 'All of them', type: 'parallel', branches: firsts, span })
  }
  const criteria = body.member('criteria', 'condition', 'conditions', 'entry_criteria')
  const isEmpty = criteria?.value === null || criteria?.value === '' || criteria?.value === true
  const place = body.member('schedule')
  const schedule = place && scheduleOf(place, scope)
  if (on.length > 0 && scope.object === undefined) throw new RuleProblem('incomplete', span, 'nothing says of which object its records are')
  return {
    name: scope.workflow,
    label: body.member('label')?.text() ?? titleCase(scope.workflow),
    ...(scope.object === undefined ? {} : { object: scope.object.name }),
    on,
    fields: [],
    ...(criteria && !isEmpty ? { starts: readWorkflowCondition(criteria, scope.triggerSchema) } : {}),
    isRepeated: body.member('reevaluate_on_change')?.value === true,
    isSingle: false,
    ...(schedule ? { schedule } : {}),
    isWebhook: false,
    ...readPermissions(body.member('permissions'), scope),
    ...priorityOf(body.member('priority'), scope),
    first,
    steps: list.steps,
    variables: [] as WorkflowIr['variables'],
    span,
  }
}

function chain(nodes: readonly RuleNode[], stem: string, list: StepList): string | undefined {
  const names = nodes.map((node, index) => list.free(node.member('name')?.text() ?? `${stem}_${index + 1}`))
  for (const [index, node] of nodes.entries()) readStep(node, names[index] as string, names[index + 1], list)
  return names[0]
}

/** `{ timeLength: 3, timeUnit: days, timeField?: close_date, direction?: before, actions }` */
function timed(node: RuleNode, index: number, list: StepList): string | undefined {
  const amount = node.member('time_length', 'length', 'offset', 'value')?.value
  const unit = unitOf(node.member('time_unit', 'unit')?.text() ?? 'days')
  if (typeof amount !== 'number' || unit === undefined) throw new RuleProblem('incomplete', node.span, 'nothing says how much later it is')
  const isBefore = node.member('time_direction', 'direction')?.text()?.toLowerCase() === 'before'
  const field = node.member('time_field', 'offset_from', 'relative_to', 'date_field')?.text()
  const first = chain(node.member('actions')?.items() ?? [], `later_${index + 1}`, list)
  if (first === undefined) return undefined
  const name = list.free(`wait_${index + 1}`)
  const base = { name, label: titleCase(name), next: first, span: node.span, type: 'wait' as const }
  const duration = Math.round(amount * unit) * (isBefore ? -1 : 1)
  const isField = field !== undefined && list.scope.object?.fields.some((one) => one.name === field)
  if (!isField) list.add({ ...base, duration: Math.max(duration, 0) })
  else
    list.add({
      ...base,
      duration,
      until: { kind: 'typed', typed: { kind: 'field', type: 'datetime', root: 'record', path: [field], start: 0, end: 0 } },
    })
  return name
}
