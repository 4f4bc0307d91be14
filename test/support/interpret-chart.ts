/** A state machine as its author wrote it, with parallel states, histories, times and what follows when all is done. */
export interface ChartTransition {
  readonly target?: string | readonly string[]
  readonly cond?: string
  readonly in?: string
  readonly actions?: readonly Note[]
}

export interface Note {
  readonly type: 'note'
  readonly params: string
}

export interface ChartState {
  readonly type?: 'final' | 'parallel' | 'history'
  readonly history?: 'shallow' | 'deep'
  readonly target?: string
  readonly field?: string
  readonly initial?: string
  readonly states?: Readonly<Record<string, ChartState>>
  readonly on?: Readonly<Record<string, readonly ChartTransition[]>>
  readonly always?: readonly ChartTransition[]
  readonly onDone?: readonly ChartTransition[]
  readonly after?: Readonly<Record<string, readonly ChartTransition[]>>
  readonly entry?: readonly Note[]
  readonly exit?: readonly Note[]
}

export interface ChartMachine extends ChartState {
  readonly id: string
}

interface Timer {
  readonly path: string
  readonly delay: string
  readonly due: number
}

/** A record: paths of active states, what was left, what is written, and the times that run. */
export interface ChartRecord {
  active: string[]
  left: Record<string, readonly string[]>
  n: number
  log: string
  timers: Timer[]
}

type Taken = readonly [source: string, transition: ChartTransition]

/** Walks the machine as it is written. States are paths, everything is looked up anew, nothing is prepared. */
export class InterpretedChart {
  readonly #machine: ChartMachine
  readonly #paths: readonly string[]

  constructor(machine: ChartMachine) {
    this.#machine = machine
    const all = (path: string): readonly string[] => [
      path,
      ...Object.keys(this.#at(path).states ?? {}).flatMap((name) => all(join(path, name))),
    ]
    this.#paths = all('')
  }

  create(n: number, now: number): ChartRecord {
    const record: ChartRecord = { active: [...this.#entered('', [])], left: {}, n, log: '', timers: [] }
    for (const path of record.active) this.#note(record, this.#at(path).entry)
    for (const path of record.active) this.#startTimers(record, path, now)
    this.#settle(
      record,
      record.active.flatMap((path) => this.#completed(path, record.active)),
      now,
    )
    return record
  }

  /** False where the event does nothing. */
  send(record: ChartRecord, event: string, now: number): boolean {
    return this.#react(record, (path) => this.#at(path).on?.[event], now)
  }

  /** What is written to the field: the first event after which it holds that. */
  write(record: ChartRecord, value: string, now: number): boolean {
    if (this.fields(record)['state'] === value) {
      this.#settle(record, [], now)
      return true
    }
    const events = this.#leaves(record.active).flatMap((leaf) => upwards(leaf).flatMap((path) => Object.keys(this.#at(path).on ?? {})))
    for (const event of new Set(events)) {
      const taken = this.#chosen(record, (path) => this.#at(path).on?.[event])
      const next = this.#after(record, taken)
      if (taken.length > 0 && this.fields({ ...record, active: next.active })['state'] === value)
        return this.#react(record, (path) => this.#at(path).on?.[event], now)
    }
    return false
  }

  change(record: ChartRecord, n: number, now: number): void {
    record.n = n
    this.#settle(record, [], now)
  }

  /** Times that are over by now, the first first. */
  elapse(record: ChartRecord, now: number): void {
    for (;;) {
      const [next] = record.timers.filter(({ due }) => due <= now).sort((one, two) => one.due - two.due)
      if (!next) return
      record.timers = record.timers.filter((timer) => timer !== next)
      this.#react(record, (path) => (path === next.path ? this.#at(path).after?.[next.delay] : undefined), now)
    }
  }

  /** What fields hold: `state`, and those of regions. */
  fields(record: Pick<ChartRecord, 'active'>): Record<string, string | null> {
    const found: Record<string, string | null> = {}
    for (const path of this.#paths) {
      const field = path === '' ? 'state' : this.#at(path).field
      if (field === undefined) continue
      let at = path
      while (this.#at(at).type !== 'parallel') {
        const inner = record.active.find((one) => one !== '' && outer(one) === at && one !== at)
        if (inner === undefined) break
        at = inner
      }
      found[field] = record.active.includes(path) ? (at.split('.').at(-1) as string) : null
    }
    return found
  }

  /** As XState writes it. */
  value(active: readonly string[], path = ''): unknown {
    const inner = active
      .filter((one) => one !== '' && outer(one) === path)
      .sort((one, two) => this.#paths.indexOf(one) - this.#paths.indexOf(two))
    const names = inner.map((one) => one.split('.').at(-1) as string)
    if (this.#at(path).type !== 'parallel' && inner.length === 1 && this.#isAtomic(inner[0] as string)) return names[0]
    return Object.fromEntries(inner.map((one, index) => [names[index], this.value(active, one)]))
  }

  #react(record: ChartRecord, of: (path: string) => readonly ChartTransition[] | undefined, now: number): boolean {
    const taken = this.#chosen(record, of)
    if (taken.length === 0) return false
    const queue = this.#take(record, taken, now)
    this.#settle(record, queue, now)
    return true
  }

  #settle(record: ChartRecord, queue: readonly string[], now: number): void {
    const open = [...queue]
    for (let count = 0; count < 100; count++) {
      const always = this.#chosen(record, (path) => this.#at(path).always).filter(([, { target }]) => target !== undefined)
      if (always.length > 0) {
        open.push(...this.#take(record, always, now))
        continue
      }
      const done = open.shift()
      if (done === undefined) return
      open.push(
        ...this.#take(
          record,
          this.#chosen(record, (path) => (path === done ? this.#at(path).onDone : undefined)),
          now,
        ),
      )
    }
    throw new Error('The made-up machine goes around in a circle.')
  }

  /** For each innermost state the innermost transition that is open; of two that leave the same, that of the inner state, or the first. */
  #chosen(record: ChartRecord, of: (path: string) => readonly ChartTransition[] | undefined): readonly Taken[] {
    if (
      Object.entries(this.#machine.states ?? {}).some(([name, { type }]) => type === 'final' && record.active.includes(name)) &&
      this.#machine.type !== 'parallel'
    )
      return []
    if (this.#machine.type === 'parallel' && this.#isDone('', record.active)) return []
    let kept: Taken[] = []
    for (const leaf of this.#leaves(record.active)) {
      const found = upwards(leaf).flatMap((path): readonly Taken[] => {
        const open = of(path)?.find((transition) => isOpen(transition, record))
        return open ? [[path, open]] : []
      })[0]
      if (!found || kept.some(([source, transition]) => source === found[0] && transition === found[1])) continue
      const leaves = this.#exited(record.active, found)
      const rivals = kept.filter((one) => this.#exited(record.active, one).some((path) => leaves.includes(path)))
      if (rivals.some(([source]) => !(isBelow(found[0], source) && source !== found[0]))) continue
      kept = [...kept.filter((one) => !rivals.includes(one)), found]
    }
    return kept
  }

  #exited(active: readonly string[], taken: Taken): readonly string[] {
    const domain = this.#domain(active, taken)
    return domain === undefined ? [] : active.filter((path) => path !== domain && isBelow(path, domain))
  }

  /** The innermost state that stays: around all targets, active, no parallel one, and in no other region than the source. */
  #domain(active: readonly string[], [source, { target }]: Taken): string | undefined {
    if (target === undefined) return undefined
    const targets = [target].flat().map((text) => this.#named(source, text))
    const isPossible = (path: string): boolean => path === '' || this.#at(path).type !== 'parallel'
    const each = targets.map(
      (one) =>
        upwards(outer(one)).find(
          (path) =>
            active.includes(path) && isPossible(path) && (isBelow(path, source) || isBelow(source, path) || !this.#inRegions(source, path)),
        ) as string,
    )
    return upwards(each[0] as string).find((path) => isPossible(path) && each.every((one) => isBelow(one, path)))
  }

  #inRegions(one: string, two: string): boolean {
    const shared = upwards(one).find((path) => isBelow(two, path)) as string
    return this.#at(shared).type === 'parallel'
  }

  #after(record: ChartRecord, all: readonly Taken[]): Pick<ChartRecord, 'active' | 'left'> {
    const exited = new Set(all.flatMap((one) => this.#exited(record.active, one)))
    const left = { ...record.left }
    for (const path of exited)
      if (Object.values(this.#at(path).states ?? {}).some(({ type }) => type === 'history'))
        left[path] = record.active.filter((one) => one !== path && isBelow(one, path))
    let active = record.active.filter((path) => !exited.has(path))
    for (const one of all) {
      const domain = this.#domain(record.active, one)
      if (domain === undefined) continue
      const targets = [one[1].target as string].flat().map((text) => this.#named(one[0], text))
      const wanted = targets.flatMap((path) => this.#meant(path, left))
      active = [...active, ...this.#entered(domain, wanted).filter((path) => !active.includes(path))]
    }
    return { active, left }
  }

  #take(record: ChartRecord, all: readonly Taken[], now: number): readonly string[] {
    const before = record.active
    const exited = [...new Set(all.flatMap((one) => this.#exited(before, one)))].sort(
      (one, two) => this.#paths.indexOf(two) - this.#paths.indexOf(one),
    )
    const { active, left } = this.#after(record, all)
    const entered = this.#paths.filter((path) => active.includes(path) && (!before.includes(path) || exited.includes(path)))
    record.active = active
    record.left = left
    for (const path of exited) {
      this.#note(record, this.#at(path).exit)
      record.timers = record.timers.filter((timer) => timer.path !== path)
    }
    for (const [, { actions }] of all) this.#note(record, actions)
    for (const path of entered) {
      this.#note(record, this.#at(path).entry)
      this.#startTimers(record, path, now)
    }
    return entered.flatMap((path) => this.#completed(path, active))
  }

  #completed(path: string, active: readonly string[]): readonly string[] {
    if (this.#at(path).type !== 'final' || path === '') return []
    const parent = outer(path)
    const above = outer(parent)
    return [parent, ...(parent !== '' && this.#at(above).type === 'parallel' && this.#isDone(above, active) ? [above] : [])]
  }

  #isDone(path: string, active: readonly string[]): boolean {
    const inner = Object.entries(this.#at(path).states ?? {}).filter(([, { type }]) => type !== 'history')
    if (this.#at(path).type === 'parallel') return inner.length > 0 && inner.every(([name]) => this.#isDone(join(path, name), active))
    return inner.some(([name, { type }]) => type === 'final' && active.includes(join(path, name)))
  }

  #meant(path: string, left: ChartRecord['left']): readonly string[] {
    const { type, history, target } = this.#at(path)
    if (type !== 'history') return [path]
    const parent = outer(path)
    const known = left[parent]
    if (!known) return target === undefined ? [parent] : [this.#named(path, target)]
    return history === 'deep' ? known : [parent, ...known.filter((one) => outer(one) === parent)]
  }

  #entered(path: string, wanted: readonly string[]): readonly string[] {
    const { type, initial, states = {} } = this.#at(path)
    const inner = Object.entries(states).filter(([, state]) => state.type !== 'history')
    if (inner.length === 0) return [path]
    const names =
      type === 'parallel'
        ? inner.map(([name]) => name)
        : [inner.find(([name]) => wanted.some((one) => isBelow(one, join(path, name))))?.[0] ?? initial]
    return [path, ...names.flatMap((name) => this.#entered(join(path, name as string), wanted))]
  }

  /** `#id.a.b`, or a state beside the one that names it. */
  #named = (at: string, target: string): string => (target.startsWith('#') ? target.split('.').slice(1).join('.') : join(outer(at), target))

  #leaves = (active: readonly string[]): readonly string[] => this.#paths.filter((path) => active.includes(path) && this.#isAtomic(path))

  #isAtomic = (path: string): boolean => Object.values(this.#at(path).states ?? {}).every(({ type }) => type === 'history')

  #at = (path: string): ChartState =>
    path === ''
      ? this.#machine
      : path.split('.').reduce<ChartState>((state, name) => (state.states as Record<string, ChartState>)[name] as ChartState, this.#machine)

  #startTimers(record: ChartRecord, path: string, now: number): void {
    for (const delay of Object.keys(this.#at(path).after ?? {})) record.timers.push({ path, delay, due: now + Number(delay) })
  }

  #note(record: ChartRecord, notes: readonly Note[] = []): void {
    for (const { params } of notes) record.log += params
  }
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)
const outer = (path: string): string => path.split('.').slice(0, -1).join('.')
const upwards = (path: string): readonly string[] => (path === '' ? [''] : [path, ...upwards(outer(path))])
const isBelow = (path: string, above: string): boolean => above === '' || path === above || path.startsWith(`${above}.`)

/** `n > 3`, and a state that has to be active. */
function isOpen({ cond, in: inside }: ChartTransition, { n, active }: ChartRecord): boolean {
  if (inside !== undefined && !active.includes(inside.split('.').slice(1).join('.'))) return false
  if (cond === undefined) return true
  const [, operator, limit] = cond.split(' ')
  return operator === '>' ? n > Number(limit) : n <= Number(limit)
}
