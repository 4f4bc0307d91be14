/** What the kernel was doing. */
export type KernelPhase = 'resolve' | 'load' | 'connect' | 'install' | 'start' | 'stop' | 'service'

/** Why an application did not start, or a plugin failed: `component` in `phase`, `cause` says what it threw. */
export class KernelError extends Error {
  override readonly name = 'KernelError'
  readonly component: string
  readonly phase: KernelPhase

  constructor(component: string, phase: KernelPhase, problem: string, cause?: unknown) {
    super(`The plugin "${component}" ${problem}.`, cause === undefined ? undefined : { cause })
    this.component = component
    this.phase = phase
  }
}
