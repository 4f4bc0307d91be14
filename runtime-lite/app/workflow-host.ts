import { asking, currentContext } from '../context/request-context.ts'
import { beyondLimits } from '../database/call-limit.ts'
import { readRelated } from '../related/read-related.ts'
import type { Notification } from '../workflow/step-call.ts'
import type { Asker, WorkflowClock, WorkflowHost } from '../workflow/workflow-host.ts'
import { createWorkflows, type RunningWorkflows } from '../workflow/workflows.ts'
import type { AppCore } from './app-core.ts'
import { systemClock } from './system-clock.ts'
import type { TransactionScope } from './transaction-scope.ts'
import { withPlans } from './with-plans.ts'

/** How workflows run in this process. */
export interface WorkflowOptions {
  /** False: this process starts workflows and answers for them, but runs no steps. Default true. */
  readonly run?: boolean
  /** Longest time in milliseconds between two looks at what is due; writes of this process wake it at once. Default 2,000. */
  readonly pollInterval?: number
  /** Steps that run side by side. Default 4; SQLite runs one after the other. */
  readonly concurrency?: number
  /** Tells people: called by steps that notify, after what they are about was committed. Absent: such steps fail, which is reported. */
  readonly notify?: (notification: Notification) => unknown
  /**
   * Which URLs web hooks may call: true for all, or hosts (`api.example.com`, `*.example.com`). Default false: a step that calls fails, and says
   * so.
   */
  readonly outgoing?: boolean | readonly string[]
  /** What calls web hooks. Default: `fetch`. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>
  /** Default: the clock of the system. */
  readonly clock?: WorkflowClock
}

/** Loaded when an application with workflows starts. */
export async function createRunningWorkflows(core: AppCore, options: WorkflowOptions): Promise<RunningWorkflows> {
  const { outgoing = false, clock = systemClock, pollInterval = 2_000, concurrency = 4, notify } = options
  const { host: behaviours } = await core.behaviours()
  const host: WorkflowHost = {
    modules: core.manifest.workflows ?? {},
    scheduled: core.manifest.schedules ?? [],
    priorities: core.manifest.priorities,
    access: behaviours.access,
    clock,
    concurrency: core.embedded ? 1 : concurrency,
    pollInterval,
    notify,
    fetch: outgoing === false ? undefined : (options.fetch ?? ((url, init) => fetch(url, init))),
    mayCall: ({ hostname }) => outgoing === true || (Array.isArray(outgoing) && outgoing.some((allowed) => matches(hostname, allowed))),
    transaction: (work, settings = {}) =>
      core.runTransaction(
        () => work(scopeOf(core).database.session),
        settings.readOnly === undefined ? {} : { readOnly: settings.readOnly },
      ),
    related: async (plan, record) => {
      const { database } = scopeOf(core)
      const of = await withPlans(core.plans, () => readRelated(plan, [record], { session: database.session, home: database }))
      return of(record)
    },
    action: async (object, action, id, params) => (await core.actions()).run({ object, action, id, params }),
    timeIsOver: async (timer) => (await import('./send-event.ts')).timeIsOver(core, timer),
    // What caused it is over: it belongs to no transaction, no request and no user.
    alone: (work) => beyondLimits(() => outside(core, () => asking({ user: undefined, isSystem: true }, work))),
    report: core.report,
  }
  return createWorkflows(host, currentAsker)
}

const outside = <Result>({ transactions }: AppCore, work: () => Result): Result => (transactions ? transactions.outside(work) : work())

function scopeOf({ transactions }: AppCore): TransactionScope {
  const scope = transactions?.current()
  if (!scope) throw new Error('Steps of workflows run in a transaction.')
  return scope
}

const matches = (host: string, allowed: string): boolean => (allowed.startsWith('*.') ? host.endsWith(allowed.slice(1)) : host === allowed)

/** Who asks, as the application knows it. */
export function currentAsker(): Asker {
  const context = currentContext()
  const user = context?.user
  const queues = user?.['queues']
  return {
    id: user?.id,
    roles: [...(user?.roles ?? []), ...(Array.isArray(queues) ? queues.map(String) : [])],
    // The application itself may do what anybody may.
    isKnown: context !== undefined && context.isSystem !== true,
    user: user ? { ...user } : {},
  }
}
