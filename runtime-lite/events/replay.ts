import { type BusEvent, partsOf } from './bus-event.ts'

/** Which of the events that were kept. Default: all of them. */
export interface ReplayRange {
  /** The last so many that fit. */
  readonly last?: number
  /** Those since a time: milliseconds since 1970, or a date. */
  readonly since?: number | Date
  /** Those after an event that was seen. */
  readonly after?: number
}

export interface Replay {
  add(event: BusEvent): void
  find(fits: (parts: readonly string[]) => boolean, range: ReplayRange): readonly BusEvent[]
}

/** The last so many events, in a ring. */
export function createReplay(size: number): Replay {
  const ring: BusEvent[] = []
  let next = 0
  return {
    add(event) {
      if (ring.length < size) ring.push(event)
      else ring[next] = event
      next = (next + 1) % size
    },
    find(fits, { last = Number.POSITIVE_INFINITY, since = Number.NEGATIVE_INFINITY, after = Number.NEGATIVE_INFINITY }) {
      const inOrder = ring.length < size ? ring : [...ring.slice(next), ...ring.slice(0, next)]
      const found = inOrder.filter(({ name, time, sequence }) => time >= Number(since) && sequence > after && fits(partsOf(name)))
      return last >= found.length ? found : found.slice(found.length - Math.max(0, last))
    },
  }
}
