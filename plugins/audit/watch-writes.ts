import type { AuditTrail, Deed } from './audit-trail.ts'

type Row = Readonly<Record<string, unknown>>

/** What hooks are told. */
interface Operation {
  readonly object: string
  readonly operation: string
  readonly id: string | undefined
  readonly record: Row
  readonly result: unknown
  readonly previous: Row | undefined
  readonly user: { readonly id: string; readonly name?: string } | undefined
  /** The same for all records of one call. */
  readonly call: { readonly size: number } | undefined
}

type On = (event: string, object: string, handler: (context: Operation) => unknown) => () => void

const EVENTS = ['afterCreate', 'afterUpdate', 'afterDelete', 'afterRestore', 'afterPurge']

/**
 * Listens to the writes of an object. Hooks after a write belong to its transaction: what cannot be told is not done. What one call does to many records is
 * told when the last of them is done; if one of them fails, none was written.
 */
export function watchWrites(on: On, object: string, trail: AuditTrail): void {
  const deedsByCall = new WeakMap<object, Deed[]>()
  for (const event of EVENTS)
    on(event, object, async (context) => {
      const { call } = context
      if (!call) return trail.write([deedOf(context)])
      const deeds = deedsByCall.get(call) ?? []
      deedsByCall.set(call, deeds)
      deeds.push(deedOf(context))
      if (deeds.length < call.size) return
      deedsByCall.delete(call)
      await trail.write(deeds)
    })
}

function deedOf({ object, operation, id, record, previous, result, user }: Operation): Deed {
  const isDeleted = operation === 'delete' || operation === 'purge'
  const after = isDeleted ? undefined : typeof result === 'object' && result !== null ? (result as Row) : record
  return {
    object,
    operation: operation as Deed['operation'],
    record: String(id ?? after?.['id']),
    before: operation === 'create' ? undefined : previous,
    after,
    actor: user,
  }
}
