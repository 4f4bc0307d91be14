import { inOrder, recovering } from '../database/maybe.ts'
import { type Maybe, whenReady } from '../database/session.ts'
import { exposed } from '../object/allows.ts'
import type { ApiMethod, RawRecord } from '../object/object-plan.ts'
import type { ObjectStore, StoredRecord } from '../object/object-store.ts'
import { ObjectQLError, validationError } from '../problem/problem.ts'
import { checkRecordId, isRecordId } from '../validate/check-keys.ts'
import { isPlainObject } from '../validate/plain-object.ts'
import { type BulkRequest, flag, keyFields, members, recordList } from './bulk-request.ts'
import { preferred } from './prefer.ts'
import { jsonReply, type Reply, type Routed } from './reply.ts'
import { allow } from './route-methods.ts'

const NEEDS: Readonly<Record<string, readonly ApiMethod[]>> = {
  create: ['create'],
  update: ['update'],
  upsert: ['create', 'update'],
  delete: ['delete'],
}

interface Batch {
  readonly operation: string
  readonly records: readonly BatchRecord[]
  readonly on: readonly string[] | undefined
  readonly isAtomic: boolean
  readonly returnsRecords: boolean
  readonly continuesOnError: boolean
}

interface BatchRecord {
  readonly id: string | undefined
  readonly data: unknown
  /** Where it stands in the request. */
  readonly at: string
  /** Where its data stands. */
  readonly dataAt: string
}

type Outcome =
  | { readonly id: string | undefined; readonly record: StoredRecord | undefined }
  | { readonly id: string | undefined; readonly error: ObjectQLError }

/**
 * `POST /api/<object>/batch`: the same operation on several records. All or nothing unless `atomic` is false; then every record is tried, or
 * with `continueOnError: false` those up to the first that fails. `validateOnly` does everything and keeps nothing.
 */
export function batchRoute({ store, body, limits, wanted }: BulkRequest): Routed {
  const { operation, records, options, on } = members(body, {
    operation: ['operation'],
    records: ['records'],
    options: ['options'],
    on: ['on'],
  })
  if (typeof operation.value !== 'string' || !Object.hasOwn(NEEDS, operation.value))
    throw new ObjectQLError(400, 'INVALID_REQUEST', '"operation" is create, update, upsert or delete.')
  allow(store, 'POST', { POST: NEEDS[operation.value] as readonly ApiMethod[] })
  const given = options.value === undefined ? {} : options.value
  if (!isPlainObject(given)) throw new ObjectQLError(400, 'INVALID_REQUEST', '"options" is an object.')
  const chosen = members(given, {
    atomic: ['atomic'],
    returnRecords: ['returnRecords'],
    continueOnError: ['continueOnError'],
    validateOnly: ['validateOnly'],
  })
  const work: Batch = {
    operation: operation.value,
    records: recordList(records, limits).map((record, index) => batchRecord(record, `/records/${index}`, operation.value as string)),
    on: keyFields(on),
    isAtomic: flag(chosen.atomic, true),
    returnsRecords: flag(chosen.returnRecords, !wanted.isMinimal),
    continuesOnError: flag(chosen.continueOnError, true),
  }
  const isDryRun = wanted.isDryRun || flag(chosen.validateOnly, false)
  return preferred(store, { ...wanted, isDryRun }, (inner) =>
    whenReady(work.isAtomic ? together(inner, work) : oneByOne(inner, work), (outcomes) => batchReply(work, outcomes)),
  )
}

/** `{ id, data }`; of a deletion also the id alone. */
function batchRecord(record: unknown, at: string, operation: string): BatchRecord {
  if (operation === 'delete' && typeof record === 'string') return { id: record, data: undefined, at, dataAt: at }
  if (!isPlainObject(record))
    throw new ObjectQLError(400, 'INVALID_REQUEST', `The record at "${at}" is an object: { "id": …, "data": {…} }.`)
  const { id, data, ...rest } = record
  const unknown = Object.keys(rest)[0]
  if (unknown !== undefined)
    throw new ObjectQLError(400, 'INVALID_REQUEST', `The record at "${at}" has no member "${unknown.slice(0, 64)}". Use id and data.`)
  const needsId = operation === 'update' || operation === 'delete'
  if (id === undefined ? needsId : !isRecordId(id)) throw validationError(checkRecordId(undefined, id ?? '', at))
  return { id: id as string | undefined, data, at, dataAt: `${at}/data` }
}

function together(store: ObjectStore, work: Batch): Maybe<readonly Outcome[]> {
  return store.session.atomically((session) => {
    const inner = store.within(session)
    return inOrder(work.records, (record) => runOne(inner, work, record))
  })
}

function oneByOne(store: ObjectStore, work: Batch): Maybe<readonly Outcome[]> {
  let isStopped = false
  return inOrder(work.records, (record): Maybe<Outcome> => {
    if (isStopped) return { id: record.id, error: notTried() }
    return recovering(
      () => store.session.atomically((session) => runOne(store.within(session), work, record)),
      (error) => {
        if (!(error instanceof ObjectQLError) || error.status >= 500) throw error
        isStopped = !work.continuesOnError
        return { id: record.id, error }
      },
    )
  })
}

const notTried = (): ObjectQLError => new ObjectQLError(409, 'CONFLICT', 'Not tried: a record before it failed.')

function runOne(store: ObjectStore, { operation, on }: Batch, { id, data, dataAt }: BatchRecord): Maybe<Outcome> {
  const options = { allows: exposed, at: dataAt }
  const withId = (): unknown => (id !== undefined && isPlainObject(data) ? { ...(data as RawRecord), id } : data)
  switch (operation) {
    case 'create':
      return store.create(withId(), options)
    case 'update':
      return whenReady(store.update(id as string, data, undefined, options), (record) => ({ id, record }))
    case 'upsert':
      return store.upsert(withId(), on, options)
    default:
      return whenReady(store.delete(id as string), () => ({ id, record: undefined }))
  }
}

function batchReply({ operation, returnsRecords }: Batch, outcomes: readonly Outcome[]): Reply {
  let failed = 0
  const results = outcomes.map((outcome) => {
    const id = outcome.id === undefined ? '' : `"id":${JSON.stringify(outcome.id)},`
    if ('error' in outcome) {
      failed++
      return `{${id}"success":false,"error":${JSON.stringify(outcome.error)}}`
    }
    const record = returnsRecords && outcome.record ? `,"record":${outcome.record[0]}` : ''
    return `{${id}"success":true${record}}`
  })
  const head = `"success":${failed === 0},"operation":"${operation}","total":${outcomes.length},"succeeded":${outcomes.length - failed},"failed":${failed}`
  return jsonReply(failed === 0 ? 200 : 207, `{${head},"results":[${results.join(',')}]}`)
}
