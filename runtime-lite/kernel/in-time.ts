import type { Clock } from '../behaviour/behaviour.ts'
import { type ComponentKind, KernelError, type KernelPhase } from './kernel-error.ts'

/** Phases with a time limit. */
export type TimedPhase = Extract<KernelPhase, 'load' | 'connect' | 'install' | 'start' | 'stop'>

/** Milliseconds one component may take for one phase, the same for all phases or each its own; 0: as long as it likes. */
export type PhaseTimeouts = number | { readonly [Phase in TimedPhase]?: number }

/** Does work of a component within the limit of a phase. @throws KernelError when it takes longer, and what the work throws. */
export type InTime = (kind: ComponentKind, component: string, phase: TimedPhase, work: () => unknown) => Promise<unknown>

const PHASE_TIMEOUT_MS = 30_000

const systemClock: Clock = {
  after(milliseconds, call) {
    const timer = setTimeout(call, milliseconds)
    return () => clearTimeout(timer)
  },
}

/** Asks somebody who may not answer. @throws Error when it takes longer, and what the work throws. */
export function answerIn(limit: number, clock: Clock = systemClock, work: () => unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(limit, () => reject(new Error(`It did not answer within ${limit} ms.`)))
    Promise.resolve().then(work).then(resolve, reject).finally(cancel)
  })
}

export function inTimeOf(timeouts: PhaseTimeouts = PHASE_TIMEOUT_MS, clock: Clock = systemClock): InTime {
  return async (kind, component, phase, work) => {
    const limit = typeof timeouts === 'number' ? timeouts : (timeouts[phase] ?? PHASE_TIMEOUT_MS)
    if (limit === 0) return await work()
    return await new Promise((resolve, reject) => {
      const cancel = clock.after(limit, () =>
        reject(new KernelError(component, phase, `did not ${phase} within ${limit} ms`, undefined, kind)),
      )
      Promise.resolve().then(work).then(resolve, reject).finally(cancel)
    })
  }
}
