/** What the kernel was doing. */
export type KernelPhase = 'resolve' | 'load' | 'connect' | 'install' | 'start' | 'stop' | 'service'

/** What a kernel is made of. */
export type ComponentKind = 'application' | 'driver' | 'plugin'

/** Why an application did not start, or a component failed: `component` in `phase`, `cause` says what it threw. */
export class KernelError extends Error {
  override readonly name = 'KernelError'
  readonly component: string
  readonly phase: KernelPhase
  readonly kind: ComponentKind

  constructor(component: string, phase: KernelPhase, problem: string, cause?: unknown, kind: ComponentKind = 'plugin') {
    super(`The ${kind} "${component}" ${problem}.`, cause === undefined ? undefined : { cause })
    this.component = component
    this.phase = phase
    this.kind = kind
  }
}

/** What a component threw in a phase, with its name. */
export function failure(kind: ComponentKind, component: string, phase: KernelPhase, error: unknown): KernelError {
  if (error instanceof KernelError) return error
  const reason = (error instanceof Error ? error.message : String(error)).replace(/\.$/, '')
  return new KernelError(component, phase, `failed to ${phase}: ${reason}`, error, kind)
}

/** Whoever was stopped registers nothing: another version may be in its place. */
export const stoppedPlugin = (plugin: string): KernelError =>
  new KernelError(plugin, 'service', 'was stopped, and registers nothing any more')
