import type { CompileResult, PhaseName } from './compile-result.ts'

export interface Stopwatch {
  /** Ends the running phase and starts the next. */
  start(phase: PhaseName): void
  stop(): CompileResult['timings']
}

/** Time per phase. Never part of any output file. */
export function createStopwatch(onPhase?: (phase: PhaseName) => void): Stopwatch {
  const timings: { phase: PhaseName; ms: number }[] = []
  let running: { readonly phase: PhaseName; readonly since: number } | undefined
  const end = (): void => {
    if (running !== undefined) timings.push({ phase: running.phase, ms: performance.now() - running.since })
    running = undefined
  }
  return {
    start(phase) {
      end()
      onPhase?.(phase)
      running = { phase, since: performance.now() }
    },
    stop() {
      end()
      return timings
    },
  }
}
