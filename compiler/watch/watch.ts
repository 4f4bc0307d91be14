import { createSession, type ProjectResult } from '../compile-project.ts'
import type { CompileOptions, CompileResult } from '../compile-result.ts'
import { createInputWatcher } from './input-watcher.ts'

export interface WatchOptions extends Omit<CompileOptions, 'host' | 'dump' | 'mode'> {
  /** Called after every compile, the first one included. The next one waits for it. */
  readonly onResult?: (result: CompileResult) => void | Promise<void>
  /** Milliseconds without a further change before a compile starts. Default 20. */
  readonly debounceMs?: number
}

export interface Watcher {
  /** Stops watching; resolves when a running compile has ended. */
  close(): Promise<void>
}

/** Compiles, and compiles again whenever the answer to a question of the last compile has changed. Resolves once it is watching. */
export async function watchProject(options: WatchOptions): Promise<Watcher> {
  const session = createSession(options)
  const inputs = createInputWatcher({ debounceMs: options.debounceMs ?? 20, onChange: () => void request() })
  let running: Promise<void> | undefined
  let isRequested = false
  let isClosed = false
  let latest: ProjectResult | undefined

  /** One compile at a time; changes that arrive meanwhile lead to exactly one more. */
  function request(): Promise<void> {
    isRequested = true
    running ??= run().finally(() => {
      running = undefined
    })
    return running
  }

  async function run(): Promise<void> {
    while (isRequested && !isClosed) {
      isRequested = false
      const result: ProjectResult = await session.compile()
      // Before the result is told: whoever reacts to it by changing a file must be noticed.
      await inputs.follow(result)
      await options.onResult?.(result)
      latest = result
    }
    // For the next process, once there is time.
    latest?.record?.()
    latest = undefined
  }

  await request()
  return {
    async close() {
      isClosed = true
      await inputs.close()
      await running
    },
  }
}
