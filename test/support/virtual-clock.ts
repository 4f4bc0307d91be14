/** A clock that stands still until it is moved. */
export interface VirtualClock {
  now(): number
  after(milliseconds: number, call: () => void): () => void
  /** Moves on, and calls what is due on the way, in order. */
  forward(milliseconds: number): void
}

export function virtualClock(start = Date.parse('2030-01-01T00:00:00.000Z')): VirtualClock {
  let now = start
  const waiting = new Set<{ readonly at: number; readonly call: () => void }>()
  return {
    now: () => now,
    after(milliseconds, call) {
      const entry = { at: now + milliseconds, call }
      waiting.add(entry)
      return () => void waiting.delete(entry)
    },
    forward(milliseconds) {
      const end = now + milliseconds
      for (;;) {
        const [next] = [...waiting].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
        if (!next) break
        waiting.delete(next)
        now = Math.max(now, next.at)
        next.call()
      }
      now = end
    },
  }
}
