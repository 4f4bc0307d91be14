import type { PoolStatistics } from './session.ts'

const KEPT = 1000

/** How long callers waited for a connection, of the last 1,000. */
export interface AcquireTimes {
  add(milliseconds: number): void
  percentiles(): PoolStatistics['acquire']
}

export function createAcquireTimes(): AcquireTimes {
  const times = new Float64Array(KEPT)
  let count = 0
  return {
    add(milliseconds) {
      times[count % KEPT] = milliseconds
      count++
    },
    percentiles() {
      const sorted = times.slice(0, Math.min(count, KEPT)).sort()
      const at = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
      return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
    },
  }
}
