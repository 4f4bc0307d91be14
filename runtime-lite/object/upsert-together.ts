import { recovering } from '../database/maybe.ts'
import { type Maybe, whenReady } from '../database/session.ts'
import { ObjectQLError } from '../problem/problem.ts'
import { changeRecords, type RecordChange } from './change-records.ts'
import { insertRecords } from './insert-records.ts'
import type { KnownKeys } from './known-keys.ts'
import type { ObjectPlan, RawRecord } from './object-plan.ts'
import { type Created, type StoredRecord, storedRecord, type WriteContext, within } from './write-context.ts'

export interface Upserted extends Created {
  readonly isCreated: boolean
}

/** Some of the inputs of one call. */
export interface UpsertChunk {
  readonly inputs: readonly RawRecord[]
  /** Which of them, in the order in which records are locked. */
  readonly indexes: readonly number[]
  /** The fields of the unique key. */
  readonly key: readonly string[]
  readonly known: KnownKeys
  pointerOf(index: number): string
  /** The record without what names it. */
  patchOf(index: number, id: string): RawRecord
}

interface Parts {
  readonly created: readonly number[]
  readonly changed: readonly (RecordChange & { readonly index: number })[]
}

/** Fewer are written one by one. */
const FEW = 4

/**
 * Creates and changes records in few statements, where that cannot be told from one after the other: there are no hooks and no rules, no two inputs have
 * the same key, and no change touches another unique key. Undefined, nothing done: something stands against it, or the database refused; one after the
 * other tells what it is, and at which record.
 */
export function upsertTogether(context: WriteContext, chunk: UpsertChunk): Maybe<ReadonlyMap<number, Upserted> | undefined> {
  const parts = partsOf(context.plan, chunk)
  if (!parts) return undefined
  return recovering<ReadonlyMap<number, Upserted> | undefined>(
    () => context.session.atomically((session) => writeParts(within(context, session), chunk, parts)),
    (error) => {
      if (error === STAND_BACK || (error instanceof ObjectQLError && error.status < 500)) return undefined
      throw error
    },
  )
}

/** Thrown inside of the savepoint, which it undoes. */
const STAND_BACK = new Error('One after the other.')

function partsOf(plan: ObjectPlan, { inputs, indexes, key, known, pointerOf, patchOf }: UpsertChunk): Parts | undefined {
  if (indexes.length < FEW || plan.rules || plan.trash) return undefined
  const others = new Set(plan.uniqueKeys.flat().filter((field) => !key.includes(field)))
  const seen = new Set<string>()
  const created: number[] = []
  const changed: (RecordChange & { readonly index: number })[] = []
  for (const index of indexes) {
    const found = known.of(index)
    if (!found) return undefined
    seen.add(JSON.stringify(found.key.values))
    const at = pointerOf(index)
    if (found.id === undefined) {
      if (plan.validateCreate(inputs[index], at)) return undefined
      created.push(index)
      continue
    }
    const values = patchOf(index, found.id)
    if (plan.validateUpdate(values, at) || Object.keys(values).some((field) => others.has(field))) return undefined
    changed.push({ index, id: found.id, values })
  }
  return seen.size === indexes.length ? { created, changed } : undefined
}

function writeParts(context: WriteContext, chunk: UpsertChunk, { created, changed }: Parts): Maybe<ReadonlyMap<number, Upserted>> {
  const results = new Map<number, Upserted>()
  return whenReady(changeAll(context, changed), (records) => {
    for (const { index, id } of changed) results.set(index, { id, record: records.get(id) as StoredRecord, isCreated: false })
    if (created.length === 0) return results
    const inputs = created.map((index) => chunk.inputs[index] as RawRecord)
    const inserted = insertRecords(context, inputs, (at) => chunk.pointerOf(created[at] as number))
    return whenReady(inserted, (made) => {
      for (const [at, one] of made.entries()) results.set(created[at] as number, { ...one, isCreated: true })
      return results
    })
  })
}

/** The records by id as they are then. */
function changeAll(context: WriteContext, changed: readonly RecordChange[]): Maybe<ReadonlyMap<string, StoredRecord>> {
  if (changed.length === 0) return new Map()
  const { statements } = context
  return whenReady(recordsOf(context, changed, statements.byIdsLocked), (found) => {
    // Somebody deleted one of them since its key was looked up.
    if (found.size < changed.length) throw STAND_BACK
    const done = changeRecords(context, changed, '')
    // Roll-ups or a history look at each of them.
    if (done === undefined) throw STAND_BACK
    return whenReady(done, () => recordsOf(context, changed, statements.byIds))
  })
}

function recordsOf(
  { session }: WriteContext,
  changed: readonly RecordChange[],
  statement: WriteContext['statements']['byIds'],
): Maybe<ReadonlyMap<string, StoredRecord>> {
  return whenReady(
    session.run(statement, [JSON.stringify(changed.map(({ id }) => id))]),
    ({ rows }) => new Map(rows.map((row) => [String(row[2]), storedRecord([row[0], row[1]])])),
  )
}
