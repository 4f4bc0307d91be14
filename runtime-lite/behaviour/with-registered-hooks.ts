import type { Behaviour, Phase, Pipeline } from './behaviour.ts'
import type { RegisteredHook } from './hook-registry.ts'

/**
 * The hooks of the schemas with those that a program registered behind them. Nothing is known about the latter: they may wait, and look at the
 * record as it was.
 */
export function withRegisteredHooks(compiled: Behaviour | undefined, hooks: readonly RegisteredHook[]): Behaviour | undefined {
  if (hooks.length === 0) return compiled
  const phases = new Set(hooks.flatMap((hook) => hook.phases))
  const isRead = (phase: Phase): boolean => /Find|Count|Aggregate/.test(phase)
  const added: Partial<Record<Phase, Pipeline>> = {}
  for (const phase of phases) {
    const first = compiled?.[phase]
    const later = hooks.filter((hook) => hook.phases.includes(phase)).map(({ handler }) => handler)
    added[phase] = async (context) => {
      if (first) await first(context)
      for (const handler of later) {
        if (context.isStopped) return
        await handler(context)
      }
    }
  }
  const [reads, writes] = [[...phases].some(isRead), [...phases].some((phase) => !isRead(phase))]
  return {
    ...compiled,
    ...added,
    ...(reads ? { readsWait: true } : {}),
    ...(writes ? { waits: true, needsPrevious: true } : {}),
  }
}
