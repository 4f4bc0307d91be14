import { currentUserId } from '../../context/request-context.ts'
import { inOrder } from '../../database/maybe.ts'
import { type Maybe, type Session, whenReady } from '../../database/session.ts'
import { isoInstant, uuidv7 } from '../../id.ts'
import { ObjectQLError } from '../../problem/problem.ts'
import { inUseError } from '../constraint-error.ts'
import { keepDeletions } from '../history/keep-history.ts'
import type { ObjectPlan, RawRecord, SqlValue } from '../object-plan.ts'
import { keeping, type Touched, touchParents } from '../summary/keep-rollups.ts'
import { loaded, rollupsOf } from '../summary/rollup.ts'
import { explained, missingRecord, type StoredRecord, storedRecord, type WriteContext, within, writeContext } from '../write-context.ts'
import { owners, printGoneAlong, printHolding, printOwnedByTrashed, printReferringLive, trashStatements } from './print-trash.ts'
import type { TrashPlan } from './trash-plan.ts'

/** Deletes records of an object with a trash: they stay, with what goes along. Gives how many of `ids` were there. */
export function trashRecords(context: WriteContext, ids: readonly string[], version?: number): Maybe<number> {
  const { plan, session } = context
  load(context, plan, new Set())
  const { referring } = plan.trash as TrashPlan
  const values = deletionValues(plan)
  const [only] = ids
  if (!referring && !plan.rollups && !plan.history && !plan.rules?.onDelete && ids.length === 1 && only !== undefined) {
    const statements = trashStatements(plan, session.dialect)
    const statement = version === undefined ? statements.trash : statements.trashVersion
    return whenReady(
      session.run(statement, version === undefined ? [...values, only] : [...values, only, version]),
      ({ changes }) => changes,
    )
  }
  return session.atomically((scope) => trashTogether(within(context, scope), ids, version))
}

function trashTogether(context: WriteContext, ids: readonly string[], version: number | undefined): Maybe<number> {
  const { plan, session } = context
  return whenReady(session.run(trashStatements(plan, session.dialect).live, [JSON.stringify(ids)]), ({ rows }) => {
    const live = rows.map(([id]) => String(id))
    if (live.length === 0) return 0
    const gone: Gone = new Map()
    const along = (of: ObjectPlan, fresh: readonly string[]): Maybe<unknown> =>
      collect(gone, of, fresh, (parents) =>
        inOrder(of.trash?.referring ?? [], ({ object, field, onDelete }) => {
          if (onDelete !== 'cascade') return undefined
          const child = loaded(object, context.database)
          const statement = printReferringLive(child, field, session.dialect)
          return whenReady(session.run(statement, [JSON.stringify(parents)]), (found) =>
            along(
              child,
              found.rows.map(([id]) => String(id)),
            ),
          )
        }),
      )
    const write = (): Maybe<number> =>
      whenReady(setTrashed(context, gone, version), (count) => whenReady(refuseHeld(context, gone), () => count))
    const ruled = plan.rules?.onDelete ? plan.rules : undefined
    return whenReady(along(plan, live), () => counting(context, gone, () => (ruled ? ruled.delete(context, live, write) : write())))
  })
}

type Gone = Map<ObjectPlan, Set<string>>

/** Adds records, and goes on with those that are new. */
function collect(gone: Gone, plan: ObjectPlan, ids: readonly string[], goOn: (fresh: readonly string[]) => Maybe<unknown>): Maybe<unknown> {
  const known = gone.get(plan) ?? new Set<string>()
  gone.set(plan, known)
  const fresh = ids.filter((id) => !known.has(id))
  if (fresh.length === 0) return undefined
  for (const id of fresh) known.add(id)
  return goOn(fresh)
}

/** Roll-ups that the records count for are worked out again. */
function counting<Result>({ session, database }: WriteContext, gone: Gone, write: () => Maybe<Result>): Maybe<Result> {
  const touched: Touched = new Map()
  const found = inOrder([...gone], ([plan, ids]) => touchParents(session, rollupsOf(plan, database), [...ids], touched))
  return whenReady(found, () => keeping(session, touched, write))
}

/** Every plan that deleting may need, before anything is done. @throws MissingPlan */
function load({ database }: Pick<WriteContext, 'database'>, plan: ObjectPlan, seen: Set<ObjectPlan>): void {
  if (seen.has(plan)) return
  seen.add(plan)
  rollupsOf(plan, database)
  for (const { object } of plan.trash?.referring ?? []) load({ database }, loaded(object, database), seen)
}

/** When, who, and what tells the records that go together. */
function deletionValues({ trash }: ObjectPlan, at = isoInstant(Date.now()), deletion = uuidv7()): readonly SqlValue[] {
  return trash?.by === undefined ? [at, deletion] : [at, currentUserId(), deletion]
}

/** Gives the number of records of the object itself. */
function setTrashed(context: WriteContext, gone: Gone, version: number | undefined): Maybe<number> {
  const { plan, session } = context
  const [at, deletion] = [isoInstant(Date.now()), uuidv7()]
  const written = inOrder([...gone], ([of, ids]) => {
    const statements = trashStatements(of, session.dialect)
    const values = deletionValues(of, at, deletion)
    const picked = [...ids]
    const isChecked = of === plan && version !== undefined && picked.length > 0
    const change = isChecked
      ? session.run(statements.trashVersion, [...values, picked[0] as string, version])
      : session.run(statements.trashAll, [...values, JSON.stringify(picked)])
    return whenReady(change, ({ changes }) =>
      whenReady(keepDeletions(writeContext(of, context.database, session), picked, null, at), () => (of === plan ? changes : 0)),
    )
  })
  return whenReady(written, (counts) => counts.reduce((sum, count) => sum + count, 0))
}

/** @throws ObjectQLError 409 while records refer to one that may not go before them. */
function refuseHeld({ session, database }: WriteContext, gone: Gone): Maybe<unknown> {
  return inOrder([...gone], ([plan, ids]) =>
    inOrder(plan.trash?.referring ?? [], ({ object, field, onDelete }) => {
      if (onDelete !== 'restrict') return undefined
      const statement = printHolding(loaded(object, database), field, session.dialect)
      return whenReady(session.row(statement, [JSON.stringify([...ids])]), (row) => {
        if (row) throw inUseError(plan)
        return undefined
      })
    }),
  )
}

/**
 * Takes records out of the trash, with what went along. Gives how many of `ids` were in it.
 * @throws ObjectQLError 409 when a unique value is taken meanwhile, or what they belong to is in the trash itself.
 */
export function restoreRecords(context: WriteContext, ids: readonly string[]): Maybe<number> {
  const { plan } = context
  if (!plan.trash) throw noTrash(plan)
  load(context, plan, new Set())
  const restore = (outer: Session): Maybe<number> => outer.atomically((scope) => restoreTogether(within(context, scope), ids))
  // Of many nobody knows which one is refused.
  const record = (): Maybe<RawRecord> =>
    ids.length > 1 ? {} : whenReady(trashedRecords(context, ids), ([found]) => (found ? (JSON.parse(found.record[0]) as RawRecord) : {}))
  return explained(context, {}, '', restore, record)
}

function restoreTogether(context: WriteContext, ids: readonly string[]): Maybe<number> {
  const { plan, session, database } = context
  const { dialect } = session
  return whenReady(session.run(trashStatements(plan, dialect).trashed, [JSON.stringify(ids)]), ({ rows }) => {
    const found = rows.map(([id]) => String(id))
    if (found.length === 0) return 0
    const back: Gone = new Map()
    const along = (of: ObjectPlan, fresh: readonly string[]): Maybe<unknown> =>
      collect(back, of, fresh, (parents) =>
        inOrder(of.trash?.referring ?? [], ({ object, field, onDelete }) => {
          if (onDelete !== 'cascade') return undefined
          const child = loaded(object, database)
          return whenReady(session.run(printGoneAlong(child, field, of, dialect), [JSON.stringify(parents)]), (children) =>
            along(
              child,
              children.rows.map(([id]) => String(id)),
            ),
          )
        }),
      )
    const write = (): Maybe<unknown> =>
      inOrder([...back], ([of, picked]) => {
        const list = [...picked]
        return whenReady(keepDeletions(writeContext(of, database, session), list, undefined, null), () =>
          session.run(trashStatements(of, dialect).restoreAll, [JSON.stringify(list)]),
        )
      })
    const ruled = (): Maybe<unknown> =>
      [...back].reduceRight<() => Maybe<unknown>>((inner, [of, picked]) => {
        const { rules } = of
        return rules ? () => rules.restore(writeContext(of, database, session), [...picked], inner) : inner
      }, write)()
    return whenReady(along(plan, found), () =>
      whenReady(
        counting(context, back, () => whenReady(ruled(), () => refuseOwned(context, found))),
        () => found.length,
      ),
    )
  })
}

/** @throws ObjectQLError 409 */
function refuseOwned({ plan, session }: WriteContext, ids: readonly string[]): Maybe<unknown> {
  return inOrder(owners(plan), ([field, owner]) =>
    whenReady(session.row(printOwnedByTrashed(plan, field, owner, session.dialect), [JSON.stringify(ids)]), (row) => {
      if (!row) return undefined
      throw new ObjectQLError(409, 'CONFLICT', `What "${field}" of this ${plan.label} refers to is in the trash: restore that first.`)
    }),
  )
}

/** Those of `ids` that are in the trash, locked where the database locks rows. */
export function trashedRecords(
  { plan, session }: WriteContext,
  ids: readonly string[],
): Maybe<readonly { readonly id: string; readonly record: StoredRecord }[]> {
  const { trashed, records } = trashStatements(plan, session.dialect)
  return whenReady(session.run(trashed, [JSON.stringify(ids)]), ({ rows: found }) =>
    found.length === 0
      ? []
      : whenReady(session.run(records, [JSON.stringify(found.map(([id]) => String(id)))]), ({ rows }) =>
          rows.map((row) => ({ id: String(row[2]), record: storedRecord([row[0], row[1]]) })),
        ),
  )
}

/** The record of an id that was to be restored. @throws ObjectQLError 404, 409 when it is not deleted. */
export function notInTrash({ plan }: WriteContext, id: string, isThere: boolean): ObjectQLError {
  return isThere ? new ObjectQLError(409, 'CONFLICT', `This ${plan.label} is not deleted.`) : missingRecord(plan, id)
}

export const noTrash = (plan: ObjectPlan): ObjectQLError => new ObjectQLError(404, 'NOT_FOUND', `${plan.label} keeps no deleted records.`)
