import type { NewAssignee, WorkflowInstance, WorkflowStep, WorkflowTask } from '../types/workflow.ts'
import type { CallOptions, Connection } from './connection.ts'
import type { WorkflowInstanceQuery, WorkflowPage, WorkflowStart, WorkflowTaskQuery } from './workflows.ts'

/** Events of an object with state machines. */
export interface EventCalls<Record, Event extends string> {
  /** Sends an event; resolves to the record as it is then. Fails with `CONFLICT` where it does nothing in its state. */
  send(id: string, event: Event, payload?: object, options?: CallOptions): Promise<Record>
}

/** As a function of its own. */
export type SendEventCall<Record, Event extends string> = (
  connection: Connection,
  id: string,
  event: Event,
  payload?: object,
  options?: CallOptions,
) => Promise<Record>

/** What can be done with workflows; `Name` are their names. */
export interface WorkflowCalls<Name extends string> {
  /** Open tasks that are for you, the oldest first. */
  tasks(query?: WorkflowTaskQuery<Name>, options?: CallOptions): Promise<WorkflowPage<WorkflowTask>>
  /** Decides a task. Fails with `FORBIDDEN` where it is for somebody else, and with `CONFLICT` when it was decided. */
  act(task: string, action: string, decision?: { readonly comment?: string }, options?: CallOptions): Promise<WorkflowInstance>
  /** Hands a task on; resolves to the new one. */
  reassign(task: string, assignee: NewAssignee, how?: { readonly comment?: string }, options?: CallOptions): Promise<WorkflowTask>
  /** Runs of workflows that you may see. */
  instances(query?: WorkflowInstanceQuery<Name>, options?: CallOptions): Promise<WorkflowPage<WorkflowInstance>>
  /** What happened in an instance, in order. */
  steps(instance: string, options?: CallOptions): Promise<readonly WorkflowStep[]>
  /** Starts a workflow; resolves to the id of the instance. Fails with `CONFLICT` while an approval is under way for the record. */
  start(workflow: Name, start?: WorkflowStart, options?: CallOptions): Promise<string>
  /** Runs what failed again. */
  retry(instance: string, options?: CallOptions): Promise<WorkflowInstance>
  /** Ends an instance: what is open will not happen. */
  cancel(instance: string, options?: CallOptions): Promise<WorkflowInstance>
}

/** One of them as a function of its own. */
export type WorkflowCall<Name extends string, Method extends keyof WorkflowCalls<Name>> = (
  connection: Connection,
  ...rest: Parameters<WorkflowCalls<Name>[Method]>
) => ReturnType<WorkflowCalls<Name>[Method]>
