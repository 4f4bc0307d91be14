import type { RequestUser } from '../context/request-context.ts'
import type { Issue } from '../problem/issue.ts'
import type { BehaviourHost, DataAccess } from './behaviour.ts'
import type { HookSession } from './hook-session.ts'

/** What an action is called with. `input` and `params` are the same. */
export interface ActionCall {
  readonly objectName: string
  readonly object: string
  readonly actionName: string
  /** The record, of record actions. */
  readonly id: string | undefined
  readonly input: { [name: string]: unknown }
  readonly params: { [name: string]: unknown }
  /** Who calls the action; undefined when nobody in particular does. */
  readonly user: RequestUser | undefined
  readonly session: HookSession | undefined
  readonly userId: string | undefined
  readonly spaceId: string | undefined
  readonly roles: readonly string[]
  readonly isSystem: boolean
  readonly api: DataAccess
  readonly ql: DataAccess
  readonly db: DataAccess
  readonly host: BehaviourHost
  /** Reading and writing as the application itself. */
  sudo(): DataAccess
}

/** One action as it was compiled. */
export interface ActionPlan {
  /** `either`, of registered actions that no schema declares: as the call has an id or not. */
  readonly scope: 'record' | 'global' | 'either'
  /** Not callable over HTTP. */
  readonly isInternal?: true
  /** Checks the parameters as fields are checked. */
  readonly validate: (params: unknown, at?: string) => readonly Issue[] | undefined
  /** Fills in defaults of parameters that are absent. */
  readonly defaults?: (params: { [name: string]: unknown }, now: string) => void
  /** Lookups among the parameters: the object that must have the record. */
  readonly references?: Readonly<Record<string, { readonly object: string; readonly label: string }>>
  /** Absent: the program registers one, if it does. */
  readonly handler?: (call: ActionCall) => unknown
}

export type ActionPlans = Readonly<Record<string, ActionPlan>>
