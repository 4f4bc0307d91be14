import type { RawRecord } from '../object/object-plan.ts'
import { notFound, ObjectQLError } from '../problem/problem.ts'
import type { NewAssignee, WorkflowInstance, WorkflowStep, WorkflowTask } from '../types/workflow.ts'
import { act, type TaskDecision } from './act.ts'
import { type InstanceFilter, listInstances, listSteps, listTasks, type Page, type TaskFilter } from './lists.ts'
import { reassign } from './reassign.ts'
import { createRunner } from './runner.ts'
import { startInstance } from './start-instance.ts'
import { cancel, tryAgain } from './try-again.ts'
import { type Asker, planOf, type WorkflowHost } from './workflow-host.ts'

export interface StartOptions {
  /** Id of the record, of workflows of an object. */
  readonly record?: string
  readonly variables?: RawRecord
}

/** Workflows in process: `app.workflows`. */
export interface Workflows {
  /**
   * Starts a workflow and gives the id of the instance; null where one is under way for the record already.
   * @throws ObjectQLError 404 (workflow, record), 403 (role), 400 (no record).
   */
  start(name: string, options?: StartOptions): Promise<string | null>
  /** Open tasks, by default of the user who asks; the oldest first. */
  tasks(filter?: TaskFilter): Promise<Page<WorkflowTask>>
  /** Those the asker may see: that they started, in which they are or were asked, or that their roles show. All, where the application asks. */
  instances(filter?: InstanceFilter): Promise<Page<WorkflowInstance>>
  /** What happened in an instance, in order. @throws ObjectQLError 404 */
  history(instance: string): Promise<readonly WorkflowStep[]>
  /**
   * Decides an approval.
   * @throws ObjectQLError 403 (it is for somebody else), 404, 409 (decided already), 422 (a comment is required; what the updates are refused for).
   */
  act(task: string, action: string, decision?: TaskDecision): Promise<WorkflowInstance>
  /**
   * Hands a task on to somebody else, and gives the new task: for those who may decide it, and for roles that may reassign.
   * @throws ObjectQLError 403, 404, 409 (decided already), 422.
   */
  reassign(task: string, assignee: NewAssignee, options?: TaskDecision): Promise<WorkflowTask>
  /** Runs the failed steps of an instance again, for who started it and for roles that may. @throws ObjectQLError 403, 404, 409 (it has not failed). */
  retry(instance: string): Promise<WorkflowInstance>
  /** Ends an instance: what is open will not happen. @throws ObjectQLError 403, 404, 409 (it has ended). */
  cancel(instance: string): Promise<WorkflowInstance>
  /** Runs what is due now. Servers do so by themselves. Gives the number of steps. */
  runDue(): Promise<number>
}

export interface RunningWorkflows {
  readonly api: Workflows
  /** The same for whoever asks over HTTP. */
  startAs(name: string, options: StartOptions, asker: Asker): Promise<string | null>
  wake(): void
  begin(): void
  stop(): Promise<void>
}

/** Workflows of one application. `asker` says who is asking. */
export function createWorkflows(host: WorkflowHost, asker: () => Asker): RunningWorkflows {
  const runner = createRunner(host)

  async function start(name: string, { record: id, variables = {} }: StartOptions, by: Asker, isRemote: boolean): Promise<string | null> {
    const plan = await planOf(host, name)
    if (!plan) throw notFound(`There is no workflow "${name.slice(0, 64)}".`)
    if (plan.roles && by.isKnown && !plan.isWebhook && !plan.roles.some((role) => by.roles.includes(role)))
      throw new ObjectQLError(403, 'FORBIDDEN', `You may not start the workflow "${name}".`)
    if (isRemote && by.isKnown && by.id === undefined && !plan.isWebhook)
      throw new ObjectQLError(403, 'FORBIDDEN', `Only users may start the workflow "${name}".`)
    if (plan.object !== undefined && id === undefined && plan.schedule === undefined && plan.isWebhook === undefined)
      throw new ObjectQLError(400, 'INVALID_REQUEST', `The workflow "${name}" is about a record: say the id of one.`)
    const started = await host.transaction(async (session) => {
      const record = id === undefined || plan.object === undefined ? undefined : await host.access.object(plan.object).get(id)
      if (id !== undefined && plan.object !== undefined && !record) throw notFound(`There is no record "${id.slice(0, 64)}".`)
      const user = by.id === undefined ? undefined : by.user
      const related = record && plan.related ? { related: await host.related(plan.related, record) } : {}
      return startInstance(session, { plan, id, record: record ?? undefined, user, variables, now: host.clock.now(), ...related })
    })
    runner.wake()
    return started ?? null
  }

  return {
    startAs: (name, options, by) => start(name, options, by, true),
    wake: runner.wake,
    begin: runner.begin,
    stop: runner.stop,
    api: {
      start: (name, options = {}) => start(name, options, asker(), false),
      tasks: (filter = {}) => listTasks(host, filter, asker()),
      instances: (filter = {}) => listInstances(host, filter, asker()),
      history: (instance) => listSteps(host, instance, asker()),
      async act(task, action, decision = {}) {
        const instance = await act(host, { task, action, decision, asker: asker() })
        runner.wake()
        return instance
      },
      reassign: (task, assignee, { comment } = {}) => reassign(host, { task, assignee, comment, asker: asker() }),
      async retry(id) {
        const instance = await tryAgain(host, id, asker())
        runner.wake()
        return instance
      },
      cancel: (id) => cancel(host, id, asker()),
      runDue: runner.runDue,
    },
  }
}
