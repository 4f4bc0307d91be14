import { inOrder } from '../database/maybe.ts'
import { type Maybe, whenReady } from '../database/session.ts'
import { changeRecords, type RecordChange } from '../object/change-records.ts'
import { amongThese } from '../object/filtered-statements.ts'
import type { FilteredDeleteOptions, MatchingRecord } from '../object/filtered-writes.ts'
import type { RawRecord } from '../object/object-plan.ts'
import type { ManyOptions, ObjectStore } from '../object/object-store.ts'
import { isFlat } from '../object/upsert-records.ts'
import type { WriteContext } from '../object/write-context.ts'
import { warningsOn } from '../rules/with-warnings.ts'
import { type Around, runPhase } from './around.ts'
import type { Behaviour } from './behaviour.ts'
import type { HookContext, HookInput } from './hook-context.ts'

/**
 * Whether the hooks of several records may run before the write of all of them: those before it neither wait nor look at other records, so that
 * none of them can tell the difference. Conditions that read related records, and charts, look at each record in its turn.
 */
export const isIndependent = (behaviour: Behaviour, phase: 'beforeUpdate' | 'beforeDelete'): boolean =>
  !behaviour.related &&
  !behaviour.charts &&
  (!behaviour.waits || behaviour[phase] === undefined || behaviour.independent?.includes(phase) === true)

interface Batch {
  /** Without hooks, in the session of the context. */
  readonly store: ObjectStore
  readonly context: WriteContext
  readonly around: Around
  readonly records: readonly MatchingRecord[]
}

const behaviourOf = ({ context }: Batch): Behaviour => context.plan.behaviour as Behaviour

/** Changes records by one patch, which hooks may change for each of them, in few statements. Gives their number. */
export function updateTogether(batch: Batch, patch: RawRecord, options: ManyOptions): Maybe<number> {
  const { context, around, records } = batch
  const behaviour = behaviourOf(batch)
  const begun = records.map(
    ({ id, record }): HookInput => ({
      object: context.plan.name,
      operation: 'update',
      id,
      data: structuredClone(patch),
      previous: JSON.parse(record[0]) as RawRecord,
    }),
  )
  return around.operations(context, begun, (started) =>
    whenReady(
      inOrder(started, (hooks) => runPhase(behaviour, 'beforeUpdate', hooks)),
      () =>
        whenReady(writeAll(batch, started, options), () => {
          if (!behaviour.afterUpdate && !behaviour.afterCommit) return started.length
          return whenReady(readResults(batch, started), () =>
            whenReady(
              inOrder(started, (hooks) => runPhase(behaviour, 'afterUpdate', hooks)),
              (all) => all.length,
            ),
          )
        }),
    ),
  )
}

/** Deletes records in few statements. Gives their number. */
export function deleteTogether(batch: Batch, options: FilteredDeleteOptions): Maybe<number> {
  const { context, around, store, records } = batch
  const behaviour = behaviourOf(batch)
  const begun = records.map(
    ({ id, record }): HookInput => ({
      object: context.plan.name,
      operation: 'delete',
      id,
      previous: JSON.parse(record[0]) as RawRecord,
    }),
  )
  return around.operations(context, begun, (started) =>
    whenReady(
      inOrder(started, (hooks) => runPhase(behaviour, 'beforeDelete', hooks)),
      () =>
        whenReady(store.deleteMany(amongThese(records.map(({ id }) => id)), options), () =>
          whenReady(
            inOrder(started, (hooks) => {
              hooks.result = hooks.previous
              return runPhase(behaviour, 'afterDelete', hooks)
            }),
            (all) => all.length,
          ),
        ),
    ),
  )
}

/** So many different patches are as many statements. */
const FEW = 3

/** Records whose patches are the same are written by one statement; where each has its own, by few. */
function writeAll({ store, context }: Batch, started: readonly HookContext[], { at = '', report }: ManyOptions): Maybe<unknown> {
  const { plan } = context
  const changes = started.map(({ id, data }): RecordChange => ({ id: id as string, values: data }))
  // Related records are written along with each of them.
  if (!changes.every(({ values }) => isFlat(plan, values)))
    return inOrder(changes, ({ id, values }) =>
      whenReady(store.update(id, values, undefined, { at, isBulk: true }), (record) => report?.add(id, warningsOn(record) ?? [])),
    )
  const groups = new Map<string, RecordChange[]>()
  for (const change of changes) {
    const key = textOf(change)
    const group = groups.get(key)
    if (group) group.push(change)
    else groups.set(key, [change])
  }
  if (groups.size > FEW && changes.every(({ values }) => plan.validateUpdate(values, at) === undefined)) {
    const done = changeRecords({ ...context, isBulk: true }, changes, at)
    if (done !== undefined) return done
  }
  return inOrder([...groups.values()], (group) => {
    const [first] = group
    return first && store.updateMany(amongThese(group.map(({ id }) => id)), first.values, { at, ...(report ? { report } : {}) })
  })
}

/** The same for equal patches. What JSON cannot tell apart has a text of its own. */
function textOf({ id, values }: RecordChange): string {
  try {
    return JSON.stringify(values, (_name, value: unknown) => {
      const isTold = typeof value !== 'bigint' && (typeof value !== 'number' || Number.isFinite(value))
      return isTold ? value : `\0${typeof value} ${String(value)}`
    })
  } catch {
    return `\0${id}`
  }
}

/** What hooks behind the write see as result. */
function readResults({ context }: Batch, started: readonly HookContext[]): Maybe<unknown> {
  const { session, statements } = context
  if (started.length === 0) return undefined
  return whenReady(session.run(statements.byIds, [JSON.stringify(started.map(({ id }) => id))]), ({ rows }) => {
    const jsonById = new Map(rows.map(([json, , id]) => [String(id), json as string]))
    for (const hooks of started) {
      const json = jsonById.get(hooks.id as string)
      if (json !== undefined) hooks.answerWith(json)
    }
  })
}
