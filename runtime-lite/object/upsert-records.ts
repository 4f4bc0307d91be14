import { inOrder, recovering } from '../database/maybe.ts'
import { type Maybe, whenReady } from '../database/session.ts'
import { ObjectQLError } from '../problem/problem.ts'
import type { ObjectPlan, RawRecord } from './object-plan.ts'
import { readUniqueKey, type UniqueKey, uniqueKeyOf } from './unique-key.ts'
import { type Created, type StoredRecord, type WriteContext, within } from './write-context.ts'

export interface Upserted extends Created {
  readonly isCreated: boolean
}

/** How the parts are done: nested writes and amounts in them included. */
export interface UpsertSteps {
  create(context: WriteContext, input: RawRecord, at: string): Maybe<Created>
  update(context: WriteContext, id: string, patch: RawRecord, at: string): Maybe<StoredRecord>
}

/** How often somebody else may create the record in between. */
const ATTEMPTS = 3

/**
 * Changes the record with the same key, or creates it. `on` are fields of a unique key, default `id`. What is created is checked as for
 * create, what is changed as for update.
 */
export function upsertRecord(
  context: WriteContext,
  input: RawRecord,
  on: readonly string[],
  at: string,
  steps: UpsertSteps,
  attempt = 1,
): Maybe<Upserted> {
  const fields = uniqueKeyOf(context.plan, on)
  const isNew = fields[0] === 'id' && input['id'] === undefined && input['_id'] === undefined
  const key = isNew ? undefined : readUniqueKey(context.plan, fields, input, at)
  return recovering(
    () =>
      context.session.atomically((session) => {
        const inner = within(context, session)
        return whenReady(key && existingId(inner, key), (id): Maybe<Upserted> => {
          if (id === undefined) return whenReady(steps.create(inner, input, at), (created): Upserted => ({ ...created, isCreated: true }))
          return whenReady(steps.update(inner, id, withoutKey(input, id), at), (record): Upserted => ({ id, record, isCreated: false }))
        })
      }),
    (error) => {
      // Somebody else may have created it since we looked: then there is one to change.
      const isTaken = error instanceof ObjectQLError && error.status === 409 && key !== undefined && attempt < ATTEMPTS
      if (!isTaken) throw error
      return whenReady(existingId(context, key), (id) => {
        if (id === undefined) throw error
        return upsertRecord(context, input, on, at, steps, attempt + 1)
      })
    },
  )
}

/** One after the other, all or none. The results are in the order of the input. */
export function upsertRecords(
  context: WriteContext,
  inputs: readonly RawRecord[],
  on: readonly string[],
  pointerOf: (index: number) => string,
  steps: UpsertSteps,
): Maybe<readonly Upserted[]> {
  const order = lockOrder(context, inputs, on)
  return whenReady(
    context.session.atomically((session) =>
      inOrder(order, (index) => upsertRecord(within(context, session), inputs[index] as RawRecord, on, pointerOf(index), steps)),
    ),
    (done) => {
      const results: Upserted[] = []
      for (const [place, index] of order.entries()) results[index] = done[place] as Upserted
      return results
    },
  )
}

/**
 * Positions in the order of the keys: two calls that change the same records in different orders would wait for each other, until the
 * database gives one of them up. Where a record may need one that stands before it, the order stays, as on SQLite, where nobody waits.
 */
function lockOrder({ plan, session }: WriteContext, inputs: readonly RawRecord[], on: readonly string[]): readonly number[] {
  const positions = inputs.map((_, index) => index)
  const isFree = session.dialect.name !== 'sqlite' && !refersToItself(plan) && inputs.every((input) => isFlat(plan, input))
  if (!isFree) return positions
  const keys = inputs.map((input) => JSON.stringify(on.map((field) => input[field] ?? null)))
  return positions.sort((a, b) => compare(keys[a] as string, keys[b] as string))
}

const refersToItself = ({ name, fields }: ObjectPlan): boolean => Object.values(fields).some(({ target }) => target === name)

/** A record without others written along. What is no record is refused in its turn. */
export const isFlat = ({ fields, children = {} }: ObjectPlan, input: unknown): boolean =>
  typeof input === 'object' &&
  input !== null &&
  Object.entries(input).every(([name, value]) =>
    Object.hasOwn(fields, name)
      ? fields[name]?.target === undefined || value === null || typeof value !== 'object'
      : !Object.hasOwn(children, name),
  )

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const existingId = ({ session, statements }: WriteContext, { fields, values }: UniqueKey): Maybe<string | undefined> =>
  whenReady(session.row(statements.byKey(fields), values), (row) => (row ? String(row[2]) : undefined))

/** The id of the record cannot be changed, but naming it changes nothing. */
function withoutKey(input: RawRecord, id: string): RawRecord {
  const { id: given, _id: older, ...rest } = input
  if (given !== undefined && given !== id) return input
  return older !== undefined && older !== id ? input : rest
}
