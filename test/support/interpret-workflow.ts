import { UNITS, ZONES } from './interpret-machine.ts'

export interface ThingRecord {
  n: number
  s: string | null
  u: string | null
}

/** A workflow as its author wrote it, of the few kinds that the test makes up. */
export interface AuthoredStep {
  readonly name: string
  readonly type: 'field_update' | 'condition' | 'wait' | 'approval' | 'parallel' | 'loop'
  readonly condition?: Test
  readonly next_step?: string
  readonly else_step?: string
  readonly field_updates?: readonly Update[]
  readonly duration?: string
  readonly timeout?: string
  readonly on_timeout?: string
  readonly actions?: Readonly<Record<string, AuthoredAction>>
  readonly branches?: readonly (readonly AuthoredStep[])[]
  readonly steps?: readonly AuthoredStep[]
  readonly items?: readonly number[]
}

export interface AuthoredAction {
  readonly next_step?: string
  readonly outcome?: string
  readonly updates?: Readonly<Record<string, number | string>>
}

export interface Test {
  /** `u` is a unit, which has a zone. */
  readonly field: 'n' | 's' | 'u.cap' | 'u.zone.cap'
  readonly operator: '=' | '>' | '<='
  readonly value: number | string
}

export type Update = { readonly field: 'n' | 's'; readonly value: number | string } | { readonly field: 'n'; readonly expression: string }

export interface AuthoredWorkflow {
  readonly name: string
  readonly object: string
  readonly trigger: { readonly event: string; readonly conditions?: readonly Test[] }
  readonly initial_step: string
  readonly steps: readonly AuthoredStep[]
  readonly on_success?: { readonly field_updates: Readonly<Record<string, string>> }
  readonly on_failure?: { readonly field_updates: Readonly<Record<string, string>> }
}

interface Token {
  readonly step: AuthoredStep
  /** What follows where the step says nothing: of steps that stand in others. */
  readonly following: AuthoredStep | undefined
  readonly chain: readonly AuthoredStep[] | undefined
  readonly parent: Token | undefined
  readonly created: number
  state: string
  outcome: string | null
  due: number | null
  open: number
  round: number
  until: number | undefined
}

const HOUR = 3_600_000
const hours = (text: string): number => Number.parseInt(text, 10) * HOUR

/** One instance, worked out in the most obvious way: a list of activations, looked at again and again. */
export class InterpretedWorkflow {
  readonly record: ThingRecord
  readonly tokens: Token[] = []
  state: 'running' | 'completing' | 'completed' = 'running'
  outcome: string | null = null
  readonly #workflow: AuthoredWorkflow
  #now: number

  constructor(workflow: AuthoredWorkflow, record: ThingRecord, now: number) {
    this.#workflow = workflow
    this.record = { ...record }
    this.#now = now
    this.#enter(workflow.initial_step, undefined)
  }

  /** Whether the record starts the workflow at all. */
  static starts({ trigger }: AuthoredWorkflow, record: ThingRecord): boolean {
    return (trigger.conditions ?? []).every((test) => holds(test, record))
  }

  /** Does what is due, and what becomes due by that. */
  run(now: number): void {
    this.#now = now
    for (;;) {
      const due = this.tokens.filter((token) => token.due !== null && token.due <= now)
      if (due.length === 0) return
      const order = due.map((token) => ({ token, at: token.due as number, index: this.tokens.indexOf(token) }))
      order.sort((a, b) => a.at - b.at || a.token.created - b.token.created || a.index - b.index)
      for (const { token } of order) if (token.due !== null && token.due <= now) this.#step(token)
    }
  }

  get tasks(): readonly Token[] {
    return this.tokens.filter(({ step, state }) => step.type === 'approval' && state === 'waiting')
  }

  act(token: Token, name: string, now: number): void {
    this.#now = now
    const action = token.step.actions?.[name] as AuthoredAction
    Object.assign(this.record, action.updates)
    const isRefusal = name === 'reject'
    const next = action.next_step ?? (action.outcome === undefined && !isRefusal ? token.following?.name : undefined)
    const outcome = action.outcome ?? (isRefusal ? 'rejected' : name === 'approve' && next === undefined ? 'approved' : name)
    this.#close(token, 'done', outcome)
    this.outcome = outcome
    if (next === undefined && outcome === 'rejected') this.#finish()
    else this.#goOn(next, token)
  }

  history(): readonly string[] {
    return this.tokens.map(({ step, state, outcome }) => `${step.name}:${state}:${outcome}`)
  }

  #step(token: Token): void {
    const { step } = token
    if (step.type !== 'condition' && step.condition && token.state === 'ready' && token.round === 0 && token.until === undefined)
      if (!holds(step.condition, this.record)) {
        this.#close(token, 'skipped', null)
        this.#goOn(step.next_step ?? token.following?.name, token)
        return
      }
    switch (step.type) {
      case 'field_update':
        this.#write(step.field_updates ?? [])
        this.#close(token, 'done', null)
        this.#goOn(step.next_step ?? token.following?.name, token)
        return
      case 'condition': {
        const isTrue = holds(step.condition as Test, this.record)
        this.#close(token, 'done', isTrue ? '0' : '1')
        this.#goOn(isTrue ? step.next_step : step.else_step, token)
        return
      }
      case 'wait':
        if (token.until === undefined) {
          token.until = this.#now + hours(step.duration as string)
          token.due = token.until
          return
        }
        this.#close(token, 'done', null)
        this.#goOn(step.next_step ?? token.following?.name, token)
        return
      case 'approval':
        if (token.state === 'ready') {
          token.state = 'waiting'
          token.due = step.timeout === undefined ? null : this.#now + hours(step.timeout)
          return
        }
        this.#close(token, 'expired', 'expired')
        if (step.on_timeout !== undefined) {
          this.#goOn(step.on_timeout, token)
          return
        }
        this.outcome = 'expired'
        this.#finish()
        return
      case 'parallel':
        token.state = 'waiting'
        token.due = null
        token.open = step.branches?.length ?? 0
        for (const chain of step.branches ?? []) this.#enterChain(chain, 0, token)
        return
      case 'loop':
        if (token.round === step.items?.length) {
          this.#close(token, 'done', String(token.round))
          this.#goOn(step.next_step ?? token.following?.name, token)
          return
        }
        token.round++
        token.state = 'waiting'
        token.due = null
        this.#enterChain(step.steps ?? [], 0, token)
        return
    }
  }

  /** Values are worked out from the record as it was before the step. */
  #write(updates: readonly Update[]): void {
    const before = this.record.n
    for (const update of updates)
      if ('expression' in update) this.record.n = before + Number(update.expression.slice('n + '.length))
      else Object.assign(this.record, { [update.field]: shown(update.value, this.record) })
  }

  #goOn(next: string | undefined, from: Token): void {
    const { parent, chain } = from
    if (next !== undefined && !(parent && next === parent.step.next_step)) {
      const at = chain?.findIndex(({ name }) => name === next) ?? -1
      if (chain && at >= 0) this.#enterChain(chain, at, parent)
      else this.#enter(next, parent)
      return
    }
    if (!parent) {
      this.#finish()
      return
    }
    if (parent.step.type === 'loop') {
      parent.state = 'ready'
      parent.due = this.#now
      return
    }
    parent.open--
    if (parent.open > 0) return
    this.#close(parent, 'done', null)
    this.#goOn(parent.step.next_step ?? parent.following?.name, parent)
  }

  #finish(): void {
    for (const token of this.tokens)
      if (token.state === 'ready' || token.state === 'waiting') this.#close(token, 'cancelled', token.outcome)
    const { on_success, on_failure } = this.#workflow
    const isBad = this.outcome === 'rejected' || this.outcome === 'expired'
    const end = isBad ? on_failure : on_success
    if (this.state === 'running' && end) {
      this.state = 'completing'
      const updates = Object.entries(end.field_updates).map(([field, value]) => ({ field, value }) as Update)
      this.#add(
        { name: isBad ? 'on_failure' : 'on_success', type: 'field_update', field_updates: updates },
        undefined,
        undefined,
        undefined,
      )
    } else this.state = 'completed'
  }

  #enter(name: string, parent: Token | undefined): void {
    const step = this.#workflow.steps.find((one) => one.name === name) as AuthoredStep
    this.#add(step, undefined, undefined, parent)
  }

  #enterChain(chain: readonly AuthoredStep[], at: number, parent: Token | undefined): void {
    this.#add(chain[at] as AuthoredStep, chain[at + 1], chain, parent)
  }

  #add(step: AuthoredStep, following: AuthoredStep | undefined, chain: Token['chain'], parent: Token | undefined): void {
    const created = this.#now
    const rest = { state: 'ready', outcome: null, due: created, open: 0, round: 0, until: undefined }
    this.tokens.push({ step, following, chain, parent, created, ...rest })
  }

  #close(token: Token, state: string, outcome: string | null): void {
    Object.assign(token, { state, outcome, due: null })
  }
}

type Unit = { readonly id: string; readonly cap?: number; readonly zone?: string }

function valueAt(field: Test['field'], record: ThingRecord): number | string | null {
  if (field === 'n' || field === 's') return record[field]
  const unit: Unit | undefined = UNITS.find(({ id }) => id === record.u)
  const zone: Unit | undefined = ZONES.find(({ id }) => id === unit?.zone)
  return (field === 'u.cap' ? unit : zone)?.cap ?? null
}

/** `x{{u.zone.cap}}` */
const shown = (value: number | string, record: ThingRecord): number | string =>
  typeof value === 'string'
    ? value.replace(/\{\{(.+?)\}\}/, (_, field: string) => String(valueAt(field as Test['field'], record) ?? ''))
    : value

function holds({ field, operator, value }: Test, record: ThingRecord): boolean {
  const left = valueAt(field, record)
  if (operator === '=') return left === value
  if (left === null) return false
  return operator === '>' ? left > value : left <= value
}
