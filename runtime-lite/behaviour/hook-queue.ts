/** Work nobody waits for, a few pieces at a time. */
export interface HookQueue {
  /** False when too much waits already: then it is not taken. */
  push(work: () => unknown): boolean
  /** Resolves once nothing runs and nothing waits. */
  drained(): Promise<void>
}

export interface HookQueueOptions {
  /** Pieces that run at once. Default 8. */
  readonly concurrency?: number
  /** Pieces that may wait. Default 10,000. */
  readonly maxWaiting?: number
  /** Gets what the work throws. */
  readonly onError: (error: unknown) => void
}

export function createHookQueue({ concurrency = 8, maxWaiting = 10_000, onError }: HookQueueOptions): HookQueue {
  const waiting: (() => unknown)[] = []
  let running = 0
  let onDrained: (() => void)[] = []

  async function run(first: () => unknown): Promise<void> {
    running++
    for (let work: (() => unknown) | undefined = first; work; work = waiting.shift())
      try {
        await work()
      } catch (error) {
        onError(error)
      }
    running--
    if (running > 0) return
    const told = onDrained
    onDrained = []
    for (const tell of told) tell()
  }

  return {
    push(work) {
      if (running >= concurrency) {
        if (waiting.length >= maxWaiting) return false
        waiting.push(work)
      } else void run(work)
      return true
    },
    drained: () => (running === 0 ? Promise.resolve() : new Promise((resolve) => void onDrained.push(resolve))),
  }
}
