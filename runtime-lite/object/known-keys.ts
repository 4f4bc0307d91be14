import { inOrder } from '../database/maybe.ts'
import { type Maybe, whenReady } from '../database/session.ts'
import { ObjectQLError } from '../problem/problem.ts'
import type { ObjectPlan, RawRecord } from './object-plan.ts'
import { storedValue } from './stored-value.ts'
import { readUniqueKey, type UniqueKey } from './unique-key.ts'
import type { Created, WriteContext } from './write-context.ts'

/** What is known of one input before it is written. */
export interface KnownKey {
  readonly key: UniqueKey
  /** The record with this key. Undefined: there is none. */
  readonly id: string | undefined
}

/** Records with the keys of many inputs, read at once. */
export interface KnownKeys {
  /** Undefined: nothing is known, look it up. */
  of(index: number): KnownKey | undefined
  /** What became of an input. Those behind it with the same key find that record. */
  written(index: number, created: Created): void
}

/** Numbers of keys a statement is printed for, so that few are prepared. */
const SIZES = [4, 16, 64, 256, 500] as const

/** Inputs whose records are read by one statement. */
export const LOOKED_UP_AT_ONCE = 500

const textOf = (values: UniqueKey['values']): string => JSON.stringify(values)

/** Whether the input names a record: without an id it is a new one. */
export const namesRecord = (fields: readonly string[], input: RawRecord): boolean =>
  fields[0] !== 'id' || input['id'] !== undefined || input['_id'] !== undefined

/** `indexes`: at most LOOKED_UP_AT_ONCE of the inputs. Undefined: there is nothing to gain. */
export function readKnownKeys(
  context: WriteContext,
  inputs: readonly RawRecord[],
  fields: readonly string[],
  indexes: readonly number[],
): Maybe<KnownKeys | undefined> {
  const { plan } = context
  const keys = new Map<number, UniqueKey>()
  for (const index of indexes) {
    const key = keyOf(plan, fields, inputs[index] as RawRecord)
    if (key) keys.set(index, key)
  }
  const distinct = new Map([...keys.values()].map((key) => [textOf(key.values), key]))
  if (distinct.size < 2) return undefined
  return whenReady(readIds(context, fields, [...distinct.values()]), (found) => {
    const ids = new Map<string, string>()
    for (const { id, values } of found) ids.set(textOf(values), id)
    // The database spells a value differently: which record belongs to which input is not known.
    if ([...ids.keys()].some((text) => !distinct.has(text))) return undefined
    let isStale = false
    return {
      of(index) {
        const key = keys.get(index)
        return key && !isStale ? { key, id: ids.get(textOf(key.values)) } : undefined
      },
      written(index, { id, record }) {
        const key = keys.get(index)
        if (!key || isStale) return
        const text = textOf(key.values)
        // A hook may have given it another key, which may be that of an input behind it.
        if (fields[0] !== 'id' && textOf(storedKey(plan, fields, record[0])) !== text) isStale = true
        ids.set(text, id)
      },
    }
  })
}

/** What is no key is refused in its turn. */
function keyOf(plan: ObjectPlan, fields: readonly string[], input: RawRecord): UniqueKey | undefined {
  if (!namesRecord(fields, input)) return undefined
  try {
    return readUniqueKey(plan, fields, input, '')
  } catch (error) {
    if (error instanceof ObjectQLError && error.status === 422) return undefined
    throw error
  }
}

function storedKey(plan: ObjectPlan, fields: readonly string[], json: string): UniqueKey['values'] {
  const record = JSON.parse(json) as RawRecord
  return fields.map((field) => storedValue(plan.fields[field], record[field]))
}

interface FoundKey {
  readonly id: string
  readonly values: UniqueKey['values']
}

function readIds(context: WriteContext, fields: readonly string[], keys: readonly UniqueKey[]): Maybe<readonly FoundKey[]> {
  const { session, statements, plan } = context
  if (fields[0] === 'id') {
    const ids = JSON.stringify(keys.map(({ values }) => values[0]))
    return whenReady(session.run(statements.byIds, [ids]), ({ rows }) =>
      rows.map((row) => ({ id: String(row[2]), values: [String(row[2])] })),
    )
  }
  const most = Math.max(1, Math.floor(session.dialect.maxParameters / fields.length))
  const chunks: (readonly UniqueKey[])[] = []
  for (let start = 0; start < keys.length; start += most) chunks.push(keys.slice(start, start + most))
  const found = inOrder(chunks, (chunk) => {
    const size = Math.min(SIZES.find((count) => count >= chunk.length) ?? most, most)
    // The last one fills up the statement.
    const values = Array.from({ length: size }, (_, at) => chunk[Math.min(at, chunk.length - 1)] as UniqueKey).flatMap((key) => key.values)
    return whenReady(session.run(statements.byKeys(fields, size), values), ({ rows }) =>
      rows.map((row): FoundKey => ({ id: String(row[2]), values: storedKey(plan, fields, row[0] as string) })),
    )
  })
  return whenReady(found, (all) => all.flat())
}
