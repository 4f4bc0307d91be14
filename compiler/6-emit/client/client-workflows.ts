import { type Code, code, fitted, type Hole, lines, NOTHING, raw, sym } from '../../code/code.ts'
import { quote } from '../../code/literal.ts'
import type { AppIr } from '../../ir/object.ts'
import { stateEvents } from '../state-events.ts'
import { type ClientObject, RUNTIME } from './client-object.ts'

/** Events that clients may send: who may not update sends none. */
const eventsOf = ({ object }: ClientObject): readonly string[] => (object.methods.includes('update') ? stateEvents(object) : [])

/** `'A' | 'B'`, below each other where that is too long. */
const union = (names: readonly string[]): Hole =>
  fitted(raw(names.map(quote).join(' | ')), () => code`${lines(names.map((name) => raw(`| ${quote(name)}`)))}`, 1)

/** Type arguments: on one line where that fits. */
const typeArguments = (record: Hole, events: readonly string[], pad = ''): Hole =>
  fitted(
    code`<${record}, ${raw(events.map(quote).join(' | '))}>`,
    () => code`
<
  ${raw(pad)}${record},
  ${raw(pad)}${union(events)}
${raw(pad)}>
`,
    0,
  )

/** `send: sendEvent('/api/parcel').bind(undefined, connection)` */
export const boundEvents = (entry: ClientObject): readonly Hole[] =>
  eventsOf(entry).length === 0 ? [] : [code`send: ${sym('sendEvent', RUNTIME)}(${entry.path}).bind(undefined, connection),`]

export const withEvents = (entry: ClientObject): Hole => {
  const events = eventsOf(entry)
  return events.length === 0 ? NOTHING : code` & ql.EventCalls${typeArguments(code`${entry.model}['record']`, events, '  ')}`
}

const operationOf = ({ object }: ClientObject): string => `send${object.names.pascal}Event`

export const eventFunctions = (entry: ClientObject): readonly Hole[] =>
  eventsOf(entry).length === 0
    ? []
    : [code`export const ${raw(operationOf(entry))} = /* @__PURE__ */ ${sym('sendEvent', RUNTIME)}(${entry.path})`]

export const eventDeclarations = (entry: ClientObject): readonly Hole[] => {
  const events = eventsOf(entry)
  if (events.length === 0) return []
  return [code`export declare const ${raw(operationOf(entry))}: ql.SendEventCall${typeArguments(code`${entry.model}['record']`, events)}`]
}

/** The workflows of an application, as clients call them. */
export interface ClientWorkflows {
  /** `/api/workflows` */
  readonly path: string
  readonly names: readonly string[]
  /** Names of functions that others have. */
  readonly taken: ReadonlySet<string>
}

/** Nothing where there are none, or where an object has their path. */
export function clientWorkflows({ workflows, objects }: AppIr, basePath: string, taken: Iterable<string>): ClientWorkflows | undefined {
  if (!workflows || objects.some(({ name }) => name === 'workflows')) return undefined
  return { path: `${basePath}/workflows`, names: workflows.map(({ name }) => name), taken: new Set(taken) }
}

/** Function, method of `client.workflows` and factory; the function is the operation in OpenAPI. */
const CALLS: readonly (readonly [operation: string, method: string, factory: string])[] = [
  ['listWorkflowTasks', 'tasks', 'workflowTasks'],
  ['actOnWorkflowTask', 'act', 'workflowAct'],
  ['reassignWorkflowTask', 'reassign', 'workflowReassign'],
  ['listWorkflowInstances', 'instances', 'workflowInstances'],
  ['listWorkflowSteps', 'steps', 'workflowSteps'],
  ['startWorkflow', 'start', 'workflowStart'],
  ['retryWorkflow', 'retry', 'workflowRetry'],
  ['cancelWorkflow', 'cancel', 'workflowCancel'],
]

/** As OpenAPI names operations that would be called as others are. */
function free(name: string, taken: ReadonlySet<string>): string {
  let found = name
  for (let suffix = 1; taken.has(found); suffix++) found = `${name}$${suffix}`
  return found
}

export const boundWorkflows = (workflows: ClientWorkflows | undefined): readonly Hole[] =>
  workflows ? [code`workflows: ${sym('workflowClient', RUNTIME)}(connection, ${workflows.path}),`] : []

export const workflowsType = (workflows: ClientWorkflows | undefined): readonly Hole[] =>
  workflows ? [code`readonly workflows: ql.WorkflowCalls<WorkflowName>`] : []

const nameType = (names: readonly string[]): Hole => {
  const broken = (): Code => code`
type WorkflowName =
  ${lines(names.map((name) => raw(`| ${quote(name)}`)))}
`
  return fitted(code`type WorkflowName = ${raw(names.map(quote).join(' | '))}`, broken, 0)
}

export const workflowName = (workflows: ClientWorkflows | undefined): readonly Hole[] => (workflows ? [nameType(workflows.names)] : [])

export const workflowFunctions = (workflows: ClientWorkflows | undefined): readonly Code[] =>
  workflows
    ? CALLS.map(
        ([operation, , factory]) =>
          code`export const ${raw(free(operation, workflows.taken))} = /* @__PURE__ */ ${sym(factory, RUNTIME)}(${workflows.path})`,
      )
    : []

export const workflowDeclarations = (workflows: ClientWorkflows | undefined): readonly Hole[] =>
  workflows
    ? CALLS.map(
        ([operation, method]) =>
          code`export declare const ${raw(free(operation, workflows.taken))}: ql.WorkflowCall<WorkflowName, ${method}>`,
      )
    : []
