import type { LinkedAction } from '../3-link/model.ts'
import { suggestName } from '../3-link/suggest-name.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import { shownPaths } from '../expression/shown-paths.ts'
import type { NamedValueIr, StepBaseIr, StepIr } from '../ir/workflow.ts'
import type { RuleNode } from '../rules/rule-node.ts'
import { RuleProblem } from '../rules/rule-problem.ts'
import { objectNamed } from './named-places.ts'
import { readUpdates, readValue, readValues } from './read-value.ts'
import { Reported } from './reported.ts'
import type { WorkflowScope } from './scope.ts'

const storeAs = (node: RuleNode): { readonly storeAs?: string } => {
  const name = node.member('store_as', 'output_variable', 'result_variable', 'save_as')?.text()
  return name === undefined ? {} : { storeAs: name }
}

/** A record of another object; `task_creation` makes one of the object `task`. */
export function readCreate(node: RuleNode, base: StepBaseIr, scope: WorkflowScope): StepIr {
  const place = node.member('object', 'object_name', 'target_object')
  const isTask = /^task_?creation$|^create_?task$/i.test(node.member('type')?.text() ?? '')
  const object = place ? objectNamed(place, scope) : isTask ? scope.objectOf('task')?.name : undefined
  if (object === undefined) throw new RuleProblem('incomplete', node.span, `nothing says which object "${base.name}" makes a record of`)
  const target = scope.objectOf(object)
  const given = node.member('values', 'record', 'data', 'fields', 'field_values', 'field_updates')
  const values = given ? readUpdates(given, target, scope) : isTask ? taskValues(node, object, scope) : []
  return { ...base, type: 'create_record', object, values, ...storeAs(node) }
}

/** What older rules say about tasks, where the object has such fields. */
function taskValues(node: RuleNode, object: string, scope: WorkflowScope): readonly NamedValueIr[] {
  const fields = new Set(scope.objectOf(object)?.fields.map(({ name }) => name))
  const pairs: readonly (readonly [readonly string[], RuleNode | undefined])[] = [
    [['name', 'subject', 'title'], node.member('subject', 'taskSubject', 'title')],
    [['description', 'notes'], node.member('description')],
    [['assignee', 'assigned_to', 'owner'], node.member('assigned_to', 'assignee', 'owner')],
    [['priority'], node.member('priority')],
    [['status'], node.member('status')],
    [['due_date', 'due_on'], node.member('due_date')],
  ]
  return pairs.flatMap(([names, place]) => {
    const name = names.find((one) => fields.has(one))
    return place && name !== undefined ? [{ name, value: readValue(place, scope) }] : []
  })
}

/** An action of an object, or a function among those that its action files export. */
export function readHandled(node: RuleNode, base: StepBaseIr, scope: WorkflowScope): StepIr {
  const place = node.member('action', 'action_name', 'handler', 'script', 'function', 'script_name', 'method')
  const written = place?.text()
  if (!place || written === undefined) throw new RuleProblem('incomplete', node.span, `nothing says what "${base.name}" calls`)
  const named = node.member('object', 'object_name')
  const [before, after] = written.split(/[.:]/) as [string, string?]
  const objectName = named ? objectNamed(named, scope) : after === undefined ? scope.object?.name : scope.objectOf(before)?.name
  const name = after ?? before
  const actions = (objectName === undefined ? undefined : scope.objectOf(objectName))?.actions ?? []
  const action = actions.find((one) => one.name.value === name)
  const params = readValues(node.member('params', 'parameters', 'input', 'inputs', 'args'), scope)
  if (!action || action.module === undefined || action.exportPath === undefined) {
    const candidates = actions.filter(hasFunction).map((one) => one.name.value)
    scope.report(
      diagnose(
        'workflow/unknown-action',
        place.span,
        { action: written, workflow: scope.workflow },
        suggestName({ name, candidates, span: place.span }),
      ),
    )
    throw new Reported()
  }
  if (node.member('type')?.text() !== 'action' && !node.member('action'))
    return { ...base, type: 'script', handler: { name, module: action.module, exportPath: action.exportPath }, params, ...storeAs(node) }
  const isOwn = objectName === scope.object?.name
  return {
    ...base,
    type: 'action',
    action: name,
    ...(isOwn || objectName === undefined ? {} : { object: objectName }),
    params,
    ...storeAs(node),
  }
}

const hasFunction = ({ module }: LinkedAction): boolean => module !== undefined

const NOT_MESSAGE =
  /^(?:name|label|type|channel|condition|criteria|when|next(?:_?step)?|on_?error|on_?failure|on_?success|timeout(?:_?ms)?|retries|max_?retries|retry(?:_?policy)?|description)$/i

/** Everything the step says is the message; what is nested in `message` or `notification` comes first. */
export function readNotification(node: RuleNode, base: StepBaseIr, scope: WorkflowScope): StepIr {
  const type = node.member('type')?.text() ?? 'notification'
  const channel =
    node.member('channel')?.text() ?? (/^e?mail|send_?email/i.test(type) ? 'email' : /^push/i.test(type) ? 'push' : 'notification')
  const config = node.member('notification', 'config')
  const members = [
    ...(config?.members() ?? []),
    ...node.members().filter(([name]) => !NOT_MESSAGE.test(name) && !/^(?:notification|config)$/.test(name)),
  ]
  return { ...base, type: 'notification', channel, message: members.map(([name, one]) => ({ name, value: readValue(one, scope) })) }
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

export function readWebhook(node: RuleNode, base: StepBaseIr, scope: WorkflowScope): StepIr {
  const place = node.member('webhook', 'config', 'request', 'http') ?? node
  const url = (place.text() === undefined ? place.member('url', 'endpoint') : place)?.text()
  if (url === undefined) throw new RuleProblem('incomplete', node.span, `nothing says what "${base.name}" calls`)
  const method = (place.member('method')?.text() ?? 'POST').toUpperCase()
  if (!METHODS.includes(method)) throw new RuleProblem('unknown-type', place.span, `"${method}" is no method of web hooks`)
  const body = place.member('body', 'payload', 'data')
  const isBodiless = method === 'GET' || method === 'DELETE'
  return {
    ...base,
    type: 'webhook',
    url,
    shown: shownPaths(url, scope.schema),
    method,
    headers: readValues(place.member('headers'), scope),
    ...(body ? { body: readValue(body, scope) } : isBodiless ? {} : { body: { kind: 'record' } as const }),
    ...storeAs(node),
  }
}
