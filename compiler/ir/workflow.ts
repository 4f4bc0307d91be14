import type { Typed } from '../expression/typed.ts'
import type { Json } from '../source/json.ts'
import type { Span } from '../source/span.ts'

/** A value that is worked out when a step runs. */
export type ValueExpressionIr =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'typed'; readonly typed: Typed }
  | { readonly kind: 'now' }
  | { readonly kind: 'today' }
  /** Id of who started the workflow, or decides. */
  | { readonly kind: 'user' }
  /** The record as a whole. */
  | { readonly kind: 'record' }
  | { readonly kind: 'variable'; readonly path: readonly string[] }
  /** Text with `{{…}}`, and the fields of related records it shows. */
  | { readonly kind: 'template'; readonly text: string; readonly shown: readonly Typed[] }
  | { readonly kind: 'list'; readonly items: readonly ValueExpressionIr[] }
  | { readonly kind: 'map'; readonly entries: readonly NamedValueIr[] }

export interface NamedValueIr {
  readonly name: string
  readonly value: ValueExpressionIr
}

export type AssigneeIr =
  | { readonly type: 'user' | 'role' | 'queue'; readonly name: string }
  | { readonly type: 'value'; readonly value: ValueExpressionIr }

export interface TaskActionIr {
  readonly name: string
  readonly label: string
  readonly outcome?: string
  readonly next?: string
  readonly updates: readonly NamedValueIr[]
  readonly isCommentRequired: boolean
  /** Absent: it decides at once, whoever else is asked. */
  readonly vote?: 'approve' | 'reject'
}

/** How many of those who are asked have to approve. */
export type RequiredIr = number | 'all' | 'majority' | { readonly percent: number }

export interface StepBaseIr {
  readonly name: string
  readonly label: string
  readonly condition?: Typed
  readonly next?: string
  readonly onError?: string
  readonly retries?: number
  readonly backoff?: number
  readonly timeout?: number
  readonly span: Span
}

/** A function of the schemas. */
export interface HandlerIr {
  readonly name: string
  readonly module: string
  readonly exportPath: string
}

export type StepIr = StepBaseIr &
  (
    | {
        readonly type: 'approval'
        /** None: anybody. */
        readonly assignees: readonly AssigneeIr[]
        /** Absent: all of several. */
        readonly required?: RequiredIr
        readonly toleratesRejection?: true
        readonly isInTurn?: true
        readonly actions: readonly TaskActionIr[]
        readonly onTimeout?: string
        readonly timeoutAction?: string
        readonly escalation?: AssigneeIr
        readonly isFixed?: true
      }
    | { readonly type: 'field_update'; readonly updates: readonly NamedValueIr[] }
    | { readonly type: 'create_record'; readonly object: string; readonly values: readonly NamedValueIr[]; readonly storeAs?: string }
    | {
        readonly type: 'action'
        readonly action: string
        readonly object?: string
        readonly params: readonly NamedValueIr[]
        readonly storeAs?: string
      }
    | { readonly type: 'script'; readonly handler: HandlerIr; readonly params: readonly NamedValueIr[]; readonly storeAs?: string }
    | { readonly type: 'notification'; readonly channel: string; readonly message: readonly NamedValueIr[] }
    | {
        readonly type: 'webhook'
        readonly url: string
        /** Fields of related records that the URL shows. */
        readonly shown: readonly Typed[]
        readonly method: string
        readonly headers: readonly NamedValueIr[]
        readonly body?: ValueExpressionIr
        readonly storeAs?: string
      }
    | { readonly type: 'condition'; readonly branches: readonly { readonly when?: Typed; readonly next?: string }[] }
    | { readonly type: 'wait'; readonly duration?: number; readonly until?: ValueExpressionIr }
    | { readonly type: 'parallel'; readonly branches: readonly string[] }
    | {
        readonly type: 'loop'
        readonly first: string
        readonly as: string
        readonly items?: ValueExpressionIr
        readonly query?: { readonly object: string; readonly where: readonly NamedValueIr[] }
        readonly while?: Typed
        readonly most: number
      }
  )

export type ScheduleIr = { readonly cron: string; readonly timeZone: string } | { readonly every: number }

export type WorkflowRightIr = 'view' | 'cancel' | 'retry' | 'reassign'

/** A workflow of any dialect, compiled. */
export interface WorkflowIr {
  readonly name: string
  readonly label: string
  readonly description?: string
  /** File name without its ending, unique among workflows. */
  readonly file: string
  readonly object?: string
  readonly on: readonly ('create' | 'update' | 'delete')[]
  readonly fields: readonly string[]
  readonly starts?: Typed
  readonly isRepeated: boolean
  readonly isSingle: boolean
  readonly schedule?: ScheduleIr
  readonly isWebhook: boolean
  /** Roles that may start it. */
  readonly roles: readonly string[]
  /** Roles with other rights over its instances, by right; only those that somebody has. */
  readonly may: readonly { readonly right: WorkflowRightIr; readonly roles: readonly string[] }[]
  /** Smaller numbers first; absent: 100. */
  readonly priority?: number
  readonly first: string
  /** In the author's order. */
  readonly steps: readonly StepIr[]
  readonly variables: readonly NamedValueIr[]
  readonly onSuccess?: string
  readonly onFailure?: string
  readonly span: Span
}
