import { diagnose } from '../diagnostics/diagnose.ts'
import { titleCase } from '../ir/words.ts'
import type { StepBaseIr, StepIr } from '../ir/workflow.ts'
import type { RuleNode } from '../rules/rule-node.ts'
import { RuleProblem } from '../rules/rule-problem.ts'
import { END, nextOf } from './named-places.ts'
import { readApproval } from './read-approval.ts'
import { readCreate, readHandled, readNotification, readWebhook } from './read-effects.ts'
import { readLoop, readParallel } from './read-nested.ts'
import { readUpdates, readValue } from './read-value.ts'
import { readWorkflowCondition } from './read-workflow-condition.ts'
import { durationOf, type StepList } from './step-list.ts'

/** Spellings of types. */
const TYPES: Readonly<Record<string, string>> = {
  ...{ approval: 'approval', approve: 'approval', user_task: 'approval', task: 'approval', field_update: 'field_update' },
  ...{ fieldupdate: 'field_update', update: 'field_update', update_record: 'field_update', assignment: 'field_update' },
  ...{ create_record: 'create_record', createrecord: 'create_record', create: 'create_record', task_creation: 'create_record' },
  ...{ taskcreation: 'create_record', create_task: 'create_record', action: 'action', script: 'script', custom_script: 'script' },
  ...{ customscript: 'script', function: 'script', connector_action: 'action', notification: 'notification', notify: 'notification' },
  ...{ email_alert: 'notification', emailalert: 'notification', email: 'notification', push_notification: 'notification' },
  ...{ pushnotification: 'notification', send_email: 'notification', webhook: 'webhook', http_call: 'webhook', httpcall: 'webhook' },
  ...{ http: 'webhook', condition: 'condition', decision: 'condition', branch: 'condition', wait: 'wait', delay: 'wait', timer: 'wait' },
  ...{ loop: 'loop', for_each: 'loop', foreach: 'loop', parallel: 'parallel', end: 'end' },
}

/** The type of a step, in any spelling. @throws RuleProblem */
export function typeOfStep(node: RuleNode): string {
  const place = node.member('type', 'actionType')
  const written = place?.text() ?? impliedType(node)
  const key = written
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
  const type = Object.hasOwn(TYPES, key) ? TYPES[key] : undefined
  if (type === undefined) throw new RuleProblem('unknown-type', place?.span ?? node.span, `there are no steps of the type "${written}"`)
  return type
}

function impliedType(node: RuleNode): string {
  if (node.member('assignee', 'approvers')) return 'approval'
  if (node.member('field_updates')) return 'field_update'
  if (node.member('branches')) return 'condition'
  return 'nothing'
}

/** Reads one step and those below it. `following`: the step behind it in the list. */
export const readStep: StepList['read'] = (node, name, following, list) => {
  const type = typeOfStep(node)
  list.add(stepOf(type, node, baseOf(node, name, following, list), { following, list }))
}

interface Place {
  readonly following: string | undefined
  readonly list: StepList
}

function stepOf(type: string, node: RuleNode, base: StepBaseIr, { following, list }: Place): StepIr {
  const { scope } = list
  switch (type) {
    case 'approval':
      return readApproval(node, base, following, list)
    case 'field_update':
      return { ...base, type, updates: readUpdates(updatesOf(node), scope.object, scope) }
    case 'create_record':
      return readCreate(node, base, scope)
    case 'action':
    case 'script':
      return readHandled(node, base, scope)
    case 'notification':
      return readNotification(node, base, scope)
    case 'webhook':
      return readWebhook(node, base, scope)
    case 'condition':
      return readBranches(node, base, following, list)
    case 'wait':
      return readWait(node, base, list)
    case 'parallel':
      return readParallel(node, base, list)
    case 'loop':
      return readLoop(node, base, list)
    default:
      // `end`: nothing happens, and nothing follows.
      return { ...withoutNext(base), type: 'field_update', updates: [] }
  }
}

function readWait(node: RuleNode, { timeout: _, ...base }: StepBaseIr, list: StepList): StepIr {
  const until = node.member('until', 'until_date', 'date')
  const duration = durationOf(node.member('duration', 'for', 'delay', 'timeout'), list.scope)
  if (!until && duration === undefined) throw new RuleProblem('incomplete', node.span, `nothing says how long "${base.name}" waits`)
  return { ...base, type: 'wait', ...(duration === undefined ? {} : { duration }), ...(until ? { until: untilOf(until, list) } : {}) }
}

const withoutNext = ({ next: _, ...base }: StepBaseIr): StepBaseIr => base

/** The name of a field, or a value in any spelling. */
function untilOf(node: RuleNode, { scope }: StepList) {
  const name = node.text()
  const isField = name !== undefined && scope.object?.fields.some((field) => field.name === name)
  return readValue(isField ? { ...node, span: node.span, value: `$record.${name}` } : node, scope)
}

const updatesOf = (node: RuleNode): RuleNode | undefined =>
  node.member('field_updates', 'updates', 'fields', 'values') ?? (node.member('field') && node)

/** What all steps have. */
function baseOf(node: RuleNode, name: string, following: string | undefined, list: StepList): StepBaseIr {
  const { scope } = list
  const isTest = typeOfStep(node) === 'condition'
  const condition = isTest ? undefined : node.member('condition', 'criteria', 'when')
  const next = nextOf(node.member('next_step', 'next', 'on_success')) ?? (list.isInOrder ? following : undefined)
  const onError = node.member('on_error', 'on_failure')
  const retries =
    node.member('retries', 'max_retries')?.value ?? node.member('retry_policy', 'retry')?.member('max_retries', 'retries')?.value
  const backoff = durationOf(node.member('retry_policy', 'retry')?.member('backoff', 'backoff_ms', 'delay'), scope)
  const timeout = durationOf(node.member('timeout', 'timeout_ms'), scope)
  return {
    name,
    label: node.member('label')?.text() ?? titleCase(name),
    ...(condition ? { condition: readWorkflowCondition(condition, scope.schema) } : {}),
    ...(next === undefined || next === END ? {} : { next }),
    ...errorOf(onError),
    ...(typeof retries === 'number' && Number.isInteger(retries) && retries >= 0 && retries <= 100 ? { retries } : {}),
    ...(backoff === undefined ? {} : { backoff }),
    ...(timeout === undefined ? {} : { timeout }),
    span: node.member('name')?.span ?? node.span,
  }
}

/** `continue`, `fail` (which is the default) or a step. */
function errorOf(node: RuleNode | undefined): { readonly onError?: string } {
  const written = nextOf(node) ?? node?.member('action', 'strategy')?.text()
  if (written === undefined || /^(?:fail|abort|stop|throw|end|retry)$/i.test(written)) return {}
  return { onError: /^(?:continue|ignore|skip|log)$/i.test(written) ? 'continue' : written }
}

/** `condition` with `next_step` and `else_step`, or a list of branches, of which the first that holds is taken. */
function readBranches(node: RuleNode, base: StepBaseIr, following: string | undefined, { scope, isInOrder }: StepList): StepIr {
  const to = (one: RuleNode | undefined): { readonly next?: string } => {
    const next = nextOf(one)
    return next === undefined || next === END ? {} : { next }
  }
  const { timeout: _, ...rest } = base
  const listed = node.member('branches', 'cases', 'conditions')?.items()
  if (listed) {
    const branches = listed.map((one) => {
      const when = one.member('condition', 'when', 'criteria', 'expression')
      return {
        ...(when ? { when: readWorkflowCondition(when, scope.schema) } : {}),
        ...to(one.member('next_step', 'next', 'then', 'step')),
      }
    })
    const otherwise = node.member('default', 'otherwise', 'else', 'else_step', 'default_step')
    if (!otherwise && listed.every((one) => one.member('condition', 'when', 'criteria', 'expression')) && base.next === undefined)
      scope.report(diagnose('workflow/dead-end', base.span, { step: base.name, problem: 'no branch is the last resort' }))
    return { ...rest, type: 'condition', branches: [...branches, ...(otherwise ? [to(otherwise)] : [])] }
  }
  const condition = node.member('condition', 'criteria', 'when', 'expression')
  if (!condition) throw new RuleProblem('incomplete', node.span, `the step "${base.name}" has no condition`)
  const outcomes = node.member('actions', 'outcomes')
  const yes = node.member('then', 'then_step', 'if_true', 'on_true', 'true_step') ?? outcomes?.member('true', 'yes')
  const no = node.member('else', 'else_step', 'otherwise', 'if_false', 'on_false', 'false_step') ?? outcomes?.member('false', 'no')
  const fallback = isInOrder && following !== undefined ? { next: following } : {}
  return {
    ...rest,
    type: 'condition',
    branches: [
      { when: readWorkflowCondition(condition, scope.schema), ...(yes ? to(yes) : base.next === undefined ? {} : { next: base.next }) },
      no ? to(no) : yes ? fallback : {},
    ],
  }
}
