/** A clock that stands still until it is moved: for `withClock`, and for `hooks.clock`, `kernel.clock` and `workflows.clock` of `createApp`. */
export interface ManualClock {
  /** Milliseconds since 1970. */
  now(): number
  /** Calls back once the clock was moved so far; the result calls it off. */
  after(milliseconds: number, call: () => void): () => void
  /** Moves on, and calls what is due on the way, in order; what that starts may be due on the way, too. */
  advance(milliseconds: number): void
  /** How many calls wait. */
  readonly waiting: number
}

interface Due {
  readonly at: number
  readonly call: () => void
}

/** `start`: a date, or milliseconds since 1970. Default: the first second of 2030, UTC. @throws RangeError when it would go back. */
export function manualClock(start: Date | number = Date.UTC(2030, 0, 1)): ManualClock {
  let now = Number(start)
  const due = new Set<Due>()
  return {
    now: () => now,
    after(milliseconds, call) {
      const entry = { at: now + milliseconds, call }
      due.add(entry)
      return () => void due.delete(entry)
    },
    advance(milliseconds) {
      if (!(milliseconds >= 0)) throw new RangeError(`A clock goes forward: ${milliseconds} ms are not possible.`)
      const end = now + milliseconds
      for (;;) {
        let next: Due | undefined
        // Of those due at one time the first to ask comes first.
        for (const entry of due) if (entry.at <= end && (!next || entry.at < next.at)) next = entry
        if (!next) break
        due.delete(next)
        now = Math.max(now, next.at)
        next.call()
      }
      now = end
    },
    get waiting() {
      return due.size
    },
  }
}
