import { middlewareBug } from '../middleware/middleware-bug.ts'
import type { RawRecord } from '../object/object-plan.ts'
import type { Created, StoredRecord } from '../object/write-context.ts'
import { keepingWarnings, recordWritten } from '../rules/with-warnings.ts'
import { isPlainObject } from '../validate/plain-object.ts'
import type { HookContext } from './hook-context.ts'
import type { Seen } from './through-middleware.ts'

/** The version of a record that no statement gave. */
const UNKNOWN_VERSION = 0

function recordGiven(shown: unknown): RawRecord {
  if (!isPlainObject(shown)) throw middlewareBug('Middleware around a write gave no record: return what next() gives, or a record.')
  return shown
}

/** Middleware around writes sees the record that was written. */
export const STORED: Seen<StoredRecord> = {
  shown: ([json]) => recordWritten(json),
  changed: (stored, shown) => [keepingWarnings(stored, recordGiven(shown)), stored?.[1] ?? UNKNOWN_VERSION],
}

export const CREATED: Seen<Created> = {
  shown: ({ record: [json] }) => recordWritten(json),
  changed(created, shown) {
    const record = recordGiven(shown)
    const id = created?.id ?? record['id']
    if (typeof id !== 'string' || id === '') throw middlewareBug('Middleware that answers a creation by itself gives a record with an id.')
    return { id, record: [keepingWarnings(created?.record, record), created?.record[1] ?? UNKNOWN_VERSION] }
  },
}

/** Around deletions it sees what was deleted, as far as that was read; what it gives is told to nobody. */
export const removedRecord = (hooks: HookContext): Seen<undefined> => ({
  shown: () => hooks.result,
  changed: () => undefined,
  isOptional: true,
})
