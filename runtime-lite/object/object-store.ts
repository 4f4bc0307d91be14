import type { StatementSync } from 'node:sqlite'
import { isoInstant } from '../id.ts'
import type { Issue } from '../problem/issue.ts'
import { notFound, ObjectQLError, validationError } from '../problem/problem.ts'
import { quoteName } from '../query/names.ts'
import { MAX_ISSUES } from '../validate/add-issue.ts'
import { constraintError, inUseError, isInUse } from './constraint-error.ts'
import { type Database, type Prepared, prepareArrays } from './database.ts'
import type { FieldPlan, ObjectPlan, RawRecord, SqlValue } from './object-plan.ts'
import { createQueryStore, type QueryStore } from './query-store.ts'

/** JSON text of a record and its version. */
export type StoredRecord = readonly [json: string, version: number]

/**
 * The records of one object on an embedded database. Synchronous: no promise is made where nothing waits. Writes belong to
 * the open turn and are final once it commits.
 */
export interface ObjectStore {
  readonly plan: ObjectPlan
  readonly queries: QueryStore
  get(id: string): StoredRecord | undefined
  /** @throws ObjectQLError 422 when the input is not valid, 409 when a unique value is taken. Returns the id too. */
  create(input: unknown): { readonly id: string; readonly record: StoredRecord }
  /** All of them or none. */
  createMany(inputs: readonly unknown[]): readonly { readonly id: string; readonly record: StoredRecord }[]
  /** Writes only the fields that are present. @throws ObjectQLError 404, 409, 412 (another version than `ifVersion`), 422. */
  update(id: string, patch: unknown, ifVersion?: readonly number[]): StoredRecord
  /** @throws ObjectQLError 404, 409 (still referred to), 412. */
  delete(id: string, ifVersion?: readonly number[]): void
}

export function createObjectStore(plan: ObjectPlan, database: Database): ObjectStore {
  const { db, turn, statements } = database
  let getStatement: StatementSync | undefined
  let insertStatement: StatementSync | undefined
  let deleteStatement: StatementSync | undefined
  const updatePrefix = `${plan.name}\0update`

  const missing = (id: string): ObjectQLError => notFound(`No ${plan.label} has the id "${id.slice(0, 64)}".`)

  /** The input is valid; `at` is where it stands in the request. */
  function insert(input: RawRecord, at: string): { readonly id: string; readonly record: StoredRecord } {
    const time = Date.now()
    const id = typeof input['id'] === 'string' ? input['id'] : database.newId()
    insertStatement ??= prepareArrays(db, plan.insert)
    try {
      const values = plan.insertValues(id, input, isoInstant(time))
      // Versions start at the clock, so that a record made again under an old id never matches an old ETag.
      return { id, record: insertStatement.get(...values, time) as unknown as StoredRecord }
    } catch (error) {
      throw turn.failed(constraintError(error, plan, input, db, at))
    }
  }

  function updateStatement(patch: RawRecord, hasVersion: boolean): StatementSync {
    // Names are separated by what no name can hold.
    let key = hasVersion ? `${updatePrefix}!` : updatePrefix
    for (const name in patch) if (patch[name] !== undefined) key += `\0${name}`
    const known = statements.get(key)
    if (known) return known.statement
    const sets = Object.keys(patch)
      .filter((name) => patch[name] !== undefined)
      .map((name) => `${quoteName(plan.fields[name]?.column ?? name)} = ?`)
    const version = hasVersion ? ' and "_version" = ?' : ''
    const sql = `update ${plan.table} set ${[...sets, '"updated_at" = ?', '"_version" = "_version" + 1'].join(', ')} where "id" = ?${version} returning ${plan.json}, "_version"`
    const prepared: Prepared = { statement: prepareArrays(db, sql), parameters: [], weight: sql.length + key.length }
    statements.set(key, prepared)
    return prepared.statement
  }

  /** The version to demand in the WHERE of a write: undefined for none. */
  function demanded(id: string, ifVersion: readonly number[] | undefined): number | undefined {
    if (!ifVersion) return undefined
    const version = store.get(id)?.[1]
    if (version === undefined) throw missing(id)
    if (!ifVersion.includes(version))
      throw new ObjectQLError(412, 'PRECONDITION_FAILED', 'The record has changed since it was read. Read it again and repeat the change.')
    return version
  }

  const store: ObjectStore = {
    plan,
    queries: createQueryStore(plan, database),
    get(id) {
      turn.read()
      getStatement ??= prepareArrays(db, plan.get)
      try {
        return getStatement.get(id) as unknown as StoredRecord | undefined
      } catch (error) {
        throw turn.failed(error)
      }
    },
    create(input) {
      const issues = plan.validateCreate(input)
      if (issues) throw validationError(issues)
      turn.write()
      return insert(input as RawRecord, '')
    },
    createMany(inputs) {
      const issues: Issue[] = []
      for (const [index, input] of inputs.entries()) {
        if (issues.length >= MAX_ISSUES) break
        issues.push(...(plan.validateCreate(input, `/${index}`) ?? []))
      }
      if (issues.length > 0) throw validationError(issues.slice(0, MAX_ISSUES))
      turn.write()
      return turn.atomically(() => inputs.map((input, index) => insert(input as RawRecord, `/${index}`)))
    },
    update(id, patch, ifVersion) {
      const issues = plan.validateUpdate(patch)
      if (issues) throw validationError(issues)
      turn.write()
      const version = demanded(id, ifVersion)
      const record = patch as RawRecord
      const values: SqlValue[] = []
      for (const name in record) if (record[name] !== undefined) values.push(storedValue(plan.fields[name], record[name]))
      if (values.length === 0) return store.get(id) ?? fail(missing(id))
      values.push(isoInstant(Date.now()), id)
      if (version !== undefined) values.push(version)
      let row: unknown
      try {
        row = updateStatement(record, version !== undefined).get(...values)
      } catch (error) {
        throw turn.failed(constraintError(error, plan, record, db, ''))
      }
      if (row === undefined) throw missing(id)
      return row as StoredRecord
    },
    delete(id, ifVersion) {
      turn.write()
      demanded(id, ifVersion)
      deleteStatement ??= db.prepare(plan.delete)
      let changes: number | bigint
      try {
        changes = deleteStatement.run(id).changes
      } catch (error) {
        throw turn.failed(isInUse(error) ? inUseError(plan) : error)
      }
      if (changes === 0) throw missing(id)
    },
  }
  return store
}

/** A field's value as its column holds it. */
export function storedValue(field: FieldPlan | undefined, value: unknown): SqlValue {
  if (value === null || value === undefined) return null
  if (field?.kind === 'json' || field?.kind === 'list') return JSON.stringify(value)
  return typeof value === 'boolean' ? (value ? 1 : 0) : (value as string | number)
}

const fail = (error: Error): never => {
  throw error
}
