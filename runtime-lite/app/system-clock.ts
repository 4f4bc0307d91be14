import type { WorkflowClock } from '../workflow/workflow-host.ts'

/** What time it is, and when it will be later. */
export const systemClock: WorkflowClock = {
  now: () => Date.now(),
  after(milliseconds, call) {
    // A process that has nothing else to do may end: what is due stays in the database.
    const timer = setTimeout(call, Math.min(milliseconds, 2 ** 31 - 1))
    timer.unref?.()
    return () => clearTimeout(timer)
  },
}
