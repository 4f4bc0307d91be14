import type { AuditTrail, Deed } from './audit-trail.ts'

type Row = Readonly<Record<string, unknown>>

/** What hooks are told. */
interface Operation {
  readonly event: string
  readonly object: string
  readonly operation: string
  readonly id: string | undefined
  readonly record: Row
  readonly result: unknown
  readonly previous: Row | undefined
  readonly user: { readonly id: string; readonly name?: string } | undefined
  /** The same for all records of one call. */
  readonly statements: object | undefined
}

type On = (event: string, object: string, handler: (context: Operation) => unknown) => () => void

/** Deeds of one call on many records, which are written together. */
interface Collected {
  readonly deeds: Deed[]
  /** How many records are still to come; of calls that say themselves when they end, Infinity. */
  open: number
}

/** Listens to the writes of an object. Hooks after a write belong to its transaction: what cannot be told is not done. */
export function watchWrites(on: On, object: string, trail: AuditTrail): void {
  const collectedBy = new WeakMap<object, Collected>()

  const collected = ({ statements }: Operation): Collected | undefined => (statements ? collectedBy.get(statements) : undefined)

  async function flush({ statements }: Operation): Promise<void> {
    const found = statements && collectedBy.get(statements)
    if (!found) return
    collectedBy.delete(statements)
    await trail.write(found.deeds)
  }

  // All hooks before come before the first hook after.
  for (const event of ['Create', 'Restore', 'Purge']) {
    on(`before${event}`, object, (context) => {
      if (!context.statements) return
      const found = collected(context)
      if (found) found.open++
      else collectedBy.set(context.statements, { deeds: [], open: 1 })
    })
    on(`after${event}`, object, async (context) => {
      const found = collected(context)
      if (!found) return trail.write([deedOf(context)])
      found.deeds.push(deedOf(context))
      found.open--
      if (found.open <= 0) await flush(context)
    })
  }
  for (const event of ['UpdateMany', 'DeleteMany']) {
    on(`before${event}`, object, (context) => {
      if (context.statements) collectedBy.set(context.statements, { deeds: [], open: Number.POSITIVE_INFINITY })
    })
    on(`after${event}`, object, flush)
  }
  for (const event of ['afterUpdate', 'afterDelete'])
    on(event, object, async (context) => {
      const found = collected(context)
      if (found) found.deeds.push(deedOf(context))
      else await trail.write([deedOf(context)])
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
