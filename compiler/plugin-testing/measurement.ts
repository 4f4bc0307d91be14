/** How long something took, each time it was done. Times are milliseconds. */
export interface Measurement {
  readonly name: string
  readonly count: number
  readonly errors: number
  /** From the first to the last. */
  readonly milliseconds: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  /** How many were done in a second, failed ones among them. */
  readonly throughput: number
  /** What failed ones threw or answered, and how often. */
  readonly failures: Readonly<Record<string, number>>
  /** A table for people. */
  readonly text: string
}

/** More times than this are not kept: later ones take the place of earlier ones. */
export const MAX_SAMPLES = 200_000

export interface Recording {
  add(milliseconds: number): void
  fail(why: string): void
  readonly count: number
  end(name: string, milliseconds: number): Measurement
}

export function createRecording(): Recording {
  const times: number[] = []
  const failures: Record<string, number> = {}
  let count = 0
  let errors = 0
  return {
    add(milliseconds) {
      times[count++ % MAX_SAMPLES] = milliseconds
    },
    fail(why) {
      errors++
      const key = why.slice(0, 200)
      if (Object.hasOwn(failures, key) || Object.keys(failures).length < 20) failures[key] = (failures[key] ?? 0) + 1
    },
    get count() {
      return count
    },
    end(name, milliseconds) {
      const sorted = times.toSorted((first, second) => first - second)
      const percentile = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
      const facts = {
        ...{ name, count, errors, milliseconds, failures },
        ...{ p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99) },
        throughput: milliseconds > 0 ? (count * 1000) / milliseconds : 0,
      }
      return { ...facts, text: measurementTable([facts]) }
    },
  }
}

const COLUMNS = ['name', 'count', 'errors', 'p50 ms', 'p95 ms', 'p99 ms', 'per second'] as const

/** Several measurements side by side. */
export function measurementTable(all: readonly Omit<Measurement, 'text'>[]): string {
  const rows = all.map(({ name, count, errors, p50, p95, p99, throughput }) => [
    ...[name, String(count), String(errors), p50.toFixed(3), p95.toFixed(3), p99.toFixed(3), throughput.toFixed(0)],
  ])
  const widths = COLUMNS.map((column, index) => Math.max(column.length, ...rows.map((row) => (row[index] ?? '').length)))
  const line = (cells: readonly string[]): string =>
    cells.map((cell, index) => (index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0))).join('  ')
  return `${[line(COLUMNS), ...rows.map(line)].join('\n')}\n`
}
