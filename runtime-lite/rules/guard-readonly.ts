import { isTrusted } from '../context/trusted.ts'
import { inOrder, recovering } from '../database/maybe.ts'
import { type Maybe, whenReady } from '../database/session.ts'
import type { Database } from '../object/database.ts'
import type { ObjectPlan, RawRecord } from '../object/object-plan.ts'
import type { ObjectStore, RowResult, WriteOptions } from '../object/object-store.ts'
import { readUniqueKey, uniqueKeyOf } from '../object/unique-key.ts'
import { readRecord, writeContext } from '../object/write-context.ts'
import type { Issue } from '../problem/issue.ts'
import { ObjectQLError, validationError } from '../problem/problem.ts'
import { MAX_ISSUES } from '../validate/add-issue.ts'
import { isPlainObject } from '../validate/plain-object.ts'
import { givenReadonly, NEW, readonlyIssues } from './readonly-issues.ts'

/** A field that clients only read. */
export interface ReadonlyField {
  readonly label: string
  /** What new records have in it; absent: null. Clients may say so, too. */
  readonly initial?: unknown
  /** Required, and nothing else fills it in: clients give it with the new record, and never again. */
  readonly isGivenOnce?: boolean
}

export interface ReadonlyGuard {
  /** By name. */
  readonly own: Readonly<Record<string, ReadonlyField>>
  readonly fields: readonly string[]
  /** What is wrong with a record that is written along with another one; `isCreate`: it is new. */
  issues(plan: ObjectPlan, input: RawRecord, isCreate: boolean, at: string): readonly Issue[]
  wrap(store: ObjectStore, database: Database): ObjectStore
}

/**
 * `readonly: true`: what clients give such a field has to be what it has already, and is left out of the write. It is looked at before any hook, so
 * that hooks may write the field; what they, actions and the application itself write elsewhere is not looked at.
 */
export const guardReadonly = (own: ReadonlyGuard['own']): ReadonlyGuard => ({
  own,
  fields: Object.keys(own),
  issues: (plan, input, isCreate, at) => (isTrusted() ? [] : readonlyIssues(plan, input, isCreate ? NEW : undefined, at)),
  wrap: guarded,
})

function guarded(inner: ObjectStore, database: Database): ObjectStore {
  const { plan, session } = inner
  const context = writeContext(plan, database, session)

  /** @throws ObjectQLError 422 */
  const refuse = (issues: readonly Issue[]): void => {
    if (issues.length > 0) throw validationError(issues)
  }
  const checkNew = (input: unknown, at: string): readonly Issue[] => readonlyIssues(plan, input, NEW, at)
  const checkPatch = (patch: unknown, stored: RawRecord | undefined, at: string): readonly Issue[] =>
    readonlyIssues(plan, patch, stored, at)
  const checkAll = (inputs: readonly unknown[], at: string): readonly Issue[] =>
    inputs.flatMap((input, index) => checkNew(input, `${at}/${index}`)).slice(0, MAX_ISSUES)

  /** Looks at the stored record only where the patch names such a field. */
  const checked = (id: string, patch: unknown, at: string): Maybe<undefined> => {
    if (givenReadonly(plan, patch).length === 0) return undefined
    return whenReady(readRecord(context, id), (found) => {
      // There is no such record: the write says so.
      if (found) refuse(checkPatch(patch, JSON.parse(found[0]) as RawRecord, at))
      return undefined
    })
  }

  const storedByKey = (input: RawRecord, on: readonly string[], at: string): Maybe<RawRecord | undefined> => {
    const fields = uniqueKeyOf(plan, on)
    if (fields[0] === 'id' && input['id'] === undefined && input['_id'] === undefined) return undefined
    const key = readUniqueKey(plan, fields, input, at)
    return whenReady(
      session.row(context.statements.byKey(key.fields), key.values),
      (row) => row && (JSON.parse(row[0] as string) as RawRecord),
    )
  }

  const checkUpsert = (input: unknown, on: readonly string[], at: string): Maybe<readonly Issue[]> => {
    if (!isPlainObject(input) || givenReadonly(plan, input).length === 0) return []
    const key = on.map((field) => [field, input[field]] as const)
    return whenReady(storedByKey(input, on, at), (stored) => {
      const issues = stored ? checkPatch(input, stored, at) : checkNew(input, at)
      // What names the record stays there.
      for (const [field, value] of key) if (value !== undefined) input[field] = value
      return issues
    })
  }

  /** What is wrong with one row is told of that row. */
  const createEach = (inputs: readonly unknown[], options: WriteOptions = {}): Maybe<readonly RowResult[]> => {
    const { at = '' } = options
    if (checkAll(inputs, at).length === 0) return inner.createEach(inputs, options)
    return inOrder(inputs, (input, index) =>
      recovering(
        () =>
          whenReady(
            session.atomically((within) => store.within(within).create(input, { ...options, at: `${at}/${index}`, isBulk: true })),
            (created): RowResult => ({ index, created }),
          ),
        (error): RowResult => {
          if (error instanceof ObjectQLError && error.status < 500) return { index, error }
          throw error
        },
      ),
    )
  }

  const store: ObjectStore = {
    ...inner,
    within(other) {
      const same = inner.within(other)
      return same === inner ? store : guarded(same, { ...database, session: other })
    },
    create(input, options) {
      if (!isTrusted()) refuse(checkNew(input, options?.at ?? ''))
      return inner.create(input, options)
    },
    createMany(inputs, options) {
      if (!isTrusted()) refuse(checkAll(inputs, options?.at ?? ''))
      return inner.createMany(inputs, options)
    },
    createEach: (inputs, options) => (isTrusted() ? inner.createEach(inputs, options) : createEach(inputs, options)),
    update(id, patch, ifVersion, options) {
      if (isTrusted()) return inner.update(id, patch, ifVersion, options)
      return whenReady(checked(id, patch, options?.at ?? ''), () => inner.update(id, patch, ifVersion, options))
    },
    upsert(input, on = ['id'], options = {}) {
      if (isTrusted()) return inner.upsert(input, on, options)
      return whenReady(checkUpsert(input, on, options.at ?? ''), (issues) => {
        refuse(issues)
        return inner.upsert(input, on, options)
      })
    },
    upsertMany(inputs, on = ['id'], options = {}) {
      if (isTrusted()) return inner.upsertMany(inputs, on, options)
      const each = inOrder(inputs, (input, index) => checkUpsert(input, on, `${options.at ?? ''}/${index}`))
      return whenReady(each, (issues) => {
        refuse(issues.flat())
        return inner.upsertMany(inputs, on, options)
      })
    },
    // What many records have is not looked up: nobody sends back what they read of them.
    updateMany(filter, patch, options = {}) {
      if (!isTrusted()) refuse(checkPatch(patch, undefined, options.at ?? ''))
      return inner.updateMany(filter, patch, options)
    },
    findOneAndUpdate(filter, patch, options = {}) {
      if (!isTrusted()) refuse(checkPatch(patch, undefined, options.at ?? ''))
      return inner.findOneAndUpdate(filter, patch, options)
    },
  }
  return store
}
