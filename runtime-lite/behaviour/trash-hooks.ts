import { inOrder } from '../database/maybe.ts'
import { type Maybe, whenReady } from '../database/session.ts'
import type { Filter } from '../object/filtered-statements.ts'
import { type FilteredDeleteOptions, type FilteredWriteOptions, type MatchingRecord, matchingRecords } from '../object/filtered-writes.ts'
import type { RawRecord } from '../object/object-plan.ts'
import type { ObjectStore } from '../object/object-store.ts'
import { trashedRecords } from '../object/trash/trash-records.ts'
import { type StoredRecord, storedRecord, type WriteContext } from '../object/write-context.ts'
import { type Around, runPhase } from './around.ts'
import type { Behaviour } from './behaviour.ts'
import type { HookContext } from './hook-context.ts'

/** Restoring and purging with the hooks of the object around each record; those that go along have none, as with any cascade. */
export interface TrashHooks {
  readonly onRestore: boolean
  readonly onPurge: boolean
  restore(context: WriteContext, store: ObjectStore, id: string): Maybe<StoredRecord>
  restoreMany(context: WriteContext, store: ObjectStore, filter: Filter, options: FilteredWriteOptions): Maybe<number>
  /** `live`: the record, where it is not in the trash. */
  purge(context: WriteContext, id: string, live: StoredRecord | undefined, write: () => Maybe<undefined>): Maybe<undefined>
  purgeMany(context: WriteContext, store: ObjectStore, filter: Filter, options: FilteredDeleteOptions): Maybe<number>
}

export function createTrashHooks({ plan }: ObjectStore, around: Around): TrashHooks {
  const behaviour = plan.behaviour as Behaviour
  const ends = behaviour.afterCommit !== undefined || behaviour.afterRollback !== undefined
  const has = (kind: 'Restore' | 'Purge'): boolean =>
    plan.trash !== undefined && (ends || behaviour[`before${kind}`] !== undefined || behaviour[`after${kind}`] !== undefined)

  /** The hooks of each record before the write of all of them, then those after it. */
  function bracketed<Result>(
    context: WriteContext,
    operation: 'restore' | 'purge',
    found: readonly MatchingRecord[],
    write: () => Maybe<Result>,
    end: (started: readonly HookContext[], result: Result) => Maybe<Result>,
  ): Maybe<Result> {
    const before = operation === 'restore' ? 'beforeRestore' : 'beforePurge'
    const inputs = found.map(({ id, record }) => ({
      ...{ object: plan.name, operation, method: operation, id },
      previous: JSON.parse(record[0]) as RawRecord,
    }))
    return around.operations(context, inputs, (started) =>
      whenReady(
        inOrder(started, (hooks) => runPhase(behaviour, before, hooks)),
        () => whenReady(write(), (result) => end(started, result)),
      ),
    )
  }

  const purged = <Result>(started: readonly HookContext[], result: Result): Maybe<Result> =>
    whenReady(
      inOrder(started, (hooks) => {
        hooks.result = hooks.previous
        return runPhase(behaviour, 'afterPurge', hooks)
      }),
      () => result,
    )

  /** What came back is read together. */
  function restored(context: WriteContext, started: readonly HookContext[]): Maybe<unknown> {
    if (!behaviour.afterRestore && !behaviour.afterCommit) return undefined
    const ids = JSON.stringify(started.map(({ id }) => id))
    return whenReady(context.session.run(context.statements.byIds, [ids]), ({ rows }) => {
      const recordById = new Map(rows.map((row) => [String(row[2]), storedRecord([row[0], row[1]])]))
      return inOrder(started, (hooks) => {
        const record = recordById.get(hooks.id ?? '')
        // A hook of another record may have deleted it again: what began ends all the same.
        hooks.result = record ? JSON.parse(record[0]) : hooks.previous
        return runPhase(behaviour, 'afterRestore', hooks)
      })
    })
  }

  return {
    onRestore: has('Restore'),
    onPurge: has('Purge'),
    restore: (context, store, id) =>
      whenReady(trashedRecords(context, [id]), (found) =>
        found.length === 0
          ? store.restore(id)
          : bracketed(
              context,
              'restore',
              found,
              () => store.restore(id),
              (started, [json, version]) =>
                whenReady(restored(context, started), (): StoredRecord => {
                  const [hooks] = started
                  return [behaviour.afterRestore && hooks?.result !== undefined ? JSON.stringify(hooks.result) : json, version]
                }),
            ),
      ),
    restoreMany: (context, store, filter, options) =>
      whenReady(matchingRecords(context, { ...filter, deleted: 'only' }, options), (found) =>
        bracketed(
          context,
          'restore',
          found,
          () => store.restoreMany(filter, options),
          (started, count) => whenReady(restored(context, started), () => count),
        ),
      ),
    purge: (context, id, live, write) =>
      whenReady(live ? [{ id, record: live }] : trashedRecords(context, [id]), (found) =>
        bracketed(context, 'purge', found, write, purged),
      ),
    purgeMany: (context, store, filter, options) =>
      whenReady(matchingRecords(context, filter, options), (found) =>
        bracketed(context, 'purge', found, () => store.deleteMany(filter, options), purged),
      ),
  }
}
