import { inOrder } from '../../database/maybe.ts'
import { type Maybe, type Session, whenReady } from '../../database/session.ts'
import { ObjectQLError } from '../../problem/problem.ts'
import { type ChangedFields, storedFieldsOf } from '../../query/print/print-write.ts'
import { type ListStatement, listValues } from '../id-list.ts'
import type { ObjectPlan, RawRecord, SqlValue } from '../object-plan.ts'
import type { WriteContext } from '../write-context.ts'
import { dependentsOf } from './dependents.ts'
import { type Rollup, rollupsOf } from './rollup.ts'

/** Records whose roll-ups a write changes. */
export type Touched = Map<Rollup, Set<string>>

/** Inserts records, `rows` being their stored values, and works out the roll-ups they count for. In the transaction of the context. */
export function keepingInserted<Result>(
  context: WriteContext,
  rows: readonly (readonly SqlValue[])[],
  insert: () => Maybe<Result>,
): Maybe<Result> {
  const rollups = rollupsOf(context.plan, context.database)
  if (rollups.length === 0) return insert()
  const fields = storedFieldsOf(context.plan)
  const touched: Touched = new Map()
  for (const rollup of rollups) {
    const index = fields.indexOf(rollup.through)
    for (const row of rows) touch(touched, rollup, row[index])
  }
  return keeping(context.session, touched, insert)
}

/** The roll-ups that a change of these fields matters for. */
export function rollupsChangedBy(
  { plan, database }: WriteContext,
  { set, increment = [], multiply = [] }: ChangedFields,
): readonly Rollup[] {
  return rollupsOf(plan, database).filter(({ reads }) => [set, increment, multiply].some((names) => names.some((name) => reads.has(name))))
}

/** Changes records and works out what `rollups` are of them, before and after: a record may move from one parent to another. */
export function keepingChanged<Result>(
  { session }: WriteContext,
  rollups: readonly Rollup[],
  ids: readonly string[],
  values: RawRecord,
  change: () => Maybe<Result>,
): Maybe<Result> {
  if (rollups.length === 0 || ids.length === 0) return change()
  const touched: Touched = new Map()
  for (const rollup of rollups) touch(touched, rollup, values[rollup.through])
  return whenReady(touchParents(session, rollups, ids, touched), () =>
    keeping(session, touched, () => whenReady(lockMoved(session, rollups, ids, touched), change)),
  )
}

/** Deletes records and works out the roll-ups that they, and what goes with them, counted for. */
export function keepingDeleted<Result>(
  { plan, session, database }: WriteContext,
  ids: readonly string[],
  remove: () => Maybe<Result>,
): Maybe<Result> {
  const touched: Touched = new Map()
  const seen = new Map<string, Set<string>>()
  const collect = (of: ObjectPlan, gone: readonly string[]): Maybe<unknown> => {
    const before = seen.get(of.name) ?? new Set<string>()
    seen.set(of.name, before)
    const fresh = gone.filter((id) => !before.has(id))
    if (fresh.length === 0) return undefined
    for (const id of fresh) before.add(id)
    return whenReady(touchParents(session, rollupsOf(of, database), fresh, touched), () =>
      inOrder(dependentsOf(of, database), ({ child, field, onDelete, referring }) =>
        whenReady(idsOf(session, referring, fresh), (children): Maybe<unknown> => {
          if (onDelete === 'cascade') return collect(child, children)
          const cleared = rollupsOf(child, database).filter(({ reads }) => reads.has(field))
          return touchParents(session, cleared, children, touched)
        }),
      ),
    )
  }
  return whenReady(collect(plan, ids), () => keeping(session, touched, remove))
}

/** Parents first: whoever writes a child waits for its parent, so that nobody counts what another transaction is about to change. */
export function keeping<Result>(session: Session, touched: Touched, write: () => Maybe<Result>): Maybe<Result> {
  return whenReady(lockAll(session, touched), () =>
    whenReady(write(), (result) =>
      whenReady(
        inOrder([...touched], ([rollup, ids]) => recompute(session, rollup, [...ids])),
        () => result,
      ),
    ),
  )
}

/** How many records may hang on each other by their roll-ups: a formula can make one count itself through its children. */
const MAX_LEVELS = 64

/** Works out the roll-ups of some records, and those that these count for in turn. */
export function recompute(session: Session, rollup: Rollup, ids: readonly string[], level = 1): Maybe<unknown> {
  if (ids.length === 0) return undefined
  if (level > MAX_LEVELS)
    throw new ObjectQLError(
      409,
      'CONFLICT',
      `The roll-ups of ${rollup.parent.label} go through more than ${MAX_LEVELS} records, or round in a circle.`,
    )
  return whenReady(session.run(rollup.recompute, listValues(rollup.recompute, ids)), () =>
    inOrder(rollup.upward(), (next) =>
      whenReady(idsOf(session, next.parentsOf, ids), (parents) =>
        whenReady(lock(session, next, parents), () => recompute(session, next, parents, level + 1)),
      ),
    ),
  )
}

const lockAll = (session: Session, touched: Touched): Maybe<unknown> =>
  inOrder(
    [...touched].sort(([a], [b]) => (a.parent.name < b.parent.name ? -1 : 1)),
    ([rollup, ids]) => lock(session, rollup, [...ids]),
  )

const lock = (session: Session, { lock: statement }: Rollup, ids: readonly string[]): Maybe<unknown> =>
  statement && ids.length > 0 ? session.run(statement, listValues(statement, ids)) : undefined

/** Somebody may have moved a record before its parent was locked: then the parent it has now is another one. */
function lockMoved(session: Session, rollups: readonly Rollup[], ids: readonly string[], touched: Touched): Maybe<unknown> {
  return inOrder(rollups, (rollup) => {
    if (!rollup.lockedParentsOf) return undefined
    return whenReady(idsOf(session, rollup.lockedParentsOf, ids), (parents) => {
      const moved = [...new Set(parents)].filter((id) => !touched.get(rollup)?.has(id))
      for (const id of moved) touch(touched, rollup, id)
      return lock(session, rollup, moved)
    })
  })
}

export function touchParents(session: Session, rollups: readonly Rollup[], ids: readonly string[], touched: Touched): Maybe<unknown> {
  if (ids.length === 0) return undefined
  return inOrder(rollups, (rollup) =>
    whenReady(idsOf(session, rollup.parentsOf, ids), (parents) => {
      for (const id of parents) touch(touched, rollup, id)
    }),
  )
}

function idsOf(session: Session, statement: ListStatement, ids: readonly string[]): Maybe<readonly string[]> {
  if (ids.length === 0) return []
  return whenReady(session.run(statement, listValues(statement, ids)), ({ rows }) =>
    rows.flatMap(([id]) => (id === null ? [] : [String(id)])),
  )
}

function touch(touched: Touched, rollup: Rollup, id: unknown): void {
  if (typeof id !== 'string') return
  const ids = touched.get(rollup)
  if (ids) ids.add(id)
  else touched.set(rollup, new Set([id]))
}
