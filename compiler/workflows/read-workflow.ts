import { readCron } from '../../runtime-lite/workflow/cron.ts'
import { suggestName } from '../3-link/suggest-name.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import { titleCase } from '../ir/words.ts'
import type { ScheduleIr, WorkflowIr } from '../ir/workflow.ts'
import { type RuleNode, textsOf } from '../rules/rule-node.ts'
import { RuleProblem } from '../rules/rule-problem.ts'
import type { Span } from '../source/span.ts'
import { nextOf } from './named-places.ts'
import { modeOf, priorityOf, readPermissions } from './read-settings.ts'
import { readStep } from './read-step.ts'
import { readValues } from './read-value.ts'
import { readWorkflowCondition } from './read-workflow-condition.ts'
import type { WorkflowScope } from './scope.ts'
import { createStepList, durationOf } from './step-list.ts'

export type WorkflowDraft = Omit<WorkflowIr, 'file'>

const EVENTS: Readonly<Record<string, WorkflowIr['on']>> = {
  ...{ create: ['create'], insert: ['create'], on_create: ['create'], oncreate: ['create'], update: ['update'], on_update: ['update'] },
  ...{ onupdate: ['update'], edit: ['update'], create_or_update: ['create', 'update'], on_create_or_update: ['create', 'update'] },
  ...{ oncreateorupdate: ['create', 'update'], createorupdate: ['create', 'update'], save: ['create', 'update'], delete: ['delete'] },
  ...{ on_delete: ['delete'], ondelete: ['delete'], field_change: ['update'], fieldchange: ['update'], on_field_change: ['update'] },
  ...{ schedule: [], scheduled: [], manual: [], webhook: [], api: [], time_based: [] },
}

/** The events a trigger names, and which of them are none of writes. @throws RuleProblem */
export function eventsOf(node: RuleNode | undefined): { readonly on: WorkflowIr['on']; readonly names: readonly string[] } {
  const names = textsOf(node).map((name) =>
    name
      .trim()
      .replace(/[\s-]+/g, '_')
      .toLowerCase(),
  )
  const on = names.flatMap((name) => {
    const found = Object.hasOwn(EVENTS, name) ? EVENTS[name] : undefined
    if (found === undefined) throw new RuleProblem('unknown-type', (node as RuleNode).span, `nothing triggers by "${name}"`)
    return found
  })
  return { on: (['create', 'update', 'delete'] as const).filter((event) => on.includes(event)), names }
}

/** A workflow with steps (`*.workflow.yml`). @throws RuleProblem */
export function readWorkflow(body: RuleNode, span: Span, scope: WorkflowScope): WorkflowDraft {
  const trigger = body.member('trigger', 'triggers')
  const steps = body.member('steps')?.items() ?? []
  const [head] = steps
  if (head === undefined) throw new RuleProblem('incomplete', span, 'it has no steps')
  const names = steps.map((step, index) => step.member('name', 'id')?.text() ?? `step_${index + 1}`)
  const type = body.member('type')?.text()
  const mode = modeOf(body.member('execution_mode'), scope)
  const isFree = !steps.some(namesNext)
  const isSequential = type === 'sequential' || mode === 'sequential'
  // Where a step says what is next, the author leads the way.
  const isParallel = isFree && !isSequential && steps.length > 1 && (type === 'parallel' || mode === 'parallel')
  const isInOrder = isSequential || (isFree && !isParallel)
  const list = createStepList({ scope, isInOrder, named: names, read: readStep })
  for (const [index, step] of steps.entries()) readStep(step, names[index] as string, names[index + 1], list)
  let first = nextOf(body.member('initial_step', 'start_step', 'start_at')) ?? (names[0] as string)
  if (isParallel) {
    first = list.free('all')
    list.add({ name: first, label: 'All at once', type: 'parallel', branches: names, span })
  }
  const end = (key: string): string | undefined => endStep(body.member(key), key)
  const endStep = (node: RuleNode | undefined, key: string): string | undefined => {
    const named = node?.text() ?? node?.member('step', 'next_step')?.text()
    if (!node || named !== undefined) return nextOf(node)
    const given = Array.isArray(node.value) ? node.items() : [node]
    const isUpdates = given.every((one) => one.member('type') === undefined)
    const nested = isUpdates ? [node] : given
    const chain = nested.map((one, index) => list.free(one.member('name')?.text() ?? `${key}${nested.length > 1 ? `_${index + 1}` : ''}`))
    for (const [index, one] of nested.entries())
      readStep(isUpdates ? asUpdate(one) : one, chain[index] as string, chain[index + 1], { ...list, isInOrder: true })
    return chain[0]
  }
  const [onSuccess, onFailure] = [end('on_success'), end('on_failure')]
  const label = body.member('label')?.text() ?? titleCase(scope.workflow)
  const description = body.member('description')?.text()
  return {
    name: scope.workflow,
    label,
    ...(description === undefined ? {} : { description }),
    ...(scope.object === undefined ? {} : { object: scope.object.name }),
    ...readTrigger(trigger, body, type, scope),
    ...readPermissions(body.member('permissions'), scope),
    ...priorityOf(body.member('priority'), scope),
    first,
    steps: list.steps,
    variables: readVariables(body.member('variables'), scope),
    ...(onSuccess === undefined ? {} : { onSuccess }),
    ...(onFailure === undefined ? {} : { onFailure }),
    span,
  }
}

/** Updates alone, as a step. */
function asUpdate(node: RuleNode): RuleNode {
  if (node.member('field_updates', 'updates')) return withMember(node, 'type', 'field_update')
  const members: readonly (readonly [string, RuleNode])[] = [['updates', node]]
  return {
    ...node,
    span: node.span,
    value: { updates: node.value },
    members: () => members,
    member: (...names) => (names.includes('type') ? textNode(node, 'field_update') : names.includes('updates') ? node : undefined),
  }
}

const textNode = (node: RuleNode, text: string): RuleNode => ({
  ...node,
  span: node.span,
  value: text,
  text: () => text,
  members: () => [],
})

const withMember = (node: RuleNode, name: string, text: string): RuleNode => ({
  ...node,
  span: node.span,
  member: (...names) => (names.includes(name) ? textNode(node, text) : node.member(...names)),
})

/** Somewhere in it a step says what is next. */
const namesNext = (step: RuleNode): boolean =>
  step
    .members()
    .some(
      ([name, node]) =>
        /^(?:next(?:_?step)?|then|else|else_?step)$/i.test(name) || (/^(?:actions|outcomes|branches)$/i.test(name) && anyNext(node)),
    )

const anyNext = (node: RuleNode): boolean =>
  Array.isArray(node.value) ? node.items().some(namesNext) : node.members().some(([, one]) => namesNext(one))

const readVariables = (node: RuleNode | undefined, scope: WorkflowScope): WorkflowIr['variables'] => {
  if (!node || !Array.isArray(node.value)) return readValues(node, scope)
  return node.items().flatMap((one) => {
    const name = one.member('name')?.text() ?? one.text()
    const preset = one.member('default', 'default_value', 'value', 'initial')
    return name === undefined || !preset ? [] : readValues(mapOf(one, name, preset), scope)
  })
}

const mapOf = (node: RuleNode, name: string, value: RuleNode): RuleNode => ({ ...node, span: node.span, members: () => [[name, value]] })

type TriggerParts = Pick<WorkflowIr, 'on' | 'fields' | 'starts' | 'isRepeated' | 'isSingle' | 'schedule' | 'isWebhook'>

function readTrigger(trigger: RuleNode | undefined, body: RuleNode, type: string | undefined, scope: WorkflowScope): TriggerParts {
  const event = trigger?.text() === undefined ? trigger?.member('event', 'events', 'type', 'on') : trigger
  const { on, names } = eventsOf(event)
  const condition =
    trigger?.member('conditions', 'condition', 'criteria') ?? body.member('conditions', 'condition', 'criteria', 'entry_criteria')
  const isEmpty = Array.isArray(condition?.value) && condition.value.length === 0
  const place = trigger?.member('schedule') ?? body.member('schedule')
  const schedule = place && scheduleOf(place, scope)
  if (on.length > 0 && scope.object === undefined)
    throw new RuleProblem('incomplete', body.span, 'nothing says of which object its records are')
  const fields = fieldsOf(trigger?.member('fields', 'field'), scope)
  const isFieldChange = names.some((name) => name.replace('on_', '').replace('_', '') === 'fieldchange')
  if (isFieldChange && fields.length === 0)
    throw new RuleProblem('incomplete', (event as RuleNode).span, 'nothing says which fields it watches')
  return {
    on,
    fields,
    ...(condition && !isEmpty ? { starts: readWorkflowCondition(condition, scope.triggerSchema) } : {}),
    isRepeated: body.member('reevaluate_on_change')?.value === true || isFieldChange,
    isSingle: type === undefined ? false : type === 'approval',
    ...(schedule ? { schedule } : {}),
    isWebhook: names.includes('webhook'),
  }
}

function fieldsOf(node: RuleNode | undefined, { object, workflow, report }: WorkflowScope): readonly string[] {
  const known = [...(object?.fields.map(({ name }) => name) ?? []), 'id', 'created_at', 'updated_at']
  return (node?.items() ?? []).flatMap((item) => {
    const name = item.text() ?? ''
    if (known.includes(name)) return [name]
    report(
      diagnose('workflow/unknown-field', item.span, { field: name, workflow }, suggestName({ name, candidates: known, span: item.span })),
    )
    return []
  })
}

/** `{ cron, timezone }`, `{ interval }`, or one of both as text. */
export function scheduleOf(node: RuleNode, scope: WorkflowScope): ScheduleIr | undefined {
  const interval = node.member('interval', 'every')
  if (interval) {
    const every = durationOf(interval, scope)
    return every === undefined ? undefined : { every: Math.max(every, 1_000) }
  }
  const place = node.text() === undefined ? node.member('cron', 'expression', 'source') : node
  const text = place?.text() ?? ''
  const timeZone = node.member('timezone', 'time_zone', 'tz')?.text() ?? 'UTC'
  if (readCron(text, timeZone)) return { cron: text.trim(), timeZone }
  scope.report(diagnose('workflow/bad-schedule', (place ?? node).span, { schedule: `${text} (${timeZone})`, workflow: scope.workflow }))
  return undefined
}
