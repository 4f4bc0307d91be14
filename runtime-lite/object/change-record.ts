import { signedChange } from '../context/signed.ts'
import { recovering } from '../database/maybe.ts'
import { type Maybe, type Session, whenReady } from '../database/session.ts'
import { isoInstant } from '../id.ts'
import { ObjectQLError } from '../problem/problem.ts'
import type { ChangedFields } from '../query/print/print-write.ts'
import type { Fold } from '../rules/fold-transitions.ts'
import { inUseError, isInUse } from './constraint-error.ts'
import { fieldsTracked, keepingHistory } from './history/keep-history.ts'
import { checkResults, type Increment } from './increments.ts'
import type { ObjectPlan, RawRecord, SqlValue } from './object-plan.ts'
import { storedValue } from './stored-value.ts'
import { keepingChanged, keepingDeleted, rollupsChangedBy } from './summary/keep-rollups.ts'
import { referringToLive } from './trash/referring-to-live.ts'
import { trashRecords } from './trash/trash-records.ts'
import {
  contained,
  explained,
  missingRecord,
  readRecord,
  type StoredRecord,
  storedRecord,
  type WriteContext,
  within,
} from './write-context.ts'

/** What one update does, once its input is valid. */
export interface Changes {
  /** Fields that are present get their value; undefined is absent. */
  readonly values: RawRecord
  readonly increments: readonly Increment[]
}

export interface PreparedChanges {
  readonly changed: ChangedFields
  /** In the order of the statement. */
  readonly parameters: SqlValue[]
}

/** Which columns an update sets, and to what; `updated_at` among them. Undefined: nothing is changed. */
export function prepareChanges(plan: ObjectPlan, changes: Changes): PreparedChanges | undefined {
  const { increments } = changes
  const set: string[] = []
  const parameters: SqlValue[] = []
  const values = plan.changedBy && hasChanges(changes) ? signedChange(plan, changes.values) : changes.values
  for (const name in values) {
    const value = values[name]
    if (value === undefined) continue
    set.push(name)
    parameters.push(storedValue(Object.hasOwn(plan.fields, name) ? plan.fields[name] : undefined, value))
  }
  if (set.length === 0 && increments.length === 0) return undefined
  if (!set.includes('updated_at')) {
    set.push('updated_at')
    parameters.push(isoInstant(Date.now()))
  }
  if (increments.length === 0) return { changed: { set }, parameters }
  const changed: Record<Increment['operator'], string[]> = { inc: [], mul: [] }
  for (const operator of ['inc', 'mul'] as const)
    for (const increment of increments)
      if (increment.operator === operator) {
        changed[operator].push(increment.field)
        parameters.push(increment.amount)
      }
  return { changed: { set, increment: changed.inc, multiply: changed.mul }, parameters }
}

/** Naming fields without a value changes nothing, and nobody. */
const hasChanges = ({ values, increments }: Changes): boolean =>
  increments.length > 0 || Object.values(values).some((value) => value !== undefined)

/**
 * Changes one record.
 * @throws ObjectQLError 404, 409, 412 (another version than `ifVersion`), 422.
 */
export function changeRecord(context: WriteContext, id: string, changes: Changes, options: ChangeOptions = {}): Maybe<StoredRecord> {
  const { at = '' } = options
  if (!context.plan.trashTargets) return changeLinked(context, id, changes, options)
  return referringToLive(
    context,
    [changes.values],
    () => at,
    (inner) => changeLinked(inner, id, changes, options),
    id,
  )
}

interface ChangeOptions {
  readonly ifVersion?: readonly number[] | undefined
  readonly at?: string
}

/** The same, once it is known that its lookups lead to records that are there. */
function changeLinked(context: WriteContext, id: string, changes: Changes, { ifVersion, at = '' }: ChangeOptions): Maybe<StoredRecord> {
  const prepared = prepareChanges(context.plan, changes)
  return whenReady(demandedVersion(context, id, ifVersion), (version) => {
    if (!prepared) return whenReady(readRecord(context, id), (record) => record ?? refuse(missingRecord(context.plan, id)))
    const rollups = context.plan.rollups ? rollupsChangedBy(context, prepared.changed) : []
    const tracked = context.plan.history ? fieldsTracked(context.plan, prepared.changed) : []
    const rules = context.plan.rules?.onUpdate(prepared.changed) ? context.plan.rules : undefined
    const fold = rules?.fold(prepared.changed, changes.values)
    const ruled = fold ? undefined : rules
    const change: PreparedChange = { ...prepared, version, fold, values: changes.values, at }
    const update = (session: Session): Maybe<StoredRecord> => runUpdate(within(context, session), id, change)
    const kept = (inner: WriteContext): Maybe<StoredRecord> => keepingHistory(inner, tracked, [id], () => update(inner.session))
    const keep = (inner: WriteContext): Maybe<StoredRecord> =>
      keepingChanged(inner, rollups, [id], changes.values, () => {
        if (!ruled) return kept(inner)
        return ruled.update(inner, id, { values: changes.values, changed: prepared.changed, at }, () => kept(inner))
      })
    const write =
      rollups.length + tracked.length === 0 && !ruled
        ? update
        : (session: Session): Maybe<StoredRecord> => session.atomically((inner) => keep(within(context, inner)))
    /** What a refusal is told of. */
    const refused = (): Maybe<RawRecord> =>
      whenReady(readRecord(context, id), (found) =>
        counted({ ...(found ? (JSON.parse(found[0]) as RawRecord) : {}), ...changes.values }, changes),
      )
    if (changes.increments.length === 0) return explained(context, changes.values, at, write, refused)
    const counting = (session: Session): Maybe<StoredRecord> =>
      session.atomically((inner) =>
        whenReady(write(inner), (record) => {
          checkResults(context.plan, changes.increments, JSON.parse(record[0]) as RawRecord, at)
          return record
        }),
      )
    return explained(context, changes.values, at, counting, refused)
  })
}

/** A record with what its amounts would have become. */
function counted(record: RawRecord, { increments }: Changes): RawRecord {
  const amounts = increments.map(({ field, operator, amount }) => {
    const before = Number(record[field] ?? 0)
    return [field, operator === 'inc' ? before + amount : before * amount] as const
  })
  return { ...record, ...Object.fromEntries(amounts) }
}

interface PreparedChange extends PreparedChanges {
  readonly version: number | undefined
  /** What rules demand of the record as it is. */
  readonly fold: Fold | undefined
  readonly values: RawRecord
  /** Where the input stands in the request. */
  readonly at: string
}

function runUpdate(context: WriteContext, id: string, change: PreparedChange, attempt = 1): Maybe<StoredRecord> {
  const { plan, session, statements } = context
  const { version, fold } = change
  const statement = statements.update(change.changed, version !== undefined, fold?.guards)
  const values = [...change.parameters, id, ...(version === undefined ? [] : [version]), ...(fold?.values ?? [])]
  const missed = (): Maybe<StoredRecord> => (fold ? refused(context, id, change, attempt) : notChanged(context, id, version))
  if (statement.returnsRows) return whenReady(session.row(statement, values), (row) => (row ? storedRecord(row) : missed()))
  return whenReady(session.run(statement, values), ({ changes }) => {
    if (changes === 0) return missed()
    return whenReady(readRecord(context, id), (record) => record ?? refuse(missingRecord(plan, id)))
  })
}

/** How often somebody else may undo in between what a rule refused. */
const ATTEMPTS = 3

/** The statement found no record that may be changed so: one look says whether it is gone, changed, or must not become what it was to. */
function refused(context: WriteContext, id: string, change: PreparedChange, attempt: number): Maybe<StoredRecord> {
  const { session, statements, plan } = context
  return whenReady(session.row(statements.getLocked, [id]), (row) => {
    if (!row) throw missingRecord(plan, id)
    const [json, version] = storedRecord(row)
    if (change.version !== undefined && version !== change.version) throw changedMeanwhile()
    plan.rules?.explain(context, JSON.parse(json) as RawRecord, change)
    if (attempt < ATTEMPTS) return runUpdate(context, id, change, attempt + 1)
    throw new ObjectQLError(409, 'CONFLICT', `Others keep changing this ${plan.label}. Try again.`)
  })
}

/** No row had that id and version: it is gone, or somebody changed it between the look at its version and the statement. */
function notChanged(context: WriteContext, id: string, version: number | undefined): Maybe<never> {
  if (version === undefined) throw missingRecord(context.plan, id)
  return whenReady(readRecord(context, id), (record) => {
    throw record ? changedMeanwhile() : missingRecord(context.plan, id)
  })
}

/** The version to demand in the WHERE of a write: undefined for none. */
export function demandedVersion(context: WriteContext, id: string, ifVersion: readonly number[] | undefined): Maybe<number | undefined> {
  if (!ifVersion) return undefined
  return whenReady(readRecord(context, id), (record) => {
    if (record === undefined) throw missingRecord(context.plan, id)
    if (!ifVersion.includes(record[1])) throw changedMeanwhile()
    return record[1]
  })
}

const changedMeanwhile = (): ObjectQLError =>
  new ObjectQLError(412, 'PRECONDITION_FAILED', 'The record has changed since it was read. Read it again and repeat the change.')

export interface DeleteOptions {
  /** Of an object with a trash: the record is not kept, whether it was in the trash or not. */
  readonly isPurged?: boolean
  /** The record is one of many that are deleted: see `FilteredWriteOptions`. */
  readonly isBulk?: true
  readonly report?: import('../rules/warning-report.ts').WarningReport | undefined
}

/** @throws ObjectQLError 404, 409 (still referred to), 412. */
export function deleteRecord(
  context: WriteContext,
  id: string,
  ifVersion?: readonly number[],
  { isPurged = false }: DeleteOptions = {},
): Maybe<undefined> {
  const { plan, session, statements } = context
  if (plan.trash && !isPurged)
    return whenReady(demandedVersion(context, id, ifVersion), (version) =>
      whenReady(trashRecords(context, [id], version), (count) => (count === 0 ? notChanged(context, id, version) : undefined)),
    )
  return whenReady(demandedVersion(context, id, ifVersion), (version) => {
    const statement = version === undefined ? statements.delete : statements.deleteVersion
    const values = version === undefined ? [id] : [id, version]
    const deleted = recovering(
      () =>
        contained(session, (inner) => {
          const ruled = plan.rules?.onDelete ? plan.rules : undefined
          if (!plan.rollups && !plan.dependents && !ruled) return inner.run(statement, values)
          return inner.atomically((scope) => {
            const inScope = within(context, scope)
            return keepingDeleted(inScope, [id], () => {
              const remove = () => scope.run(statement, values)
              return ruled ? ruled.delete(inScope, [id], remove) : remove()
            })
          })
        }),
      (error) => refuse(isInUse(error) ? inUseError(plan) : error),
    )
    return whenReady(deleted, ({ changes }) => (changes === 0 ? notChanged(context, id, version) : undefined))
  })
}

const refuse = (error: unknown): never => {
  throw error
}
