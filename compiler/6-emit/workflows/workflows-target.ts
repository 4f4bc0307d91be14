import { posix } from 'node:path'
import { type Code, code, type Hole, lines, list, raw, sym, typeSym } from '../../code/code.ts'
import { literal, propertyKey } from '../../code/literal.ts'
import { sourceText } from '../../code/source-text.ts'
import { pathsIn } from '../../expression/related-paths.ts'
import type { Typed } from '../../expression/typed.ts'
import type { AppIr } from '../../ir/object.ts'
import type { AssigneeIr, NamedValueIr, StepIr, TaskActionIr, WorkflowIr } from '../../ir/workflow.ts'
import { fileHeader } from '../file-header.ts'
import { createHandlerImports, type Imports } from '../hooks/handler-imports.ts'
import { inComment } from '../objects/js-doc.ts'
import type { EmitContext, OutputFile, Target } from '../target.ts'
import { beyondLookups } from './beyond-lookups.ts'
import { machineModule } from './machine-module.ts'
import { assignment, condition, value } from './printed-values.ts'
import { workflowName } from './workflow-name.ts'

const RUNTIME = 'objectql/runtime/workflow'

/** `workflows/<name>.ts`: when each workflow starts, and its steps as constants. Nothing for an application without workflows. */
export const workflowsTarget: Target = { name: 'workflows', emit: emitWorkflows }

function emitWorkflows({ workflows = [], objects }: AppIr, _config: unknown, context: EmitContext): readonly OutputFile[] {
  return [
    ...workflows.map((workflow) => ({ path: `workflows/${workflow.file}.ts`, text: workflowModule(workflow, context) })),
    ...objects.flatMap((object) =>
      object.machines || object.charts ? [{ path: `machines/${object.names.file}.ts`, text: machineModule(object, context) }] : [],
    ),
  ]
}

function workflowModule(workflow: WorkflowIr, { lineOf, output = 'generated' }: EmitContext): string {
  const imports = createHandlerImports(posix.join(output, 'workflows'), [workflowName(workflow.file)])
  const steps = workflow.steps.map((step) => stepEntry(step, imports, lineOf))
  const { name, label, object, on, fields, roles, first, schedule, variables, onSuccess, onFailure } = workflow
  return sourceText({
    header: [fileHeader(workflow.span.path), ...imports.statements()].join('\n'),
    body: code`
${lines(imports.constants((called) => sym(called, RUNTIME)))}
${lines(startsFunction(workflow))}
/** ${raw(inComment(`${label} (${workflow.span.path}:${lineOf(workflow.span)})`))} */
export const ${raw(workflowName(workflow.file))}: ${typeSym('WorkflowPlan', RUNTIME)} = {
  name: ${name},
  label: ${label},
  ${lines(member('object', object))}
  ${lines(on.length === 0 ? [] : [code`on: ${list([...on], { tail: 1 })},`])}
  ${lines(fields.length === 0 ? [] : [code`fields: ${list([...fields], { tail: 1 })},`])}
  ${lines(workflow.starts ? [raw('starts,')] : [])}
  ${lines(asksCondition(workflow) ? [raw('asks,')] : [])}
  ${lines(beyondLookups([workflow.starts, variables], 2))}
  ${lines(flag('isRepeated', workflow.isRepeated))}
  ${lines(flag('isSingle', workflow.isSingle))}
  ${lines(flag('isWebhook', workflow.isWebhook))}
  ${lines(schedule ? [raw(`schedule: ${literal(schedule)},`)] : [])}
  ${lines(roles.length === 0 ? [] : [code`roles: ${list([...roles], { tail: 1 })},`])}
  ${lines(workflow.may.length === 0 ? [] : [raw(`may: ${literal(Object.fromEntries(workflow.may.map(({ right, roles: some }) => [right, some])))},`)])}
  ${lines(variables.length === 0 ? [] : [code`variables: ${assignment(variables)},`])}
  ${lines(member('onSuccess', onSuccess))}
  ${lines(member('onFailure', onFailure))}
  first: ${first},
  steps: {
    ${lines(steps)}
  },
}
`,
  })
}

/** What has to hold before it starts, one line for each part. */
function startsFunction({ starts, on, fields, span, ...workflow }: WorkflowIr): readonly Hole[] {
  if (!starts) return []
  const what =
    fields.length === 0 ? `${on.join(', ')} of "${workflow.object}"` : `a change of ${fields.map((field) => `"${field}"`).join(', ')}`
  return [
    code`
/** ${raw(inComment(`Starts it, after ${what}.`))} */
const starts: ${typeSym('Condition', RUNTIME)} = ${condition(starts)}

`,
    ...asksFunction({ starts, ...workflow }),
  ]
}

/** What has to hold of the record itself, where the rest looks at related ones. */
function asksCondition({ starts }: Pick<WorkflowIr, 'starts'>): Typed | undefined {
  if (!starts || pathsIn(starts).length === 0) return undefined
  const own = partsOf(starts).filter((part) => pathsIn(part).length === 0)
  return own.length === 0 ? undefined : { kind: 'and', type: 'boolean', parts: own, start: 0, end: 0 }
}

const partsOf = (typed: Typed): readonly Typed[] => (typed.kind === 'and' ? typed.parts.flatMap(partsOf) : [typed])

function asksFunction(workflow: Pick<WorkflowIr, 'starts'>): readonly Hole[] {
  const asks = asksCondition(workflow)
  if (!asks) return []
  return [
    code`
/** When it looks at related records. */
const asks: ${typeSym('Condition', RUNTIME)} = ${condition(asks)}

`,
  ]
}

const member = (name: string, text: string | undefined): readonly Hole[] => (text === undefined ? [] : [code`${raw(name)}: ${text},`])
const numbered = (name: string, number: number | undefined): readonly Hole[] => (number === undefined ? [] : [raw(`${name}: ${number},`)])
const flag = (name: string, isSet: boolean): readonly Hole[] => (isSet ? [raw(`${name}: true,`)] : [])

function stepEntry(step: StepIr, imports: Imports, lineOf: EmitContext['lineOf']): Code {
  return code`
// ${raw(`${step.span.path}:${lineOf(step.span)}`)}
${raw(propertyKey(step.name))}: {
  type: ${step.type},
  label: ${step.label},
  ${lines(beyondLookups(step, 4))}
  ${lines(step.condition ? [code`condition: ${condition(step.condition)},`] : [])}
  ${lines(ownMembers(step, imports))}
  ${lines(member('next', step.next))}
  ${lines(member('onError', step.onError))}
  ${lines(numbered('retries', step.retries))}
  ${lines(numbered('backoff', step.backoff))}
  ${lines(numbered('timeout', step.timeout))}
},
`
}

function ownMembers(step: StepIr, imports: Imports): readonly Hole[] {
  switch (step.type) {
    case 'approval': {
      const { assignees, required, actions, onTimeout, timeoutAction, escalation } = step
      const several = assignees.length > 1 || required !== undefined
      const votes = several || assignees.some(({ type }) => type === 'value')
      return [
        ...assigneeList(assignees),
        ...(required === undefined ? [] : [raw(`required: ${literal(required)},`)]),
        ...flag('toleratesRejection', step.toleratesRejection === true),
        ...flag('isInTurn', step.isInTurn === true),
        code`
actions: {
  ${lines(actions.map((action) => actionEntry(action, votes)))}
},
`,
        ...member('onTimeout', onTimeout),
        ...member('timeoutAction', timeoutAction),
        ...(escalation === undefined ? [] : [code`escalation: ${assigneeEntry(escalation)},`]),
        ...flag('isFixed', step.isFixed === true),
      ]
    }
    case 'field_update':
      return [code`updates: ${assignment(step.updates)},`]
    case 'create_record':
      return [code`object: ${step.object},`, code`values: ${assignment(step.values)},`, ...member('storeAs', step.storeAs)]
    case 'action':
      return [
        code`action: ${step.action},`,
        ...member('object', step.object),
        ...(step.params.length === 0 ? [] : [code`params: ${assignment(step.params)},`]),
        ...member('storeAs', step.storeAs),
      ]
    case 'script':
      return [
        code`handler: ${raw(imports.nameOf(step.handler))},`,
        ...(step.params.length === 0 ? [] : [code`params: ${assignment(step.params)},`]),
        ...member('storeAs', step.storeAs),
      ]
    case 'notification':
      return [code`channel: ${step.channel},`, code`message: ${assignment(step.message)},`]
    case 'webhook':
      return [
        code`
request: (record, scope) => ({
  url: ${/\{\{.+\}\}/.test(step.url) ? code`${sym('filledUrl', RUNTIME)}(${step.url}, record, scope)` : step.url},
  method: ${step.method},
  headers: ${valuesIn(step.headers)},
  ${lines(step.body ? [code`body: ${value(step.body, true)},`] : [])}
}),
`,
        ...member('storeAs', step.storeAs),
      ]
    case 'condition':
      return [
        code`
branches: [
  ${lines(step.branches.map(branchEntry))}
],
`,
      ]
    case 'wait':
      return [...numbered('duration', step.duration), ...(step.until ? [code`until: ${value(step.until)},`] : [])]
    case 'parallel':
      return [code`branches: ${list([...step.branches], { tail: 1 })},`]
    case 'loop':
      return [
        code`first: ${step.first},`,
        code`as: ${step.as},`,
        ...(step.items ? [code`items: ${value(step.items)},`] : []),
        ...(step.query
          ? [
              code`query: { object: ${step.query.object}${step.query.where.length === 0 ? raw('') : code`, where: ${assignment(step.query.where)}`} },`,
            ]
          : []),
        ...(step.while ? [code`while: ${condition(step.while)},`] : []),
        ...numbered('most', step.most),
      ]
    default:
      return step satisfies never
  }
}

function branchEntry({ when, next }: Branches[number]): Hole {
  const parts: Hole[] = [...(when ? [code`when: ${condition(when)}`] : []), ...(next === undefined ? [] : [code`next: ${next}`])]
  return code`${list(parts, { brackets: ['{ ', ' }'], tail: 1 })},`
}

type Branches = Extract<StepIr, { readonly type: 'condition' }>['branches']

const valuesIn = (values: readonly NamedValueIr[]): Hole =>
  values.length === 0
    ? raw('{}')
    : list(
        values.map(({ name, value: one }) => code`${raw(propertyKey(name))}: String(${value(one, true)})`),
        { brackets: ['{ ', ' }'], tail: 1 },
      )

/** Several stand below each other. */
function assigneeList(assignees: readonly AssigneeIr[]): readonly Hole[] {
  const entries = assignees.map(assigneeEntry)
  if (entries.length < 2) return entries.map((entry) => code`assignees: [${entry}],`)
  return [
    code`
assignees: [
  ${lines(entries.map((entry) => code`${entry},`))}
],
`,
  ]
}

const assigneeEntry = (assignee: AssigneeIr): Code =>
  assignee.type === 'value'
    ? code`{ type: 'value', value: ${value(assignee.value)} }`
    : code`{ type: ${assignee.type}, name: ${assignee.name} }`

function actionEntry({ name, label, outcome, next, updates, isCommentRequired, vote }: TaskActionIr, votes: boolean): Code {
  const parts: Hole[] = [
    code`label: ${label}`,
    ...(outcome === undefined ? [] : [code`outcome: ${outcome}`]),
    ...(next === undefined ? [] : [code`next: ${next}`]),
    ...(isCommentRequired ? [raw('isCommentRequired: true')] : []),
    ...(votes && vote !== undefined ? [code`vote: ${vote}`] : []),
    ...(updates.length === 0 ? [] : [code`updates: ${assignment(updates)}`]),
  ]
  return code`${raw(propertyKey(name))}: ${list(parts, { brackets: ['{ ', ' }'], tail: 1 })},`
}
