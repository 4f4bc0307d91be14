import { inOrder, recovering } from '../database/maybe.ts'
import { type Maybe, type Session, whenReady } from '../database/session.ts'
import type { Issue } from '../problem/issue.ts'
import { ObjectQLError, validationError } from '../problem/problem.ts'
import { type ParsedDocument, parseQueryDocument } from '../query/parse/query-document.ts'
import { MAX_ISSUES } from '../validate/add-issue.ts'
import { isPlainObject } from '../validate/plain-object.ts'
import type { Allows } from './allows.ts'
import { changeRecord, type DeleteOptions, deleteRecord } from './change-record.ts'
import type { Database } from './database.ts'
import {
  changeFirst,
  deleteWhere,
  type Filter,
  type FilteredDeleteOptions,
  type FilteredWriteOptions,
  type FoundAndChanged,
  restoreWhere,
  updateWhere,
} from './filtered-writes.ts'
import { type HistoryEntry, type HistoryOptions, readHistory } from './history/read-history.ts'
import { insertRecord, insertRecords } from './insert-records.ts'
import type { ObjectPlan, RawRecord } from './object-plan.ts'
import { createQueryStore, type QueryStore } from './query-store.ts'
import { readFilter } from './read-filter.ts'
import { type NestedWrite, readNestedWrite } from './read-nested-write.ts'
import { createNested, updateNested } from './run-nested-write.ts'
import { type RebuiltPage, rebuildPage } from './summary/rebuild.ts'
import { loaded } from './summary/rollup.ts'
import { notInTrash, restoreRecords } from './trash/trash-records.ts'
import { readUniqueKey, uniqueKeyOf } from './unique-key.ts'
import { upsertRecord, upsertRecords } from './upsert-records.ts'
import type { Upserted } from './upsert-together.ts'
import { type Created, readRecord, type StoredRecord, storedRecord, type WriteContext, within, writeContext } from './write-context.ts'

export type { Created, FoundAndChanged, StoredRecord, Upserted }

export interface WriteOptions {
  /** Which operations on related objects a nested write may do. Default: all. */
  readonly allows?: Allows | undefined
  /** Where the input, or the list of inputs, stands in the request: a JSON pointer. Default: it is the whole request. */
  readonly at?: string
  /** The record is one of many that one call writes: rules may leave those out. */
  readonly isBulk?: true
}

export interface ManyOptions extends FilteredWriteOptions {
  readonly at?: string
}

/** What became of one record of a write that is not all or nothing. */
export type RowResult =
  | { readonly index: number; readonly created: Created }
  /** Why it was not written. */
  | { readonly index: number; readonly error: ObjectQLError }

/**
 * The records of one object. On an embedded database nothing waits and no promise is made: writes belong to the open turn and are final
 * once it commits. Elsewhere every call gives a promise. Inputs may be changed: validators write canonical spellings back.
 *
 * Any write throws (or rejects with) ObjectQLError: 422 when the input is not valid or a reference leads nowhere, 409 when a unique value is
 * taken or the record is still referred to. Those that read related plans throw MissingPlan when they are not loaded; then nothing was done.
 */
export interface ObjectStore {
  readonly plan: ObjectPlan
  readonly session: Session
  readonly queries: QueryStore
  /** The same object in a transaction or a savepoint. */
  within(session: Session): ObjectStore
  /** A query as a document, in any spelling. @throws ObjectQLError 400 */
  readQuery(document: unknown): ParsedDocument
  /** The filter of a write, in any spelling that queries take; `{}` means all records. @throws ObjectQLError 400 */
  readFilter(where: unknown, orderBy?: unknown, parameter?: string): Filter
  get(id: string): Maybe<StoredRecord | undefined>
  /** The record with these values in the fields of a unique key. @throws ObjectQLError 400 when they are none, 422. */
  getBy(key: RawRecord): Maybe<StoredRecord | undefined>
  /** Related records may be nested in the input. Returns the id too. */
  create(input: unknown, options?: WriteOptions): Maybe<Created>
  /** All of them or none, in few statements. */
  createMany(inputs: readonly unknown[], options?: WriteOptions): Maybe<readonly Created[]>
  /** Each one for itself. */
  createEach(inputs: readonly unknown[], options?: WriteOptions): Maybe<readonly RowResult[]>
  /** Writes only the fields that are present; amounts (`{ $inc: 1 }`) count up. @throws ObjectQLError 404, 412 (another version than `ifVersion`). */
  update(id: string, patch: unknown, ifVersion?: readonly number[], options?: WriteOptions): Maybe<StoredRecord>
  /** Changes the record with the same unique key (default: id), or creates it. */
  upsert(input: unknown, on?: readonly string[], options?: WriteOptions): Maybe<Upserted>
  /** All of them or none. */
  upsertMany(inputs: readonly unknown[], on?: readonly string[], options?: WriteOptions): Maybe<readonly Upserted[]>
  /** Gives the number of records. */
  updateMany(filter: Filter, patch: unknown, options?: ManyOptions): Maybe<number>
  deleteMany(filter: Filter, options?: FilteredDeleteOptions): Maybe<number>
  /** Changes the first record that meets the filter. Undefined when there is none. */
  findOneAndUpdate(filter: Filter, patch: unknown, options?: Pick<ManyOptions, 'at'>): Maybe<FoundAndChanged | undefined>
  /** @throws ObjectQLError 404, 409 (still referred to), 412. */
  delete(id: string, ifVersion?: readonly number[], options?: DeleteOptions): Maybe<undefined>
  /** Takes a record out of the trash, with what went along. @throws ObjectQLError 404, 409. */
  restore(id: string): Maybe<StoredRecord>
  /** The same for those in the trash that meet a filter; gives their number. */
  restoreMany(filter: Filter, options?: FilteredWriteOptions): Maybe<number>
  /** The store of another object, in the same transaction. @throws MissingPlan */
  beside(object: string): ObjectStore
  /** Changes of a record, the latest first. @throws ObjectQLError 400, 404 when the object keeps none. */
  history(id: string, options?: HistoryOptions): Maybe<readonly HistoryEntry[]>
  /** Works out the roll-ups of the next records after an id ('' begins), and says where to go on. */
  rebuildSummaries(after: string): Maybe<RebuiltPage>
}

const everything: Allows = () => true

export function createObjectStore(plan: ObjectPlan, database: Database): ObjectStore {
  const plain = createPlainStore(plan, database)
  const store = plan.behaviour && database.behaviours.wrap ? database.behaviours.wrap(plain, database) : plain
  return plan.guard ? plan.guard.wrap(store, database) : store
}

/** A store that calls no hooks. */
function createPlainStore(plan: ObjectPlan, database: Database): ObjectStore {
  const { session } = database
  const context = writeContext(plan, database, session)
  const bulk: WriteContext = { ...context, isBulk: true }
  const reporting = ({ report }: Pick<ManyOptions, 'report'>): WriteContext => (report ? { ...bulk, report } : bulk)

  /** What plain validation refused may be an input with related records or amounts. */
  const nested = (of: ObjectPlan, input: unknown, isCreate: boolean, at: string, allows: Allows = everything): NestedWrite =>
    readNestedWrite(of, input, { database, isCreate, at, allows })

  const createIn = (inner: WriteContext, input: unknown, at: string, allows?: Allows): Maybe<Created> => {
    const issues = plan.validateCreate(input, at)
    return issues ? createNested(inner, nested(plan, input, true, at, allows)) : insertRecord(inner, input as RawRecord, at)
  }

  const updateIn = (
    inner: WriteContext,
    id: string,
    patch: unknown,
    {
      ifVersion,
      at = '',
      allows,
    }: { readonly ifVersion?: readonly number[] | undefined; readonly at?: string; readonly allows?: Allows | undefined },
  ): Maybe<StoredRecord> => {
    const issues = plan.validateUpdate(patch, at)
    if (issues) return updateNested(inner, id, nested(plan, patch, false, at, allows), ifVersion)
    return changeRecord(inner, id, { values: patch as RawRecord, increments: [] }, { ifVersion, at })
  }

  const steps = (allows?: Allows) => ({
    isAlone: true,
    isPlain: true as const,
    create: (inner: WriteContext, input: RawRecord, at: string) => createIn(inner, input, at, allows),
    update: (inner: WriteContext, id: string, patch: RawRecord, at: string) => updateIn(inner, id, patch, { at, allows }),
  })

  /** A patch for many records: plain values and amounts, no related records. */
  function changesFor(patch: unknown, at: string) {
    const issues = plan.validateUpdate(patch, at)
    if (!issues) return { values: patch as RawRecord, increments: [] }
    const write = nested(plan, patch, false, at)
    if (write.children.length > 0 || write.lookups.length > 0) throw validationError(issues)
    return write
  }

  const hasIssues = (inputs: readonly unknown[], at: string): boolean =>
    inputs.some((input, index) => plan.validateCreate(input, `${at}/${index}`) !== undefined)

  const store: ObjectStore = {
    plan,
    session,
    queries: createQueryStore(plan, database),
    within: (inner) => (inner === session ? store : createPlainStore(plan, { ...database, session: inner })),
    readQuery: (document) => parseQueryDocument(document, { limits: database.limits, object: plan.name }),
    readFilter: (where, orderBy, parameter = 'where') => readFilter(where, orderBy, database.limits, { parameter }),
    get: (id) => readRecord(context, id),
    getBy(key) {
      const fields = uniqueKeyOf(plan, Object.keys(key))
      return whenReady(
        session.row(context.statements.byKey(fields), readUniqueKey(plan, fields, key, '').values),
        (row) => row && storedRecord([row[0], row[1]]),
      )
    },
    create: (input, { allows, at = '', isBulk } = {}) => createIn(isBulk ? bulk : context, input, at, allows),
    createMany(inputs, { allows, at = '' } = {}) {
      if (!hasIssues(inputs, at)) return insertRecords(bulk, inputs as readonly RawRecord[], (index) => `${at}/${index}`)
      const writes = readAll(inputs, (input, index) => nested(plan, input, true, `${at}/${index}`, allows))
      return session.atomically((inner) => inOrder(writes, (write) => createNested(within(bulk, inner), write)))
    },
    createEach(inputs, { allows, at = '' } = {}) {
      const one = (input: unknown, index: number): Maybe<RowResult> =>
        rowResult(index, () => session.atomically((inner) => createIn(within(bulk, inner), input, `${at}/${index}`, allows)))
      if (hasIssues(inputs, at)) return inOrder(inputs, one)
      const all = (): Maybe<readonly RowResult[]> =>
        whenReady(
          insertRecords(bulk, inputs as readonly RawRecord[], (index) => `${at}/${index}`),
          (created) => created.map((each, index): RowResult => ({ index, created: each })),
        )
      return recovering(all, (error) => {
        rowError(error)
        return inOrder(inputs, one)
      })
    },
    update: (id, patch, ifVersion, { allows, at = '', isBulk } = {}) =>
      updateIn(isBulk ? bulk : context, id, patch, { ifVersion, at, allows }),
    upsert: (input, on = ['id'], { allows, at = '' } = {}) => upsertRecord(context, recordOf(plan, input, at), on, at, steps(allows)),
    upsertMany: (inputs, on = ['id'], { allows, at = '' } = {}) =>
      upsertRecords(
        bulk,
        readAll(inputs, (input, index) => recordOf(plan, input, `${at}/${index}`)),
        on,
        (index) => `${at}/${index}`,
        steps(allows),
      ),
    updateMany: (filter, patch, { at = '', ...options } = {}) =>
      updateWhere(reporting(options), filter, changesFor(patch, at), options, at),
    deleteMany: (filter, options = {}) => deleteWhere(reporting(options), filter, options),
    findOneAndUpdate: (filter, patch, { at = '' } = {}) => changeFirst(context, filter, changesFor(patch, at), at),
    delete: (id, ifVersion, options) => deleteRecord(options?.isBulk ? reporting(options) : context, id, ifVersion, options),
    restore: (id) =>
      whenReady(restoreRecords(context, [id]), (count) =>
        whenReady(readRecord(context, id), (record) => {
          if (count === 0 || !record) throw notInTrash(context, id, record !== undefined)
          return record
        }),
      ),
    restoreMany: (filter, options = {}) => restoreWhere(context, filter, options),
    beside: (object) => createObjectStore(loaded(object, database), database),
    history: (id, options = {}) => readHistory(context, id, options),
    rebuildSummaries: (after) => rebuildPage(plan, database, session, after),
  }
  return store
}

/** @throws ObjectQLError 422 for anything that is no object. */
function recordOf(plan: ObjectPlan, input: unknown, at: string): RawRecord {
  if (isPlainObject(input)) return input
  throw validationError(plan.validateCreate(input, at) ?? [])
}

const rowResult = (index: number, work: () => Maybe<Created>): Maybe<RowResult> =>
  recovering(
    () => whenReady(work(), (created): RowResult => ({ index, created })),
    (error) => ({ index, error: rowError(error) }),
  )

/** A row may fail by itself only for what its own values are to blame; anything else ends the whole write. */
function rowError(error: unknown): ObjectQLError {
  if (error instanceof ObjectQLError && error.status < 500) return error
  throw error
}

/** Every input with all of its issues, not only the first that has one. */
function readAll<Result>(inputs: readonly unknown[], read: (input: unknown, index: number) => Result): Result[] {
  const issues: Issue[] = []
  const results: Result[] = []
  for (const [index, input] of inputs.entries()) {
    if (issues.length >= MAX_ISSUES) break
    try {
      results.push(read(input, index))
    } catch (error) {
      if (!(error instanceof ObjectQLError) || error.status !== 422) throw error
      issues.push(...((error.errors ?? []) as readonly Issue[]))
    }
  }
  if (issues.length > 0) throw validationError(issues.slice(0, MAX_ISSUES))
  return results
}
