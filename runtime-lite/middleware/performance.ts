import type { DataMiddleware, MiddlewareOperation } from './middleware.ts'

/** One operation that ended. */
export interface OperationTiming {
  readonly object: string
  readonly operation: MiddlewareOperation
  /** Milliseconds. */
  readonly ms: number
  readonly isFailed: boolean
}

export interface OperationStatistics {
  readonly object: string
  readonly operation: MiddlewareOperation
  readonly count: number
  readonly failed: number
  /** Milliseconds, of all operations. */
  readonly total: number
  readonly max: number
  /** Milliseconds, of the last `samples` operations. */
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

export interface PerformanceOptions extends Pick<DataMiddleware, 'on' | 'objects'> {
  /** Gets each timing as it is taken. */
  readonly record?: (timing: OperationTiming) => void
  /** How many of the last durations percentiles are worked out from, of each object and operation: 8 bytes each. Default 512. */
  readonly samples?: number
  /** Milliseconds. Default: `performance.now`. */
  readonly now?: () => number
}

export interface PerformanceMiddleware extends DataMiddleware {
  /** Objects and operations that were used, sorted by name. */
  statistics(): readonly OperationStatistics[]
  reset(): void
}

/** The last durations, and what is known of all of them. */
interface Series {
  readonly object: string
  readonly operation: MiddlewareOperation
  readonly last: Float64Array
  count: number
  failed: number
  total: number
  max: number
}

/** Counts operations and times them. What it keeps does not grow with their number. */
export function performance({
  record,
  samples = 512,
  now = () => globalThis.performance.now(),
  ...around
}: PerformanceOptions = {}): PerformanceMiddleware {
  const seriesByKey = new Map<string, Series>()

  function ended(timing: OperationTiming): void {
    const { object, operation, ms, isFailed } = timing
    const key = `${object}.${operation}`
    const known = seriesByKey.get(key)
    const series = known ?? { object, operation, last: new Float64Array(Math.max(1, samples)), count: 0, failed: 0, total: 0, max: 0 }
    if (!known) seriesByKey.set(key, series)
    series.last[series.count % series.last.length] = ms
    series.count++
    series.total += ms
    if (isFailed) series.failed++
    if (ms > series.max) series.max = ms
    record?.(timing)
  }

  return {
    name: 'performance',
    phase: 'outer',
    ...around,
    async execute({ object, method }, next) {
      const started = now()
      let isFailed = true
      try {
        const result = await next()
        isFailed = false
        return result
      } finally {
        ended({ object, operation: method as MiddlewareOperation, ms: now() - started, isFailed })
      }
    },
    statistics: () => [...seriesByKey].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, series]) => statisticsOf(series)),
    reset: () => seriesByKey.clear(),
  }
}

function statisticsOf({ object, operation, last, count, failed, total, max }: Series): OperationStatistics {
  const sorted = last.slice(0, Math.min(count, last.length)).sort()
  // The nearest rank: the smallest duration that so many are not above.
  const rank = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0
  return { object, operation, count, failed, total, max, p50: rank(0.5), p95: rank(0.95), p99: rank(0.99) }
}
