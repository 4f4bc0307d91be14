import type { Phase } from '../behaviour/behaviour.ts'
import { phasesOfEvent } from '../behaviour/hook-events.ts'
import type { DataMiddleware, MiddlewareOperation } from './middleware.ts'

type HookContext = import('../behaviour/hook-context.ts').HookContext

/** A hook as `app.on` takes it, with a name. */
export interface HookLike {
  readonly name: string
  /** Before- and after-events of operations on one record, and of reads. */
  readonly events: string | readonly string[]
  /** Default: all objects. */
  readonly object?: string | readonly string[]
  handler(context: HookContext): unknown
}

const OPERATION_OF: { readonly [Event in Phase]?: MiddlewareOperation } = {
  beforeCreate: 'create',
  afterCreate: 'create',
  beforeUpdate: 'update',
  afterUpdate: 'update',
  beforeDelete: 'delete',
  afterDelete: 'delete',
}

/**
 * The hook as a middleware: before `next()` what its before-events say, behind it the rest. It stands inside of other middleware and outside of the
 * hooks of the schemas.
 * @throws TypeError for an event that does not belong to one operation on a record.
 */
export function asMiddleware({ name, events, object, handler }: HookLike): DataMiddleware {
  const phases = [events].flat().flatMap(phasesOfEvent)
  const on = new Set<MiddlewareOperation>()
  for (const phase of phases) {
    const operation = OPERATION_OF[phase]
    if (operation === undefined)
      throw new TypeError(`A hook on "${phase}" cannot be a middleware: it is around no operation on one record.`)
    on.add(operation)
  }
  const has = (kind: 'before' | 'after', { method }: HookContext): boolean =>
    phases.some((phase) => phase.startsWith(kind) && OPERATION_OF[phase] === method)
  const call = async (kind: 'before' | 'after', context: HookContext): Promise<void> => {
    context.event = phases.find((phase) => phase.startsWith(kind) && OPERATION_OF[phase] === context.method) as Phase
    await handler(context)
  }
  return {
    name,
    phase: 'inner',
    on: [...on],
    ...(object === undefined ? {} : { objects: object }),
    async execute(context, next) {
      if (has('before', context)) await call('before', context)
      const result = await next()
      if (!has('after', context)) return result
      context.result = result
      await call('after', context)
      return context.result
    },
  }
}
