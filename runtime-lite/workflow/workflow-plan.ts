import type { RawRecord } from '../object/object-plan.ts'
import type { RelatedPlan } from '../related/related-plan.ts'
import type { StepCall } from './step-call.ts'

/** Values as JSON has them: what they are is checked when conditions are compiled. */
type JsonValue = ReturnType<typeof JSON.parse>

/** A record as compiled conditions read it. */
export type Values = Readonly<Record<string, JsonValue>>

/** What conditions and values see besides the record. */
export interface Scope {
  /** ISO instant. */
  readonly now: string
  /** Who started the workflow, or acts on the task; empty where nobody did. */
  readonly user: Values
  /** The record as it was; empty but for triggers. */
  readonly previous: Values
  /** What the lookups of the record, and of the record as it was, lead to, by path. */
  readonly related: Values
  readonly relatedBefore: Values
  readonly variables: Values
  readonly isNew: boolean
}

export type Condition = (record: Values, scope: Scope) => boolean
export type Assignment = (record: Values, scope: Scope) => RawRecord
export type Value = (record: Values, scope: Scope) => unknown

export type TriggerEvent = 'create' | 'update' | 'delete'

/** A workflow as it was compiled. */
export interface WorkflowPlan {
  readonly name: string
  readonly label: string
  /** Object of the record each instance is about. */
  readonly object?: string
  /** Writes of a record that start it. */
  readonly on?: readonly TriggerEvent[]
  /** Updates start it only where one of these changes. */
  readonly fields?: readonly string[]
  readonly starts?: Condition
  /** What has to hold besides what `starts` says of related records: without it nothing is read of them. */
  readonly asks?: Condition
  /** What `starts` and `variables` look at beyond lookups. */
  readonly related?: RelatedPlan
  /** Updates start it whenever the conditions hold. Absent: only where they did not hold before. */
  readonly isRepeated?: true
  /** Not started again for a record while it runs. */
  readonly isSingle?: true
  readonly schedule?: Schedule
  /** May be started over HTTP without a user, by other systems. */
  readonly isWebhook?: true
  /** Roles that may start it. Absent: anybody who may use the application. */
  readonly roles?: readonly string[]
  /** Roles with rights over all of its instances. `*`: everybody whom the application knows. */
  readonly may?: { readonly [Right in WorkflowRight]?: readonly string[] }
  readonly first: string
  readonly steps: Readonly<Record<string, StepPlan>>
  readonly variables?: Assignment
  /** Step that runs when it ended well, and when it failed, was rejected or expired. */
  readonly onSuccess?: string
  readonly onFailure?: string
}

/** `view`: see instances and steps. The others: do that with any of them. */
export type WorkflowRight = 'view' | 'cancel' | 'retry' | 'reassign'

/** Five fields of cron and a time zone, or milliseconds from one start to the next. */
export type Schedule = { readonly cron: string; readonly timeZone: string } | { readonly every: number }

export interface StepBase {
  readonly label: string
  /** What its conditions and values look at beyond lookups: read when it runs. */
  readonly related?: RelatedPlan
  /** Left out where this does not hold. */
  readonly condition?: Condition
  /** Absent: the way ends here. */
  readonly next?: string
  /** Where to go on when it fails for good: a step, or `continue`. */
  readonly onError?: string
  /** Attempts after the first. */
  readonly retries?: number
  /** Milliseconds before the second attempt; each pause is twice the one before. */
  readonly backoff?: number
  /** Milliseconds. */
  readonly timeout?: number
}

export type Assignee =
  | { readonly type: 'user' | 'role' | 'queue'; readonly name: string }
  /** The id of a user, or a list of them, worked out from the record. */
  | { readonly type: 'value'; readonly value: Value }

export interface TaskAction {
  readonly label: string
  readonly outcome?: string
  readonly next?: string
  readonly updates?: Assignment
  readonly isCommentRequired?: true
  /** What it means where several are asked. Absent: it decides at once. */
  readonly vote?: 'approve' | 'reject'
}

export interface Branch {
  readonly when?: Condition
  readonly next?: string
}

export type StepPlan = StepBase &
  (
    | {
        readonly type: 'approval'
        /** Each is asked. Absent: anybody. */
        readonly assignees?: readonly Assignee[]
        /** How many of several have to approve. Absent: all. */
        readonly required?: number | 'all' | 'majority' | { readonly percent: number }
        /** A rejection ends it only when enough approvals cannot be had any more. */
        readonly toleratesRejection?: true
        /** One is asked after the other. */
        readonly isInTurn?: true
        readonly actions: Readonly<Record<string, TaskAction>>
        /** Where to go on when the time is over. Absent: the way ends, with the outcome `expired`. */
        readonly onTimeout?: string
        /** Action that is taken when the time is over. */
        readonly timeoutAction?: string
        /** Who is asked instead when the time is over, once. */
        readonly escalation?: Assignee
        /** Nobody may hand it on. */
        readonly isFixed?: true
      }
    | { readonly type: 'field_update'; readonly updates: Assignment }
    | { readonly type: 'create_record'; readonly object: string; readonly values: Assignment; readonly storeAs?: string }
    | {
        readonly type: 'action'
        readonly action: string
        readonly object?: string
        readonly params?: Assignment
        readonly storeAs?: string
      }
    | { readonly type: 'script'; readonly handler: (call: StepCall) => unknown; readonly params?: Assignment; readonly storeAs?: string }
    | { readonly type: 'notification'; readonly channel: string; readonly message: Assignment }
    | { readonly type: 'webhook'; readonly request: (record: Values, scope: Scope) => OutgoingRequest; readonly storeAs?: string }
    | { readonly type: 'condition'; readonly branches: readonly Branch[] }
    | { readonly type: 'wait'; readonly duration?: number; readonly until?: Value }
    | { readonly type: 'parallel'; readonly branches: readonly string[] }
    | {
        readonly type: 'loop'
        readonly first: string
        /** Variable that holds the item. */
        readonly as: string
        readonly items?: Value
        /** Records whose ids are the items. */
        readonly query?: { readonly object: string; readonly where?: Assignment }
        /** Goes round as long as this holds. */
        readonly while?: Condition
        readonly most: number
      }
  )

export interface OutgoingRequest {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  /** JSON. Undefined: none. */
  readonly body?: unknown
}

/** Modules of workflows, loaded when they are needed. */
export type WorkflowModules = Readonly<Record<string, () => Promise<{ readonly workflow: WorkflowPlan }>>>
