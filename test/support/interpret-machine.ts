/** A state machine as its author wrote it, of the few kinds that the test makes up. */
export interface AuthoredTransition {
  readonly target?: string
  readonly cond?: string
  readonly actions?: readonly Action[]
}

export interface Action {
  readonly type: 'note'
  readonly params: string
}

export interface AuthoredState {
  readonly type?: 'final'
  readonly initial?: string
  readonly states?: Readonly<Record<string, AuthoredState>>
  readonly on?: Readonly<Record<string, readonly AuthoredTransition[]>>
  readonly always?: readonly AuthoredTransition[]
  readonly entry?: readonly Action[]
  readonly exit?: readonly Action[]
}

export interface AuthoredMachine extends AuthoredState {
  readonly id: string
  readonly field: string
  readonly initial: string
}

export interface MachineRecord {
  state: string
  n: number
  /** Id of a unit, whose values guards look at. */
  unit: string | null
  log: string
}

export const ZONES = [{ id: 'z0', cap: 4 }, { id: 'z1' }]
export const UNITS = [
  { id: 'u0', cap: 2, zone: 'z0' },
  { id: 'u1', cap: 7, zone: 'z1' },
  { id: 'u2', cap: 5 },
  { id: 'u3', zone: 'z0' },
]

type Unit = { readonly id: string; readonly cap?: number; readonly zone?: string }

/** Walks the machine as it is written, from the outside in and from the inside out, at every step anew. */
export class InterpretedMachine {
  readonly #machine: AuthoredMachine

  constructor(machine: AuthoredMachine) {
    this.#machine = machine
  }

  /** A new record. */
  create(n: number, unit: string | null): MachineRecord {
    const path = this.#entered([])
    const record = { state: path.at(-1) as string, n, unit, log: '' }
    for (const state of this.#chain(path)) note(record, state.entry)
    this.#automatic(record)
    return record
  }

  /** False where the event does nothing. */
  send(record: MachineRecord, event: string): boolean {
    for (const [at, transition] of this.#candidates(record, (state) => state.on?.[event]))
      if (isOpen(transition, record)) {
        this.#take(record, at, transition)
        // An event that leaves the state as it is writes nothing of it: what leads on by itself is looked at with the write.
        this.#automatic(record)
        return true
      }
    return false
  }

  /** A state that is written: the first event that leads there and whose guard holds. */
  write(record: MachineRecord, state: string): boolean {
    if (state === record.state) {
      this.#automatic(record)
      return true
    }
    const path = this.#pathOf(record.state)
    const events = new Set(
      this.#chain(path)
        .toReversed()
        .flatMap(({ on }) => Object.keys(on ?? {})),
    )
    for (const event of events)
      for (const [at, transition] of this.#candidates(record, (one) => one.on?.[event]))
        if (transition.target !== undefined && this.#target(at, transition.target).at(-1) === state && isOpen(transition, record)) {
          this.#take(record, at, transition)
          this.#automatic(record)
          return true
        }
    return false
  }

  /** What else is written may let the state lead on. */
  change(record: MachineRecord, n: number, unit: string | null): void {
    Object.assign(record, { n, unit })
    this.#automatic(record)
  }

  #automatic(record: MachineRecord): void {
    for (let count = 0; count < 50; count++) {
      const found = this.#candidates(record, ({ always }) => always).find(([, transition]) => isOpen(transition, record))
      if (!found) return
      this.#take(record, found[0], found[1])
    }
  }

  /** Transitions of a state and of those around it, the inner ones first. */
  #candidates(
    record: MachineRecord,
    of: (state: AuthoredState) => readonly AuthoredTransition[] | undefined,
  ): readonly (readonly [at: readonly string[], transition: AuthoredTransition])[] {
    const path = this.#pathOf(record.state)
    if (this.#at(path).type === 'final') return []
    return [...path.keys(), path.length].toReversed().flatMap((length) => {
      const at = path.slice(0, length)
      return (of(this.#at(at)) ?? []).map((transition) => [at, transition] as const)
    })
  }

  #take(record: MachineRecord, at: readonly string[], { target, actions }: AuthoredTransition): void {
    if (target === undefined) {
      note(record, actions)
      return
    }
    const from = this.#pathOf(record.state)
    const named = this.#named(at, target)
    const to = this.#entered(named)
    let shared = 0
    while (shared < from.length && shared < named.length && from[shared] === named[shared]) shared++
    // A state that is its own target is left, too.
    if (shared === named.length && shared > 0) shared--
    for (let length = from.length; length > shared; length--) note(record, this.#at(from.slice(0, length)).exit)
    note(record, actions)
    for (let length = shared + 1; length <= to.length; length++) note(record, this.#at(to.slice(0, length)).entry)
    record.state = to.at(-1) as string
  }

  #target = (at: readonly string[], target: string): readonly string[] => this.#entered(this.#named(at, target))

  /** `#id.a.b`, or a state beside the one that names it. */
  #named(at: readonly string[], target: string): readonly string[] {
    return target.startsWith('#') ? target.split('.').slice(1) : [...at.slice(0, -1), target]
  }

  #entered(path: readonly string[]): readonly string[] {
    const { initial } = this.#at(path)
    return initial === undefined ? path : this.#entered([...path, initial])
  }

  #at = (path: readonly string[]): AuthoredState =>
    path.reduce<AuthoredState>((state, name) => (state.states as Record<string, AuthoredState>)[name] as AuthoredState, this.#machine)

  #chain = (path: readonly string[]): readonly AuthoredState[] =>
    [...path.keys(), path.length].map((length) => this.#at(path.slice(0, length)))

  #pathOf(leaf: string): readonly string[] {
    const find = (state: AuthoredState, path: readonly string[]): readonly string[] | undefined => {
      for (const [name, inner] of Object.entries(state.states ?? {})) {
        if (name === leaf) return [...path, name]
        const found = find(inner, [...path, name])
        if (found) return found
      }
      return undefined
    }
    return find(this.#machine, []) as readonly string[]
  }
}

/** `n > 3`, `unit.cap <= 3`, `unit.zone.cap > 3` */
function isOpen({ cond }: AuthoredTransition, record: MachineRecord): boolean {
  if (cond === undefined) return true
  const [path = '', operator, limit] = cond.split(' ')
  const unit: Unit | undefined = UNITS.find(({ id }) => id === record.unit)
  const zone: Unit | undefined = ZONES.find(({ id }) => id === unit?.zone)
  const value = { n: record.n, 'unit.cap': unit?.cap, 'unit.zone.cap': zone?.cap }[path]
  if (value === undefined) return false
  return operator === '>' ? value > Number(limit) : value <= Number(limit)
}

function note(record: MachineRecord, actions: readonly Action[] = []): void {
  for (const { params } of actions) record.log += params
}
