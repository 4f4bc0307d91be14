/** An approval that waits for somebody. */
export interface WorkflowTask {
  readonly id: string
  readonly workflow: string
  readonly instance: string
  readonly step: string
  readonly label: string
  readonly object: string | null
  readonly record: string | null
  readonly assignee: { readonly type: string; readonly name: string } | null
  readonly actions: readonly { readonly name: string; readonly label: string; readonly isCommentRequired: boolean }[]
  readonly created_at: string
  /** When its time is over. */
  readonly due_at: string | null
}

/** One run of a workflow. */
export interface WorkflowInstance {
  readonly id: string
  readonly workflow: string
  readonly object: string | null
  readonly record: string | null
  readonly state: string
  readonly outcome: string | null
  readonly error: string | null
  readonly started_by: string | null
  readonly started_at: string
  readonly ended_at: string | null
}

/** One activation of a step, as an instance's history lists it. */
export interface WorkflowStep {
  readonly id: string
  readonly step: string
  /** `approvals`: several are asked, each by a step of the type `approval`. */
  readonly type: string
  readonly state: string
  readonly assignee: { readonly type: string; readonly name: string } | null
  readonly outcome: string | null
  readonly action: string | null
  readonly comment: string | null
  readonly acted_by: string | null
  readonly attempt: number
  readonly error: string | null
  readonly created_at: string
  readonly due_at: string | null
  readonly ended_at: string | null
}

/** Who a task is handed to: the id of a user, or a user, a role or a queue by name. */
export type NewAssignee = string | { readonly type: 'user' | 'role' | 'queue'; readonly name: string }
