import { asking } from '../context/request-context.ts'
import { lockBookkeeping } from '../database/remote-bookkeeping.ts'
import type { WorkflowClock } from '../workflow/workflow-host.ts'
import type { AppCore } from './app-core.ts'
import type { ObjectApi } from './object-api.ts'
import { purgeTrash } from './purge-trash.ts'
import { systemClock } from './system-clock.ts'

/** How long deleted records stay in the trash, in this process. */
export interface TrashOptions {
  /** False: this process purges nothing by itself. Default true: what is older than the `retentionDays` of its object is purged. */
  readonly purge?: boolean
  /** Milliseconds between two looks at the trash. Default 3,600,000; the first look is after a minute. */
  readonly interval?: number
  /** Default: the clock of the system. */
  readonly clock?: WorkflowClock
}

export interface Retention {
  /** Ends after the batch that is under way. */
  stop(): Promise<void>
}

const FIRST = 60_000

/** Empties the trash of objects with `retentionDays` from time to time. Of several processes on one database, one at a time does. */
export function keepRetention(
  core: AppCore,
  objects: Readonly<Record<string, ObjectApi>>,
  { interval = 3_600_000, clock = systemClock }: TrashOptions,
): Retention {
  let isStopped = false
  let running: Promise<void> | undefined

  /** A batch is a transaction that begins with a lock: others wait, and then find what is left. */
  const together = (purge: () => Promise<number>): Promise<number> =>
    core.runTransaction(async () => {
      const scope = core.transactions?.current()
      if (core.driver && scope) await lockBookkeeping(scope.database.session)
      return purge()
    })

  async function purge(): Promise<void> {
    try {
      for (const object of core.manifest.retained ?? [])
        if (!isStopped) await purgeTrash(core, objects, { object }, { now: clock.now(), together, isStopped: () => isStopped })
    } catch (error) {
      core.report(error)
    }
  }

  function look(): void {
    // Nobody asked for it.
    running = asking({ user: undefined, isSystem: true }, purge).finally(() => {
      running = undefined
      if (!isStopped) cancel = clock.after(interval, look)
    })
  }

  let cancel = clock.after(Math.min(FIRST, interval), look)
  return {
    async stop() {
      isStopped = true
      cancel()
      await running
    },
  }
}
