import { inOrder, recovering } from '../database/maybe.ts'
import { type Maybe, whenReady } from '../database/session.ts'
import { ObjectQLError } from '../problem/problem.ts'
import { type KnownKey, type KnownKeys, LOOKED_UP_AT_ONCE, namesRecord, readKnownKeys } from './known-keys.ts'
import type { ObjectPlan, RawRecord } from './object-plan.ts'
import { readUniqueKey, type UniqueKey, uniqueKeyOf } from './unique-key.ts'
import { type UpsertChunk, type Upserted, upsertTogether } from './upsert-together.ts'
import { type Created, type StoredRecord, type WriteContext, within } from './write-context.ts'

/** How the parts are done: nested writes and amounts in them included. */
export interface UpsertSteps {
  /** A step writes no other records of the object: hooks may. */
  readonly isAlone: boolean
  /** Nothing but the statements: there are no hooks. */
  readonly isPlain?: true
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
  { known, attempt = 1 }: { readonly known?: KnownKey | undefined; readonly attempt?: number } = {},
): Maybe<Upserted> {
  const fields = uniqueKeyOf(context.plan, on)
  const key = known?.key ?? (namesRecord(fields, input) ? readUniqueKey(context.plan, fields, input, at) : undefined)
  return recovering(
    () =>
      context.session.atomically((session) => {
        const inner = within(context, session)
        return whenReady(known ? known.id : key && existingId(inner, key), (id): Maybe<Upserted> => {
          if (id === undefined) return whenReady(steps.create(inner, input, at), (created): Upserted => ({ ...created, isCreated: true }))
          return whenReady(steps.update(inner, id, withoutKey(input, id), at), (record): Upserted => ({ id, record, isCreated: false }))
        })
      }),
    (error) => {
      // Somebody else may have created it since we looked: then there is one to change.
      const status = error instanceof ObjectQLError && attempt < ATTEMPTS ? error.status : undefined
      // Or deleted what was there.
      const isGone = status === 404 && known?.id !== undefined
      if (key === undefined || !(isGone || status === 409)) throw error
      return whenReady(existingId(context, key, true), (id) => {
        if (isGone ? id === known.id : id === undefined) throw error
        return upsertRecord(context, input, on, at, steps, { known: { key, id }, attempt: attempt + 1 })
      })
    },
  )
}

/** One after the other, all or none; which of them there are is looked up for many at once. The results are in the order of the input. */
export function upsertRecords(
  context: WriteContext,
  inputs: readonly RawRecord[],
  on: readonly string[],
  pointerOf: (index: number) => string,
  steps: UpsertSteps,
): Maybe<readonly Upserted[]> {
  const { plan } = context
  const isFree = !refersToItself(plan) && inputs.every((input) => isFlat(plan, input))
  const order = lockOrder(context, inputs, on, isFree)
  const chunks: (readonly number[])[] = []
  for (let start = 0; start < order.length; start += LOOKED_UP_AT_ONCE) chunks.push(order.slice(start, start + LOOKED_UP_AT_ONCE))
  const chunkOf = (indexes: readonly number[], known: KnownKeys): UpsertChunk => ({
    ...{ inputs, indexes, known, pointerOf, key: uniqueKeyOf(plan, on) },
    patchOf: (index, id) => withoutKey(inputs[index] as RawRecord, id),
  })
  return context.session.atomically((session) => {
    const inner = within(context, session)
    const results: Upserted[] = []
    const written = inOrder(chunks, (chunk) =>
      whenReady(isFree && steps.isAlone ? readKnownKeys(inner, inputs, uniqueKeyOf(plan, on), chunk) : undefined, (known) =>
        whenReady(known && steps.isPlain ? upsertTogether(inner, chunkOf(chunk, known)) : undefined, (together) => {
          if (together) {
            for (const [index, done] of together) results[index] = done
            return undefined
          }
          return inOrder(chunk, (index) =>
            whenReady(upsertRecord(inner, inputs[index] as RawRecord, on, pointerOf(index), steps, { known: known?.of(index) }), (done) => {
              known?.written(index, done)
              results[index] = done
            }),
          )
        }),
      ),
    )
    return whenReady(written, () => results)
  })
}

/**
 * Positions in the order of the keys: two calls that change the same records in different orders would wait for each other, until the
 * database gives one of them up. Where a record may need one that stands before it, the order stays, as on SQLite, where nobody waits.
 */
function lockOrder({ session }: WriteContext, inputs: readonly RawRecord[], on: readonly string[], isFree: boolean): readonly number[] {
  const positions = inputs.map((_, index) => index)
  if (!isFree || session.dialect.name === 'sqlite') return positions
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

const existingId = ({ session, statements }: WriteContext, { fields, values }: UniqueKey, isLocked = false): Maybe<string | undefined> =>
  whenReady(session.row(statements.byKey(fields, isLocked), values), (row) => (row ? String(row[2]) : undefined))

/** The id of the record cannot be changed, but naming it changes nothing. */
function withoutKey(input: RawRecord, id: string): RawRecord {
  const { id: given, _id: older, ...rest } = input
  if (given !== undefined && given !== id) return input
  return older !== undefined && older !== id ? input : rest
}
