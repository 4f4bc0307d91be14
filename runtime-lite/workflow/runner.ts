import { prepareSchedules } from './schedules.ts'
import { takeStep } from './take-step.ts'
import type { WorkflowHost } from './workflow-host.ts'
import { dueSteps, nextDue } from './workflow-store.ts'

/** Runs steps that are due. Several processes may do so on one database: each step is taken by one of them. */
export interface Runner {
  /** Runs everything that is due, and what becomes due by that. Gives the number of steps this process ran. */
  runDue(): Promise<number>
  /** Something is due now, or will be when a transaction has committed. */
  wake(): void
  /** Looks for what is due from now on. */
  begin(): void
  /** Takes no more steps; resolves when those under way are over. */
  stop(): Promise<void>
}

/** Steps looked at together. */
const BATCH = 50

/** Milliseconds after which it looks again, once it was woken: on servers the transaction may not have committed yet. */
const EAGER = [0, 25, 100, 400]

export function createRunner(host: WorkflowHost): Runner {
  let isStopped = false
  let isBegun = false
  let isPrepared = false
  let running: Promise<number> | undefined
  let cancel: (() => void) | undefined
  let eager = EAGER.length
  let wokenAgain = false

  async function all(): Promise<number> {
    let count = 0
    if (!isPrepared) {
      await prepareSchedules(host)
      isPrepared = true
    }
    while (!isStopped) {
      const ids = await host.transaction((session) => dueSteps(session, host.clock.now(), BATCH, host.priorities), { readOnly: true })
      const ran = await together(ids)
      count += ran
      // What is left is in other hands.
      if (ran === 0) break
    }
    return count
  }

  async function together(ids: readonly string[]): Promise<number> {
    const queue = [...ids]
    let ran = 0
    const worker = async (): Promise<void> => {
      for (let id = queue.shift(); id !== undefined && !isStopped; id = queue.shift()) if ((await takeStep(host, id)) === 'ran') ran++
    }
    await Promise.all(Array.from({ length: Math.min(host.concurrency, queue.length) }, worker))
    return ran
  }

  function runDue(): Promise<number> {
    running ??= host.alone(all).finally(() => {
      running = undefined
    })
    return running
  }

  function look(pause: number): void {
    cancel?.()
    cancel = host.clock.after(pause, () => {
      cancel = undefined
      void host.alone(tick)
    })
  }

  async function tick(): Promise<void> {
    wokenAgain = false
    let pause = host.pollInterval
    try {
      await runDue()
      const due = await host.transaction((session) => nextDue(session), { readOnly: true })
      if (due !== undefined) pause = Math.min(pause, Math.max(due - host.clock.now(), 10))
    } catch (error) {
      if (!isStopped) host.report(error)
    }
    if (isStopped || cancel) return
    if (wokenAgain) eager = 0
    look(eager < EAGER.length ? Math.min(EAGER[eager++] as number, pause) : pause)
  }

  return {
    runDue,
    wake() {
      if (!isBegun || isStopped) return
      eager = 1
      wokenAgain = true
      if (!running) look(0)
    },
    begin() {
      if (isBegun) return
      isBegun = true
      look(0)
    },
    async stop() {
      isStopped = true
      cancel?.()
      await running?.catch(() => undefined)
    },
  }
}
