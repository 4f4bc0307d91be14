import type { Issue } from '../problem/issue.ts'
import { ObjectQLError, validationError } from '../problem/problem.ts'
import { MissingPlan } from '../query/bind/bind-scope.ts'
import { fieldPlanOf } from '../query/print/names-of.ts'
import { addIssue, escapeToken } from '../validate/add-issue.ts'
import { isRecordId } from '../validate/check-keys.ts'
import { isPlainObject, ownValue } from '../validate/plain-object.ts'
import type { Allows } from './allows.ts'
import type { Database } from './database.ts'
import { type Increment, isIncrement, readIncrement } from './increments.ts'
import type { ApiMethod, ChildrenPlan, ObjectPlan, RawRecord } from './object-plan.ts'
import { readUniqueKey, type UniqueKey, uniqueKeyOf } from './unique-key.ts'

/** One record of a nested write, valid as far as that can be said without the database. */
export interface NestedWrite {
  readonly plan: ObjectPlan
  /** Where it stands in the request. */
  readonly at: string
  /** Plain fields. Lookups that steps have to resolve hold a stand-in. */
  readonly values: RawRecord
  readonly increments: readonly Increment[]
  readonly lookups: readonly LookupStep[]
  readonly children: readonly ChildStep[]
}

/** Where the id of a lookup comes from: a record to create, or one that is there. */
export interface LookupStep {
  readonly field: string
  readonly target: ObjectPlan
  readonly at: string
  readonly create?: NestedWrite
  readonly connect?: UniqueKey
}

export interface ChildStep {
  readonly plan: ObjectPlan
  /** Lookup of the child that points here. */
  readonly field: string
  readonly create: readonly NestedWrite[]
  readonly connect: readonly Picked[]
  readonly disconnect: readonly Picked[]
  readonly delete: readonly Picked[]
  readonly update: readonly { readonly id: string; readonly write: NestedWrite }[]
}

export interface Picked {
  readonly key: UniqueKey
  readonly at: string
}

interface Reader {
  readonly database: Database
  readonly allows: Allows
  readonly issues: Issue[]
  records: number
}

/** What stands in a lookup while the rest is validated: a fine id of no record. */
const STAND_IN = '0'

/**
 * Takes an input with related records apart and validates all of it.
 * @throws ObjectQLError 400 too deep, 413 too many records, 422 with every issue.
 * @throws MissingPlan when a related object is not loaded yet; nothing was done.
 */
export function readNestedWrite(
  plan: ObjectPlan,
  input: unknown,
  {
    database,
    isCreate,
    at,
    allows,
  }: { readonly database: Database; readonly isCreate: boolean; readonly at: string; readonly allows: Allows },
): NestedWrite {
  const reader: Reader = { database, allows, issues: [], records: 0 }
  const write = readRecord(reader, plan, input, { isCreate, at, depth: 0 })
  if (reader.issues.length > 0 || !write) throw validationError(reader.issues)
  return write
}

interface Position {
  readonly isCreate: boolean
  readonly at: string
  readonly depth: number
  /** Lookup that the relation sets. */
  readonly back?: string
}

function readRecord(reader: Reader, plan: ObjectPlan, input: unknown, position: Position): NestedWrite | undefined {
  const { isCreate, at, depth, back } = position
  const { maxExpandDepth, maxPageSize } = reader.database.limits
  if (depth > maxExpandDepth)
    throw new ObjectQLError(400, 'INVALID_REQUEST', `Records are nested deeper than ${maxExpandDepth} levels at "${at}".`)
  if (++reader.records > maxPageSize)
    throw new ObjectQLError(413, 'PAYLOAD_TOO_LARGE', `At most ${maxPageSize} records can be written by one request.`)
  if (!isPlainObject(input)) {
    reader.issues.push(...((isCreate ? plan.validateCreate(input, at) : plan.validateUpdate(input, at)) ?? []))
    return undefined
  }
  if (depth > 0 && plan.guard) reader.issues.push(...plan.guard.issues(plan, input, isCreate, at))
  const values: RawRecord = {}
  const increments: Increment[] = []
  const lookups: LookupStep[] = []
  const children: ChildStep[] = []
  for (const [name, value] of Object.entries(input)) {
    const pointer = `${at}/${escapeToken(name)}`
    const field = fieldPlanOf(plan, name)
    const relation = field ? undefined : ownValue(plan.children ?? {}, name)
    if (field?.kind === 'id' && field.target !== undefined && isPlainObject(value)) {
      const step = readLookup(reader, plan, name, value, { isCreate, at: pointer, depth })
      if (step) lookups.push(step)
      setOwn(values, name, step === null ? null : STAND_IN)
    } else if (relation !== undefined && value !== undefined) {
      const step = readChildren(reader, relation as ChildrenPlan, value, { isCreate, at: pointer, depth })
      if (step) children.push(step)
    } else if (!isCreate && field && field.kind !== 'json' && field.kind !== 'list' && isIncrement(value)) {
      const increment = readIncrement(plan, name, value, at, reader.issues)
      if (increment) increments.push(increment)
    } else setOwn(values, name, value)
  }
  if (back !== undefined && ownValue(values, back) !== undefined)
    addIssue(reader.issues, `${at}/${escapeToken(back)}`, 'read_only', `"${back}" is set by the relation.`)
  if (back !== undefined && isCreate) setOwn(values, back, STAND_IN)
  reader.issues.push(...((isCreate ? plan.validateCreate(values, at) : plan.validateUpdate(values, at)) ?? []))
  return { plan, at, values, increments, lookups, children }
}

const setOwn = (record: RawRecord, name: string, value: unknown): void => {
  Object.defineProperty(record, name, { value, enumerable: true, writable: true, configurable: true })
}

/** `{ create: {…} }`, `{ connect: key }`, `{ disconnect: true }`. Null: the lookup is emptied. Undefined: an issue was found. */
function readLookup(
  reader: Reader,
  plan: ObjectPlan,
  field: string,
  value: Readonly<Record<string, unknown>>,
  { isCreate, at, depth }: Position,
): LookupStep | null | undefined {
  const target = planOf(reader, plan.fields[field]?.target as string)
  const [operation, ...others] = Object.keys(value)
  if (others.length > 0) {
    addIssue(reader.issues, at, 'type', `"${field}" takes one of create and connect.`)
    return undefined
  }
  if (operation === 'create') {
    if (!isAllowed(reader, target, 'create', `${at}/create`)) return undefined
    const create = readRecord(reader, target, value['create'], { isCreate: true, at: `${at}/create`, depth: depth + 1 })
    return create && { field, target, at, create }
  }
  if (operation === 'connect') {
    const connect = readKey(reader, target, value['connect'], `${at}/connect`)
    return connect && { field, target, at: `${at}/connect`, connect: connect.key }
  }
  if (operation === 'disconnect' && value['disconnect'] === true && !isCreate) return null
  addIssue(reader.issues, at, 'type', `"${field}" takes the id of a record, { "create": {…} } or { "connect": {…} }.`)
  return undefined
}

const CHILD_OPERATIONS: ReadonlySet<string> = new Set(['create', 'connect', 'disconnect', 'delete', 'update'])

function readChildren(reader: Reader, relation: ChildrenPlan, value: unknown, { isCreate, at, depth }: Position): ChildStep | undefined {
  if (!isPlainObject(value)) {
    addIssue(reader.issues, at, 'type', 'A relation takes create, connect, disconnect, delete and update.')
    return undefined
  }
  const plan = planOf(reader, relation.object)
  const { field } = relation
  const listOf = (operation: string): readonly (readonly [item: unknown, at: string])[] => {
    const list = ownValue(value, operation)
    if (list === undefined) return []
    if (!Array.isArray(list)) return [[list, `${at}/${operation}`]]
    return list.map((item: unknown, index) => [item, `${at}/${operation}/${index}`] as const)
  }
  for (const operation of Object.keys(value)) {
    const pointer = `${at}/${escapeToken(operation)}`
    if (!CHILD_OPERATIONS.has(operation))
      addIssue(reader.issues, pointer, 'unknown_field', 'A relation takes create, connect, disconnect, delete and update.')
    else if (isCreate && operation !== 'create' && operation !== 'connect')
      addIssue(reader.issues, pointer, 'unknown_field', 'A record that is created takes create and connect only.')
    else isAllowed(reader, plan, operation === 'create' || operation === 'delete' ? operation : 'update', pointer)
  }
  const picked = (operation: string): readonly Picked[] =>
    listOf(operation).flatMap(([item, pointer]) => {
      if (++reader.records > reader.database.limits.maxPageSize)
        throw new ObjectQLError(
          413,
          'PAYLOAD_TOO_LARGE',
          `At most ${reader.database.limits.maxPageSize} records can be written by one request.`,
        )
      return readKey(reader, plan, item, pointer) ?? []
    })
  const connect = picked('connect')
  const disconnect = picked('disconnect')
  for (const { at: pointer } of plan.guard ? [...connect, ...disconnect] : [])
    pushAt(reader, plan.guard?.issues(plan, { [field]: STAND_IN }, false, ''), pointer)
  if (connect.length > 0) pushAt(reader, plan.validateUpdate({ [field]: STAND_IN }), `${at}/connect`)
  if (disconnect.length > 0) pushAt(reader, plan.validateUpdate({ [field]: null }), `${at}/disconnect`)
  return {
    plan,
    field,
    connect,
    disconnect,
    delete: picked('delete'),
    create: listOf('create').flatMap(
      ([item, pointer]) => readRecord(reader, plan, item, { isCreate: true, at: pointer, depth: depth + 1, back: field }) ?? [],
    ),
    update: listOf('update').flatMap(([item, pointer]) => readChildUpdate(reader, plan, item, { at: pointer, depth, back: field }) ?? []),
  }
}

function readChildUpdate(reader: Reader, plan: ObjectPlan, item: unknown, { at, depth, back }: Required<Omit<Position, 'isCreate'>>) {
  const id = isPlainObject(item) ? ownValue(item, 'id') : undefined
  if (!isPlainObject(item) || !isRecordId(id)) {
    addIssue(reader.issues, `${at}/id`, 'required', 'An update of a related record names it by its id.')
    return undefined
  }
  const { id: _, ...rest } = item
  // Both `{ id, name: … }` and `{ id, changes: { name: … } }`.
  const isWrapped = Object.keys(rest).length === 1 && 'changes' in rest && !fieldPlanOf(plan, 'changes')
  const changes = isWrapped ? rest['changes'] : rest
  const write = readRecord(reader, plan, changes, { isCreate: false, at: isWrapped ? `${at}/changes` : at, depth: depth + 1, back })
  return write && { id: id as string, write }
}

const pushAt = (reader: Reader, issues: readonly Issue[] | undefined, pointer: string): void => {
  for (const issue of issues ?? []) addIssue(reader.issues, pointer, issue.code, issue.message)
}

/** An id, or the fields of a unique key. */
function readKey(reader: Reader, plan: ObjectPlan, value: unknown, at: string): Picked | undefined {
  if (typeof value === 'string' && isRecordId(value)) return { key: { fields: ['id'], values: [value] }, at }
  if (isPlainObject(value) && Object.keys(value).length > 0) {
    const fields = uniqueKeyOf(plan, Object.keys(value))
    const isById = fields[0] === 'id'
    if (!isById && !reader.allows(plan, 'get') && !reader.allows(plan, 'list')) isAllowed(reader, plan, 'get', at)
    return { key: readUniqueKey(plan, fields, value, at), at }
  }
  addIssue(reader.issues, at, 'type', 'A record is named by its id or by the fields of a unique key.')
  return undefined
}

function isAllowed(reader: Reader, plan: ObjectPlan, method: ApiMethod, at: string): boolean {
  if (reader.allows(plan, method)) return true
  addIssue(reader.issues, at, 'read_only', `The operation "${method}" is not available for ${plan.label}.`)
  return false
}

function planOf({ database }: Reader, objectName: string): ObjectPlan {
  const plan = database.loadedPlan(objectName)
  if (!plan) throw new MissingPlan(objectName)
  return plan
}
