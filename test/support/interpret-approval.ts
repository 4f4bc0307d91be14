import type { Assigned, AuthoredApproval, Person } from './random-approval.ts'

const HOUR = 3_600_000

/** One who is asked. */
interface Task {
  for: Assigned
  state: 'waiting' | 'done' | 'cancelled' | 'reassigned' | 'expired'
  /** Who said something. */
  by?: string
}

type ActionName = 'approve' | 'reject' | 'rewrite'

/** What somebody was answered: done, or refused and why. */
export type Answer = 'done' | 'not theirs' | 'conflict' | 'forbidden'

/** One step that asks people, worked out in the most obvious way: everybody who was asked, everything that was said, and the words of the manual over both. */
export class InterpretedApproval {
  state: 'running' | 'completed' | 'cancelled' = 'running'
  outcome: string | null = null
  record: string | null = null
  readonly tasks: Task[] = []
  /** Whoever is asked later. */
  #queue: Assigned[]
  #votes: ('approve' | 'reject')[] = []
  #due: number | undefined
  #isEscalated = false
  #asksSeveral: boolean
  readonly #asked: number
  readonly #need: number
  readonly #step: AuthoredApproval
  readonly #rows: string[] = []

  constructor(step: AuthoredApproval, readers: readonly string[], now: number) {
    this.#step = step
    const named = step.assignees.flatMap((one): readonly Assigned[] =>
      one.type === 'field' ? readers.map((name) => ({ type: 'user', name })) : [one],
    )
    const different = named.filter((one, at) => named.findIndex(({ type, name }) => type === one.type && name === one.name) === at)
    const [only, ...others] = different as [Assigned, ...Assigned[]]
    // So many members of one role or queue.
    const everybody =
      others.length === 0 && only.type !== 'user' && typeof step.mode === 'number'
        ? Array.from({ length: step.mode }, () => only)
        : different
    this.#asked = everybody.length
    this.#asksSeveral = everybody.length > 1
    this.#need = needed(step.mode ?? 'all', everybody.length)
    this.#queue = step.isInTurn ? everybody.slice(1) : []
    for (const one of step.isInTurn ? everybody.slice(0, 1) : everybody) this.tasks.push({ for: one, state: 'waiting' })
    this.#due = step.timeout === undefined ? undefined : now + step.timeout * HOUR
  }

  get open(): readonly Task[] {
    return this.tasks.filter(({ state }) => state === 'waiting')
  }

  /** `step:state` of everything that was or is, in no order. */
  get rows(): readonly string[] {
    return [...this.#rows, ...this.tasks.map(({ state }) => `ask:${state}`), ...(this.#asksSeveral ? ['ask:waiting'] : [])].sort()
  }

  act(task: Task, person: Person, action: ActionName): Answer {
    if (!isFor(task, person)) return 'not theirs'
    if (task.state !== 'waiting') return 'conflict'
    if (!this.#asksSeveral) {
      task.state = 'done'
      this.#decide(action)
      return 'done'
    }
    // Who has said something has been counted.
    if (this.tasks.some(({ state, by }) => state === 'done' && by === person.id)) return 'conflict'
    Object.assign(task, { state: 'done', by: person.id })
    if (action !== 'rewrite') this.#votes.push(action)
    const approvals = this.#votes.filter((vote) => vote === 'approve').length
    const silent = this.#asked - this.#votes.length
    const isLost = approvals + silent < this.#need
    const isOver =
      action === 'rewrite' || approvals >= this.#need || silent === 0 || (action === 'reject' && (!this.#step.toleratesRejection || isLost))
    if (isOver) this.#decide(action)
    else {
      const next = this.#queue.shift()
      if (next) this.tasks.push({ for: next, state: 'waiting' })
    }
    return 'done'
  }

  reassign(task: Task, person: Person, to: Assigned): Answer {
    if (!isFor(task, person)) return 'not theirs'
    if (task.state !== 'waiting') return 'conflict'
    if (this.#step.isFixed) return 'forbidden'
    task.state = 'reassigned'
    this.tasks.push({ for: to, state: 'waiting' })
    return 'done'
  }

  cancel(): Answer {
    if (this.state !== 'running') return 'conflict'
    this.state = 'cancelled'
    this.#close('cancelled', 'cancelled')
    return 'done'
  }

  /** Whatever the time brings. */
  at(now: number): void {
    while (this.state === 'running' && this.#due !== undefined && this.#due <= now) {
      const { escalation, onTimeout, timeout = 0 } = this.#step
      if (escalation && !this.#isEscalated) {
        this.#close('reassigned', 'reassigned')
        this.#isEscalated = true
        this.#due = now + timeout * HOUR
        this.tasks.push({ for: escalation, state: 'waiting' })
        continue
      }
      if (onTimeout === 'approve' || onTimeout === 'reject') {
        this.#close('expired', 'done')
        this.#finish(onTimeout)
      } else {
        this.#close('expired', 'expired')
        this.#finish(onTimeout === 'rewritten' ? 'rewritten' : 'expired')
      }
    }
  }

  #decide(action: ActionName): void {
    this.#close('cancelled', 'done')
    this.#finish(action)
  }

  /** Nobody is asked any more. `step`: what becomes of the step that asked several; one alone is the step itself. */
  #close(task: Task['state'], step: string): void {
    for (const one of this.open) one.state = this.#asksSeveral ? task : (step as Task['state'])
    if (this.#asksSeveral) this.#rows.push(`ask:${step}`)
    this.#asksSeveral = false
    this.#due = undefined
  }

  #finish(how: ActionName | 'expired' | 'rewritten'): void {
    this.state = 'completed'
    if (how === 'rewrite' || how === 'rewritten') {
      this.record = 'rewritten'
      this.#rows.push('rewritten:done')
    }
    if (how === 'approve') this.record = 'approved'
    if (how === 'reject') this.record = 'refused'
    this.outcome = { approve: 'approved', reject: 'rejected', rewrite: 'rewrite', expired: 'expired', rewritten: null }[how]
  }
}

const isFor = ({ for: { type, name } }: Task, { id, roles, queues }: Person): boolean =>
  type === 'user' ? name === id : (type === 'role' ? roles : queues).includes(name)

/** How many of so many have to approve: no more than there are. */
function needed(mode: NonNullable<AuthoredApproval['mode']>, total: number): number {
  if (mode === 'all') return total
  if (mode === 'any') return 1
  if (mode === 'majority') return Array.from({ length: total }, (_, at) => at + 1).find((count) => count > total - count) as number
  if (typeof mode === 'number') return mode > total ? total : mode
  const part = Number(mode.slice(0, -1))
  return Array.from({ length: total }, (_, at) => at + 1).find((count) => count * 100 >= part * total) as number
}
