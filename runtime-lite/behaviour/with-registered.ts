import { type DataMiddleware, type MiddlewareOperation, type Nest, OPERATIONS, outermostFirst } from '../middleware/middleware.ts'
import { nestOf } from '../middleware/nest-of.ts'
import type { Behaviour, Phase, Pipeline } from './behaviour.ts'
import type { HookRegistry, RegisteredHook } from './hook-registry.ts'

type HookContext = import('./hook-context.ts').HookContext

/** What a program registered for an object, over what is compiled. */
export function withRegistered(compiled: Behaviour | undefined, registry: HookRegistry, object: string): Behaviour | undefined {
  return withRegisteredMiddleware(withRegisteredHooks(compiled, registry.hooksOf(object)), registry.middleware.of(object))
}

/** Registered middleware goes inside of what is compiled; what says `outer` around it. Nothing is known about it: it may wait. */
function withRegisteredMiddleware(behaviour: Behaviour | undefined, middleware: readonly DataMiddleware[]): Behaviour | undefined {
  const around: { [Operation in MiddlewareOperation]?: Nest } = { ...behaviour?.around }
  const touched = OPERATIONS.filter((operation) => {
    const members = outermostFirst(middleware.filter((one) => isAround(one, operation)))
    if (members.length === 0) return false
    const compiled = behaviour?.around?.[operation]
    around[operation] = nestOf<HookContext, unknown>([
      ...members.filter(({ phase }) => phase === 'outer'),
      ...(compiled ? [{ name: 'compiled', execute: compiled }] : []),
      ...members.filter(({ phase }) => phase !== 'outer'),
    ])
    return true
  })
  if (touched.length === 0) return behaviour
  return {
    ...behaviour,
    around,
    ...(touched.some((operation) => READS.has(operation)) ? { readsWait: true } : {}),
    ...(touched.some((operation) => WRITES.has(operation))
      ? { waits: true, needsPrevious: true, recovers: true, independent: independent(behaviour) }
      : {}),
  }
}

/** The phases whose compiled hooks are proven not to wait. */
const independent = (compiled: Behaviour | undefined): NonNullable<Behaviour['independent']> =>
  compiled?.waits ? (compiled.independent ?? []) : ['beforeUpdate', 'beforeDelete']

const READS: ReadonlySet<MiddlewareOperation> = new Set(['find', 'get', 'count', 'aggregate'])
const WRITES: ReadonlySet<MiddlewareOperation> = new Set(['create', 'update', 'delete'])

const isAround = ({ on }: DataMiddleware, operation: MiddlewareOperation): boolean => on === undefined || [on].flat().includes(operation)

/**
 * The hooks of the schemas with those that a program registered behind them, or before where they say so. Nothing is known about the latter: they may wait, and look at the
 * record as it was.
 */
function withRegisteredHooks(compiled: Behaviour | undefined, hooks: readonly RegisteredHook[]): Behaviour | undefined {
  if (hooks.length === 0) return compiled
  const phases = new Set(hooks.flatMap((hook) => hook.phases))
  const isRead = (phase: Phase): boolean => /Find|Count|Aggregate/.test(phase)
  const added: Partial<Record<Phase, Pipeline>> = {}
  for (const phase of phases) {
    const ofSchemas = compiled?.[phase]
    const ofPhase = hooks.filter((hook) => hook.phases.includes(phase))
    const handlers: readonly Pipeline[] = [
      ...ofPhase.filter(({ isFirst }) => isFirst).map(({ handler }) => handler),
      ...(ofSchemas ? [ofSchemas] : []),
      ...ofPhase.filter(({ isFirst }) => !isFirst).map(({ handler }) => handler),
    ]
    added[phase] = async (context) => {
      for (const handler of handlers) {
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
    ...(hooks.some(({ locksPrevious }) => locksPrevious) ? { locksPrevious: true } : {}),
    ...(writes
      ? { waits: true, needsPrevious: true, independent: independent(compiled).filter((phase) => added[phase] === undefined) }
      : {}),
  }
}
