import type { DataAccess } from '../behaviour/behaviour.ts'
import type { Session } from '../database/session.ts'
import type { RawRecord } from '../object/object-plan.ts'
import type { RelatedPlan, RelatedRecords } from '../related/related-plan.ts'
import type { Notification } from './step-call.ts'
import type { WorkflowModules, WorkflowPlan } from './workflow-plan.ts'
import type { Priorities } from './workflow-statements.ts'

/** What workflows need of the application around them. */
export interface WorkflowHost {
  readonly modules: WorkflowModules
  /** Names of workflows with a schedule. */
  readonly scheduled: readonly string[]
  /** Priorities of workflows that have another than 100. */
  readonly priorities: Priorities | undefined
  readonly access: DataAccess
  readonly clock: WorkflowClock
  /** How many steps run side by side. */
  readonly concurrency: number
  /** Longest time in milliseconds between two looks at what is due. */
  readonly pollInterval: number
  readonly fetch: ((url: string, init: RequestInit) => Promise<Response>) | undefined
  /** Whether a URL may be called. */
  readonly mayCall: (url: URL) => boolean
  /** Tells somebody. Undefined: nobody can be told. */
  readonly notify: ((notification: Notification) => unknown) | undefined
  /** Runs work in one transaction, and hands over the session its statements run in. */
  transaction<Result>(work: (session: Session) => Promise<Result> | Result, options?: { readonly readOnly?: boolean }): Promise<Result>
  /** What the lookups of a record lead to, read in the open transaction. */
  related(plan: RelatedPlan, record: RawRecord): Promise<RelatedRecords>
  /** Runs an action of an object and gives what it returns. */
  action(object: string, action: string, id: string | undefined, params: RawRecord): Promise<unknown>
  /** Tells the state machine of a record that a time of one of its states is over. */
  timeIsOver(timer: ChartTime): Promise<void>
  /** Runs work that has nothing to do with what caused it. */
  alone<Result>(work: () => Result): Result
  report(error: unknown): void
}

/** Which time of which state. */
export interface ChartTime {
  readonly object: string
  readonly record: string
  readonly machine: string
  /** Path of the state. */
  readonly path: string
  readonly position: number
}

export interface WorkflowClock {
  /** Milliseconds since 1970. */
  now(): number
  /** Calls back after so many milliseconds; the result calls it off. */
  after(milliseconds: number, call: () => void): () => void
}

/** Who asks: an approval is for a user, a role or a queue. */
export interface Asker {
  readonly id: string | undefined
  readonly roles: readonly string[]
  /** False where the application knows no users: then nobody is refused. */
  readonly isKnown: boolean
  readonly user: RawRecord
}

/** The plan of a workflow, or undefined when the application has none of that name any more. */
export async function planOf({ modules }: Pick<WorkflowHost, 'modules'>, name: string): Promise<WorkflowPlan | undefined> {
  const load = Object.hasOwn(modules, name) ? modules[name] : undefined
  return load && (await load()).workflow
}
