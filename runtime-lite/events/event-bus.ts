import type { PayloadOf } from './app-events.ts'
import { type BusEvent, partsOf, patternOf } from './bus-event.ts'
import { createReplay, type ReplayRange } from './replay.ts'

export type Listener<Event = BusEvent> = (event: Event) => unknown

export interface ListenOptions<Event = BusEvent> {
  /** Called only for events that this holds for. */
  readonly filter?: (event: Event) => boolean
  /** Stops listening when it is aborted. */
  readonly signal?: AbortSignal
  /** Calls the listener with what happened before, first. */
  readonly replay?: ReplayRange
  /** Whose listener it is: `release(owner)` stops all of them. */
  readonly owner?: object
}

export interface EventBusOptions {
  /** Events that are kept for replay; the oldest go first. Default 0. */
  readonly keep?: number
  /** Default 1,000: more are most likely a leak. */
  readonly maxListeners?: number
  /** Gets what listeners throw or reject with. */
  readonly onError: (error: unknown) => void
  /** Milliseconds since 1970. Default: the clock of the system. */
  readonly now?: () => number
  /** Told when others listen than before. */
  readonly onChange?: () => void
}

/** The event behind a name. That of a pattern is any that it fits. */
type Heard<Objects, Events, Name extends string> = BusEvent<Name extends keyof Events ? Name : string, PayloadOf<Objects, Events, Name>>

/**
 * Events by name. Parts of names are separated by `.` or `:`; in a pattern `*` stands for one part, at the end for all that follow.
 * Listeners are called at once, in the order they came, and nobody waits for what they promise.
 */
export interface EventBus<Events = Record<never, never>, Objects = Record<never, never>, Names extends string = string> {
  /** Returns what stops listening. @throws RangeError when there are too many listeners. */
  on<Name extends Names>(
    pattern: Name,
    listener: Listener<Heard<Objects, Events, Name>>,
    options?: ListenOptions<Heard<Objects, Events, Name>>,
  ): () => void
  /** Called once at most. */
  once<Name extends Names>(
    pattern: Name,
    listener: Listener<Heard<Objects, Events, Name>>,
    options?: ListenOptions<Heard<Objects, Events, Name>>,
  ): () => void
  off<Name extends Names>(pattern: Name, listener: Listener<Heard<Objects, Events, Name>>): void
  /** Stops all listeners of an owner. */
  release(owner: object): void
  /** How many listeners were called. */
  emit<Name extends Names>(name: Name, payload: PayloadOf<Objects, Events, Name>): number
  /** Whether anybody would hear it: what is costly to tell need not be told to nobody. */
  isHeard(name: string): boolean
  /** What happened before, the oldest first. */
  replay(pattern: string, range?: ReplayRange): readonly BusEvent[]
}

interface Entry {
  readonly pattern: string
  readonly fits: (parts: readonly string[]) => boolean
  readonly listener: Listener<never>
  readonly filter: ((event: never) => boolean) | undefined
  readonly isOnce: boolean
  readonly owner: object | undefined
  /** False once nobody wants it called any more, also in the middle of an event. */
  isLive: boolean
}

/** Names whose listeners are known. Names hold no ids, so there are few. */
const MAX_KNOWN = 10_000

const NOBODY: readonly Entry[] = Object.freeze([])

export function createEventBus<Events = Record<never, never>>(options: EventBusOptions): EventBus<Events> {
  const { keep = 0, maxListeners = 1000, onError, now = Date.now, onChange } = options
  const replayed = createReplay(keep)
  let entries: readonly Entry[] = NOBODY
  let sequence = 0
  const heardByName = new Map<string, readonly Entry[]>()

  function change(next: readonly Entry[]): void {
    entries = next
    heardByName.clear()
    onChange?.()
  }

  function heard(name: string): readonly Entry[] {
    if (entries.length === 0) return NOBODY
    const known = heardByName.get(name)
    if (known) return known
    const parts = partsOf(name)
    const found = entries.filter((entry) => entry.fits(parts))
    if (heardByName.size >= MAX_KNOWN) heardByName.clear()
    heardByName.set(name, found)
    return found
  }

  function call(entry: Entry, event: BusEvent): boolean {
    try {
      if (entry.filter && !entry.filter(event as never)) return false
      if (entry.isOnce) remove(entry)
      const result = entry.listener(event as never)
      if (result instanceof Promise) result.catch(onError)
    } catch (error) {
      onError(error)
    }
    return true
  }

  function remove(entry: Entry): void {
    if (!entry.isLive) return
    entry.isLive = false
    change(entries.filter((other) => other !== entry))
  }

  function add(pattern: string, listener: Listener<never>, isOnce: boolean, listening: ListenOptions<never> = {}): () => void {
    const { filter, signal, replay, owner } = listening
    if (signal?.aborted) return () => undefined
    if (entries.length >= maxListeners) throw new RangeError(`There are ${maxListeners} listeners already; some of them most likely leak.`)
    const entry: Entry = { pattern, fits: patternOf(pattern), listener, filter, isOnce, owner, isLive: true }
    change([...entries, entry])
    const stop = (): void => remove(entry)
    signal?.addEventListener('abort', stop, { once: true })
    if (replay) for (const event of replayed.find(entry.fits, replay)) if (entry.isLive) call(entry, event)
    return stop
  }

  return {
    on: (pattern, listener, listening) => add(pattern, listener as Listener<never>, false, listening as ListenOptions<never>),
    once: (pattern, listener, listening) => add(pattern, listener as Listener<never>, true, listening as ListenOptions<never>),
    off(pattern, listener) {
      for (const entry of entries) if (entry.pattern === pattern && entry.listener === listener) remove(entry)
    },
    release(owner) {
      for (const entry of entries) if (entry.owner === owner) remove(entry)
    },
    emit(name, payload) {
      const listeners = heard(name)
      if (listeners.length === 0 && keep === 0) return 0
      sequence++
      const event: BusEvent = { name, sequence, time: now(), payload }
      if (keep > 0) replayed.add(event)
      let called = 0
      for (const entry of listeners) if (entry.isLive && call(entry, event)) called++
      return called
    },
    isHeard: (name) => keep > 0 || heard(name).length > 0,
    replay: (pattern, range = {}) => replayed.find(patternOf(pattern), range),
  }
}
