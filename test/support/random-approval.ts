import type { Random } from './random.ts'

export interface Person {
  readonly id: string
  readonly roles: readonly string[]
  readonly queues: readonly string[]
}

export const PEOPLE: readonly Person[] = [
  { id: 'ada', roles: [], queues: ['desk'] },
  { id: 'bea', roles: ['boss'], queues: [] },
  { id: 'carl', roles: ['boss'], queues: ['desk'] },
  { id: 'cora', roles: ['boss', 'director'], queues: [] },
  { id: 'dora', roles: ['director'], queues: ['desk'] },
]

export interface Assigned {
  readonly type: 'user' | 'role' | 'queue'
  readonly name: string
}

export type AuthoredAssignee = Assigned | { readonly type: 'field' }
export type Mode = 'all' | 'any' | 'majority' | number | `${number}%`

/** A step that asks, as its author meant it. */
export interface AuthoredApproval {
  readonly name: string
  readonly assignees: readonly AuthoredAssignee[]
  /** Undefined: all. */
  readonly mode?: Mode
  readonly toleratesRejection: boolean
  readonly isInTurn: boolean
  /** Hours. */
  readonly timeout?: number
  readonly escalation?: Assigned
  readonly onTimeout?: 'approve' | 'reject' | 'rewritten'
  readonly isFixed: boolean
}

export const HANDED: readonly Assigned[] = [
  ...PEOPLE.map(({ id }): Assigned => ({ type: 'user', name: id })),
  { type: 'role', name: 'boss' },
  { type: 'role', name: 'director' },
  { type: 'queue', name: 'desk' },
]

export function randomApproval(random: Random, name: string): AuthoredApproval {
  const assignees = Array.from(
    { length: 1 + random.below(4) },
    (): AuthoredAssignee => (random.chance(0.25) ? { type: 'field' } : random.pick(HANDED)),
  )
  const timeout = random.chance(0.6) ? 1 + random.below(3) : undefined
  const mode = random.pick<Mode | undefined>([undefined, 'all', 'any', 'majority', 1, 2, 3, 7, '40%', '60%', '100%'])
  return {
    ...{ name, assignees, toleratesRejection: random.chance(0.4), isInTurn: random.chance(0.3), isFixed: random.chance(0.1) },
    ...(mode === undefined ? {} : { mode }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(timeout !== undefined && random.chance(0.5) ? { escalation: random.pick(HANDED) } : {}),
    ...(timeout !== undefined && random.chance(0.5) ? { onTimeout: random.pick(['approve', 'reject', 'rewritten'] as const) } : {}),
  }
}

/** The workflow file. */
export function writtenApproval(random: Random, step: AuthoredApproval): object {
  const written = (one: AuthoredAssignee): object =>
    one.type === 'field' ? { type: 'field', field: 'readers' } : { type: one.type, [one.type]: one.name }
  const mode = random.pick(['approval_mode', 'require', 'required_approvals', 'quorum'])
  return {
    ...{ name: step.name, object: 'paper', trigger: 'manual', permissions: { cancel: ['*'], view: ['*'] } },
    steps: [
      {
        ...{ name: 'ask', type: 'approval', assignees: step.assignees.map(written) },
        ...(step.mode === undefined ? {} : { [mode]: step.mode }),
        ...(step.toleratesRejection ? { first_rejection_ends: false } : {}),
        ...(step.isInTurn ? { execution_mode: 'sequential' } : {}),
        ...(step.timeout === undefined ? {} : { timeout: `${step.timeout}h` }),
        ...(step.escalation ? { escalate_to: written(step.escalation) } : {}),
        ...(step.onTimeout ? { on_timeout: step.onTimeout } : {}),
        ...(step.isFixed ? { allow_reassign: false } : {}),
        actions: {
          approve: { updates: { state: 'approved' } },
          reject: { outcome: 'rejected', updates: { state: 'refused' } },
          rewrite: { next_step: 'rewritten' },
        },
      },
      { name: 'rewritten', type: 'field_update', field_updates: { state: 'rewritten' } },
    ],
  }
}
