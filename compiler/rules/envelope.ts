import type { RuleBase, RuleOperation, RuleSeverity } from '../ir/rule.ts'
import type { Json } from '../source/json.ts'
import { namedFields, readCondition } from './condition.ts'
import { type RuleNode, textsOf } from './rule-node.ts'
import { RuleProblem } from './rule-problem.ts'
import type { RuleScope } from './rule-scope.ts'

/** Rules of all dialects without one run in the middle. */
const USUAL_PRIORITY = 100

/** What rules of all types and dialects say about themselves. @throws RuleProblem */
export function readEnvelope(node: RuleNode, { rule, schema }: RuleScope): RuleBase {
  const { text, messages } = messageOf(node)
  const params = paramsOf(node)
  const fields = changeFields(node, rule.type)
  const applies = node.member('apply_when', 'applies_when')
  return {
    name: rule.name,
    code: node.member('error_code', 'code')?.text() ?? rule.name,
    severity: severityOf(node),
    message: text ?? `The rule "${rule.name}" is broken.`,
    ...(messages ? { messages } : {}),
    ...(params ? { params } : {}),
    on: operationsOf(node),
    about: namedFields(node.member('fields', 'field')),
    ...(fields.length === 0 ? {} : { fields }),
    ...(applies ? { applies: readCondition(applies, schema) } : {}),
    ...(node.member('skip_bulk')?.value === true ? { skipsBulk: true } : {}),
    priority: priorityOf(node),
    span: rule.span,
  }
}

/** Fields of a key, of a comparison or of a schema are no list of what has to change. */
const changeFields = (node: RuleNode, type: string): readonly string[] =>
  type === 'unique' || (type === 'cross_field' && node.member('condition')) ? [] : namedFields(node.member('fields'))

/** Values of the author's that messages show. */
export function paramsOf(node: RuleNode): { readonly [name: string]: Json } | undefined {
  const params = node.member('message_params', 'params')?.value
  return params !== undefined && isMap(params) ? params : undefined
}

const isMap = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Where a rule says what is told, the strongest first. */
export const MESSAGE_KEYS = ['error_message_template', 'message', 'error_message'] as const

function messageOf(node: RuleNode): { readonly text?: string; readonly messages?: Readonly<Record<string, string>> } {
  for (const key of MESSAGE_KEYS) {
    const message = node.member(key)
    const text = message?.text()
    if (text !== undefined) return { text }
    if (!message || !isMap(message.value)) continue
    const messages = Object.fromEntries(
      message.members().flatMap(([locale, one]) => (one.text() === undefined ? [] : [[locale, one.text() as string]])),
    )
    const first = messages['en'] ?? Object.values(messages)[0]
    if (first !== undefined) return { text: first, messages }
  }
  return {}
}

/** The author says what is told. */
export const hasMessage = (node: RuleNode): boolean => messageOf(node).text !== undefined

function severityOf(node: RuleNode): RuleSeverity {
  const severity = node.member('severity')?.text()?.toLowerCase()
  return severity === 'warning' || severity === 'warn' ? 'warning' : severity === 'info' || severity === 'information' ? 'info' : 'error'
}

const OPERATIONS: Readonly<Record<string, readonly RuleOperation[]>> = {
  create: ['create'],
  insert: ['create'],
  update: ['update'],
  delete: ['delete'],
  save: ['create', 'update'],
}

/** @throws RuleProblem for events there are not. */
function operationsOf(node: RuleNode): readonly RuleOperation[] {
  const events = node.member('trigger', 'triggers', 'events', 'event', 'on')
  if (!events || textsOf(events).length === 0) return ['create', 'update']
  const found = events.items().flatMap((event) => {
    const name = (event.text() ?? '').toLowerCase().replace(/^(?:before|after)[_.]?/, '')
    const operations = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined
    if (!operations) throw new RuleProblem('not-run', event.span, `nothing triggers "${event.text() ?? ''}"`)
    return operations
  })
  return [...new Set(found)]
}

function priorityOf(node: RuleNode): number {
  const priority = node.member('priority')?.value
  return typeof priority === 'number' && Number.isFinite(priority) ? priority : USUAL_PRIORITY
}
