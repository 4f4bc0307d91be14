import type { NewAssignee } from '../types/workflow.ts'
import type { CallOptions, Connection } from './connection.ts'
import { recordPath } from './record-path.ts'
import { send } from './send.ts'

/** A page of what a server lists by id. */
export interface WorkflowPage<Item> {
  readonly items: readonly Item[]
  /** `cursor` of the next page; null: this is the last. */
  readonly next: string | null
}

/** What lists of workflows take; `Workflow` are the names of workflows. */
export interface WorkflowListQuery<Workflow extends string = string> {
  readonly object?: string
  readonly record?: string
  readonly workflow?: Workflow
  /** 1 to 200; 50 when it is left out. */
  readonly limit?: number
  readonly cursor?: string
}

export interface WorkflowTaskQuery<Workflow extends string = string> extends WorkflowListQuery<Workflow> {
  /** Your id, or a role or queue of yours. */
  readonly assignee?: string
}

export interface WorkflowInstanceQuery<Workflow extends string = string> extends WorkflowListQuery<Workflow> {
  /** `running`, `completed`, `failed`, `cancelled` … */
  readonly state?: string
}

export interface WorkflowStart {
  /** Id of the record, of workflows of an object. */
  readonly record?: string
  readonly variables?: { readonly [name: string]: unknown }
}

const list =
  (path: string) =>
  async (connection: Connection, query: object = {}, options?: CallOptions) => {
    const parameters = new URLSearchParams()
    for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value))
    return send(connection, 'GET', parameters.size === 0 ? path : `${path}?${parameters}`, options)
  }

/** Sends an event to the state machines of a record; `path` is that of its object. */
export const sendEvent =
  (path: string) =>
  async (connection: Connection, id: string, event: string, payload?: object, options?: CallOptions): Promise<unknown> =>
    send(connection, 'POST', recordPath(`${recordPath(path, id)}/events`, event), options, payload)

/** Each makes one call from the path of workflows (`/api/workflows`). */
export const workflowTasks = (path: string) => list(`${path}/tasks`)

export const workflowInstances = (path: string) => list(`${path}/instances`)

export const workflowSteps =
  (path: string) =>
  async (connection: Connection, instance: string, options?: CallOptions): Promise<unknown> =>
    ((await send(connection, 'GET', `${recordPath(`${path}/instances`, instance)}/steps`, options)) as WorkflowPage<unknown>).items

export const workflowAct =
  (path: string) =>
  async (connection: Connection, task: string, action: string, decision?: object, options?: CallOptions): Promise<unknown> =>
    send(connection, 'POST', recordPath(`${recordPath(`${path}/tasks`, task)}/actions`, action), options, decision)

export const workflowReassign =
  (path: string) =>
  async (connection: Connection, task: string, assignee: NewAssignee, how?: object, options?: CallOptions): Promise<unknown> =>
    send(connection, 'POST', `${recordPath(`${path}/tasks`, task)}/reassign`, options, { ...how, assignee })

export const workflowStart =
  (path: string) =>
  async (connection: Connection, workflow: string, start?: object, options?: CallOptions): Promise<unknown> =>
    ((await send(connection, 'POST', `${recordPath(path, workflow)}/start`, options, start)) as { readonly instance: string }).instance

const change = (what: string) => (path: string) => async (connection: Connection, instance: string, options?: CallOptions) =>
  send(connection, 'POST', `${recordPath(`${path}/instances`, instance)}/${what}`, options)

export const workflowRetry = /* @__PURE__ */ change('retry')
export const workflowCancel = /* @__PURE__ */ change('cancel')

const CALLS = {
  tasks: workflowTasks,
  act: workflowAct,
  reassign: workflowReassign,
  instances: workflowInstances,
  steps: workflowSteps,
  start: workflowStart,
  retry: workflowRetry,
  cancel: workflowCancel,
}

/** The calls on workflows, bound to a connection: `client.workflows`. */
export const workflowClient = (connection: Connection, path: string): object =>
  Object.fromEntries(
    Object.entries(CALLS).map(([name, call]) => [
      name,
      (call(path) as (connection: Connection, ...rest: never[]) => unknown).bind(undefined, connection),
    ]),
  )
