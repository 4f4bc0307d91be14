import { inOrder, recovering } from '../database/maybe.ts'
import { type Maybe, type Session, whenReady } from '../database/session.ts'
import type { DeleteOptions } from '../object/change-record.ts'
import type { Database } from '../object/database.ts'
import { firstRecord, matchingRecords } from '../object/filtered-writes.ts'
import type { RawRecord } from '../object/object-plan.ts'
import type { FoundAndChanged, ObjectStore, RowResult, WriteOptions } from '../object/object-store.ts'
import { type UpsertSteps, upsertRecord, upsertRecords } from '../object/upsert-records.ts'
import { type Created, readRecord, type StoredRecord, type WriteContext, within, writeContext } from '../object/write-context.ts'
import { ObjectQLError } from '../problem/problem.ts'
import { recordWritten, warningsOn } from '../rules/with-warnings.ts'
import { isPlainObject } from '../validate/plain-object.ts'
import { type Around, isKeptAtOnce, runPhase, shownBy } from './around.ts'
import { deleteTogether, isIndependent, updateTogether } from './batched-writes.ts'
import { behavedReads } from './behaved-reads.ts'
import type { Behaviour, BehaviourHost, Phase } from './behaviour.ts'
import type { HookContext, HookInput } from './hook-context.ts'
import { NeedsTransaction } from './needs-transaction.ts'
import { readTogether } from './related-to.ts'
import { createTrashHooks } from './trash-hooks.ts'

/**
 * A store whose operations have the hooks of their object around them. What `plain` refuses without looking at records (an input that is
 * no object) it refuses before any hook runs.
 */
export function createBehavedStore(plain: ObjectStore, database: Database, host: BehaviourHost, around: Around): ObjectStore {
  const { plan, session } = plain
  const behaviour = plan.behaviour as Behaviour
  const context = writeContext(plan, database, session)
  const has = (...phases: readonly Phase[]): boolean => phases.some((phase) => behaviour[phase] !== undefined)
  const ends = has('afterCommit', 'afterRollback')
  const { create: aroundCreate, update: aroundUpdate, delete: aroundDelete } = behaviour.around ?? {}
  const onCreate = ends || aroundCreate !== undefined || has('beforeCreate', 'afterCreate')
  const onUpdate = ends || aroundUpdate !== undefined || has('beforeUpdate', 'afterUpdate')
  const onDelete = ends || aroundDelete !== undefined || has('beforeDelete', 'afterDelete')

  /** What an after-hook throws undoes the write, and nothing else of the turn. */
  function atomically<Result>(isNeeded: boolean, work: (store: ObjectStore, inner: WriteContext) => Maybe<Result>): Maybe<Result> {
    if (!isNeeded) return work(plain, context)
    if (behaviour.waits && !database.isScoped) throw new NeedsTransaction()
    return session.atomically((inner) => work(plain.within(inner), within(context, inner)))
  }

  /** Related records that conditions look at are read for many records at once. */
  const together = <Result>(
    inner: WriteContext,
    phases: readonly Phase[],
    records: () => readonly RawRecord[],
    work: (inner: WriteContext) => Maybe<Result>,
  ): Maybe<Result> =>
    behaviour.related
      ? whenReady(readTogether(inner, phases, records()), (known) => work(known ? { ...inner, knownRelated: known } : inner))
      : work(inner)

  const create = (input: unknown, options?: WriteOptions): Maybe<Created> => {
    if (!onCreate || !isPlainObject(input)) return plain.create(input, options)
    return atomically(
      aroundCreate !== undefined || !isKeptAtOnce(behaviour, 'afterCreate') || behaviour.locksRelated === true,
      (store, inner) => around.create(inner, input, (data) => store.create(data, options)),
    )
  }

  const update = (id: string, patch: unknown, ifVersion?: readonly number[], options?: WriteOptions): Maybe<StoredRecord> => {
    if (!onUpdate || !isPlainObject(patch)) return plain.update(id, patch, ifVersion, options)
    return atomically(
      aroundUpdate !== undefined || !isKeptAtOnce(behaviour, 'afterUpdate') || behaviour.locksPrevious === true,
      (store, inner) => around.update(inner, id, patch, (data) => store.update(id, data, ifVersion, options)),
    )
  }

  /** The hooks of each record before the write of all of them, then those after it. */
  function createAll(inputs: readonly RawRecord[], options?: WriteOptions): Maybe<readonly Created[]> {
    const end = ({ id, record }: Created, hooks: HookContext): Maybe<Created> => {
      hooks.id = id
      hooks.answerWith(record[0])
      if (!has('afterCreate')) return { id, record }
      return whenReady(runPhase(behaviour, 'afterCreate', hooks), (): Created => ({ id, record: shownBy(hooks, record) }))
    }
    const begun = inputs.map((data): HookInput => ({ object: plan.name, operation: 'create', data }))
    return atomically(true, (store, outer) =>
      together(
        outer,
        ['beforeCreate'],
        () => inputs,
        (inner) =>
          around.operations(inner, begun, (started) =>
            whenReady(
              inOrder(started, (hooks) => runPhase(behaviour, 'beforeCreate', hooks)),
              () => {
                const data = started.map((hooks) => hooks.data)
                return whenReady(store.createMany(data, options), (created) =>
                  together(
                    inner,
                    ['afterCreate'],
                    () => created.map(({ record }) => recordWritten(record[0])),
                    () => inOrder(created, (one, at) => end(one, started[at] as HookContext)),
                  ),
                )
              },
            ),
          ),
      ),
    )
  }

  /** Middleware goes around each record: they are written one after the other, all or none. */
  const createInTurn = (inputs: readonly RawRecord[], options: WriteOptions = {}): Maybe<readonly Created[]> => {
    if (behaviour.waits && !database.isScoped) throw new NeedsTransaction()
    const { at = '' } = options
    return session.atomically((inner) =>
      inOrder(inputs, (input, index) => behavedWithin(inner).create(input, { ...options, at: `${at}/${index}`, isBulk: true })),
    )
  }

  const steps = (options: WriteOptions): UpsertSteps => ({
    // What does not wait writes nothing.
    isAlone: !behaviour.waits && !behaviour.charts,
    create: (inner, input, at) => behavedWithin(inner.session).create(input, { ...options, at }),
    update: (inner, id, patch, at) => behavedWithin(inner.session).update(id, patch, undefined, { ...options, at }),
  })

  const behavedWithin = (inner: Session): ObjectStore =>
    inner === session ? store : createBehavedStore(plain.within(inner), { ...database, session: inner }, host, around)

  const trash = createTrashHooks(plain, around)

  const removed = (id: string, ifVersion?: readonly number[]): Maybe<undefined> =>
    atomically(aroundDelete !== undefined || !isKeptAtOnce(behaviour, 'afterDelete'), (inStore, inner) =>
      around.remove(inner, id, () => inStore.delete(id, ifVersion)),
    )

  /** What is in the trash already has had its hooks of deleting when it went there. */
  const purged = (id: string, ifVersion: readonly number[] | undefined, options: DeleteOptions): Maybe<undefined> =>
    atomically(true, (inStore, inner) =>
      whenReady(readRecord(inner, id), (live) => {
        const write = (): Maybe<undefined> => inStore.delete(id, ifVersion, options)
        const purge = (): Maybe<undefined> => (trash.onPurge ? trash.purge(inner, id, live, write) : write())
        return live && onDelete ? around.remove(inner, id, purge) : purge()
      }),
    )

  const store: ObjectStore = {
    ...plain,
    ...behavedReads(plain, database, host),
    within: behavedWithin,
    create,
    update,
    createMany(inputs, options) {
      if (!onCreate || !inputs.every(isPlainObject) || inputs.length === 0) return plain.createMany(inputs, options)
      return aroundCreate ? createInTurn(inputs, options) : createAll(inputs, options)
    },
    createEach(inputs, options = {}) {
      if (!onCreate) return plain.createEach(inputs, options)
      if (behaviour.waits && !database.isScoped) throw new NeedsTransaction()
      const { at = '' } = options
      return inOrder(
        inputs,
        (input, index): Maybe<RowResult> =>
          recovering(
            () =>
              whenReady(
                session.atomically((inner) => behavedWithin(inner).create(input, { ...options, at: `${at}/${index}`, isBulk: true })),
                (created): RowResult => ({ index, created }),
              ),
            (error): RowResult => {
              if (error instanceof ObjectQLError && error.status < 500) return { index, error }
              throw error
            },
          ),
      )
    },
    upsert(input, on = ['id'], { at = '', ...options } = {}) {
      if (!isPlainObject(input) || !(onCreate || onUpdate)) return plain.upsert(input, on, { ...options, at })
      if (behaviour.waits && !database.isScoped) throw new NeedsTransaction()
      return upsertRecord(context, input, on, at, steps(options))
    },
    upsertMany(inputs, on = ['id'], { at = '', ...options } = {}) {
      if (!inputs.every(isPlainObject) || !(onCreate || onUpdate)) return plain.upsertMany(inputs, on, { ...options, at })
      if (behaviour.waits && !database.isScoped) throw new NeedsTransaction()
      return upsertRecords(context, inputs, on, (index) => `${at}/${index}`, steps({ ...options, isBulk: true }))
    },
    updateMany(filter, patch, options = {}) {
      if (!isPlainObject(patch)) return plain.updateMany(filter, patch, options)
      if (!onUpdate && !has('beforeUpdateMany', 'afterUpdateMany')) return plain.updateMany(filter, patch, options)
      return atomically(true, (inStore, inner) =>
        around.many(inner, 'UpdateMany', patch, (changed) => {
          if (!onUpdate) return inStore.updateMany(filter, changed, options)
          const one: WriteOptions = { at: options.at ?? '', isBulk: true }
          return whenReady(matchingRecords(inner, filter, options), (found) => {
            if (!aroundUpdate && isIndependent(behaviour, 'beforeUpdate'))
              return updateTogether({ store: inStore, context: inner, around, records: found }, changed, options)
            const records = found.map(({ id, record }) => ({ id, previous: JSON.parse(record[0]) as RawRecord }))
            const seen = () => records.flatMap(({ previous }) => [previous, { ...previous, ...changed }])
            return together(inner, ['beforeUpdate', 'afterUpdate'], seen, (all) =>
              whenReady(
                inOrder(records, ({ id, previous }) =>
                  whenReady(
                    around.update(all, id, structuredClone(changed), (data) => inStore.update(id, data, undefined, one), previous),
                    (record) => options.report?.add(id, warningsOn(record) ?? []),
                  ),
                ),
                ({ length }) => length,
              ),
            )
          })
        }),
      )
    },
    deleteMany(filter, options = {}) {
      // What is in the trash already has had its hooks when it went there.
      const isEmptied = plan.trash !== undefined && filter.deleted === 'only'
      const isPurged = plan.trash !== undefined && options.isPurged === true
      const isWatched = onDelete || (isPurged && trash.onPurge)
      if (isEmptied && isPurged && trash.onPurge)
        return atomically(true, (inStore, inner) => trash.purgeMany(inner, inStore, filter, options))
      if (isEmptied || (!isWatched && !has('beforeDeleteMany', 'afterDeleteMany'))) return plain.deleteMany(filter, options)
      return atomically(true, (inStore, inner) =>
        around.many(inner, 'DeleteMany', undefined, () => {
          if (!isWatched) return inStore.deleteMany(filter, options)
          return whenReady(matchingRecords(inner, filter, options), (found) => {
            if (isPurged) {
              const purging = behavedWithin(inner.session)
              return whenReady(
                inOrder(found, ({ id }) => purging.delete(id, undefined, { isPurged })),
                ({ length }) => length,
              )
            }
            if (!aroundDelete && isIndependent(behaviour, 'beforeDelete'))
              return deleteTogether({ store: inStore, context: inner, around, records: found }, options)
            const records = found.map(({ id, record }) => ({ id, previous: JSON.parse(record[0]) as RawRecord }))
            return together(
              inner,
              ['beforeDelete', 'afterDelete'],
              () => records.map(({ previous }) => previous),
              (all) =>
                whenReady(
                  inOrder(records, ({ id, previous }) =>
                    around.remove(all, id, () => inStore.delete(id, undefined, { ...options, isBulk: true }), previous),
                  ),
                  ({ length }) => length,
                ),
            )
          })
        }),
      )
    },
    findOneAndUpdate(filter, patch, options) {
      if (!onUpdate || !isPlainObject(patch)) return plain.findOneAndUpdate(filter, patch, options)
      return atomically(true, (inStore, inner) =>
        whenReady(firstRecord(inner, filter), (found) => {
          if (!found) return undefined
          const { id, record: before } = found
          return whenReady(
            around.update(inner, id, patch, (data) => inStore.update(id, data, undefined, options), JSON.parse(before[0]) as RawRecord),
            (after): FoundAndChanged => ({ id, before, after }),
          )
        }),
      )
    },
    delete(id, ifVersion, options) {
      if (options?.isPurged && plan.trash && (onDelete || trash.onPurge)) return purged(id, ifVersion, options)
      return onDelete && !(options?.isPurged && plan.trash) ? removed(id, ifVersion) : plain.delete(id, ifVersion, options)
    },
    restore: (id) => (trash.onRestore ? atomically(true, (inStore, inner) => trash.restore(inner, inStore, id)) : plain.restore(id)),
    restoreMany: (filter, options = {}) =>
      trash.onRestore
        ? atomically(true, (inStore, inner) => trash.restoreMany(inner, inStore, filter, options))
        : plain.restoreMany(filter, options),
  }
  return store
}
