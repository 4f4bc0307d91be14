import type { Clock } from '../behaviour/behaviour.ts'
import type { HookQueueOptions } from '../behaviour/hook-queue.ts'

/** Limits of hooks. */
export interface HookOptions extends Omit<HookQueueOptions, 'onError'> {
  /** How deep hooks may be nested whose writes have hooks. Default 10. */
  readonly maxDepth?: number
  /** What pauses and time limits go by. Default: the clock of the system. */
  readonly clock?: Clock
}
