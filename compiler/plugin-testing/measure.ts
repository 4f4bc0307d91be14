import { createRecording, type Measurement } from './measurement.ts'

export interface MeasureOptions {
  /** Milliseconds to go on for. Default 500, at most 60,000. */
  readonly time?: number
  /** Most calls. Default: as many as there is time for. */
  readonly calls?: number
}

const LONGEST_MS = 60_000

/** Calls a function again and again, one after the other, after a tenth of the time to warm up. What it throws is counted. */
export async function measure(
  name: string,
  work: () => unknown,
  { time = 500, calls = Number.POSITIVE_INFINITY }: MeasureOptions = {},
): Promise<Measurement> {
  if (!(time > 0 && time <= LONGEST_MS)) throw new RangeError(`time must be above 0 and at most ${LONGEST_MS}, not ${time}.`)
  if (!(calls >= 1)) throw new RangeError(`calls must be at least 1, not ${calls}.`)
  const recording = createRecording()
  const run = async (until: number, isCounted: boolean): Promise<void> => {
    do {
      const since = performance.now()
      let problem: unknown
      try {
        const result = work()
        // Waiting for what is there already would be most of the time.
        if (result instanceof Promise) await result
      } catch (error) {
        problem = error ?? 'undefined'
      }
      if (isCounted) recording.add(performance.now() - since)
      if (isCounted && problem !== undefined) recording.fail(problem instanceof Error ? problem.message : String(problem))
    } while (performance.now() < until && recording.count < calls)
  }
  await run(performance.now() + time / 10, false)
  const since = performance.now()
  await run(since + time, true)
  return recording.end(name, performance.now() - since)
}
