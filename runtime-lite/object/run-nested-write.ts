import { inOrder } from '../database/maybe.ts'
import { type Maybe, whenReady } from '../database/session.ts'
import { validationError } from '../problem/problem.ts'
import { ownValue } from '../validate/plain-object.ts'
import { changeRecord, deleteRecord } from './change-record.ts'
import { insertRecord, insertRecords } from './insert-records.ts'
import type { ObjectPlan, RawRecord } from './object-plan.ts'
import type { ChildStep, LookupStep, NestedWrite, Picked } from './read-nested-write.ts'
import { type Created, type StoredRecord, type WriteContext, within, writeContext } from './write-context.ts'

/** Creates a record and what hangs on it: first what it refers to, then itself, then what refers to it. All or nothing. */
export function createNested(context: WriteContext, write: NestedWrite): Maybe<Created> {
  return context.session.atomically((session) => createInside(within(context, session), write))
}

function createInside(context: WriteContext, write: NestedWrite): Maybe<Created> {
  return whenReady(resolveLookups(context, write), () =>
    whenReady(insertRecord(context, write.values, write.at), (created) =>
      whenReady(writeChildren(context, write, created.id), () => created),
    ),
  )
}

/** Changes a record and what hangs on it. All or nothing. */
export function updateNested(context: WriteContext, id: string, write: NestedWrite, ifVersion?: readonly number[]): Maybe<StoredRecord> {
  return context.session.atomically((session) => updateInside(within(context, session), id, write, ifVersion))
}

function updateInside(context: WriteContext, id: string, write: NestedWrite, ifVersion?: readonly number[]): Maybe<StoredRecord> {
  return whenReady(resolveLookups(context, write), () =>
    whenReady(changeRecord(context, id, write, { ifVersion, at: write.at }), (record) =>
      whenReady(writeChildren(context, write, id), () => record),
    ),
  )
}

const related = ({ database, session }: WriteContext, plan: ObjectPlan): WriteContext => writeContext(plan, database, session)

function resolveLookups(context: WriteContext, { lookups, values }: NestedWrite): Maybe<unknown> {
  return inOrder(lookups, (step) =>
    whenReady(lookupId(related(context, step.target), step), (id) => {
      values[step.field] = id
      return undefined
    }),
  )
}

function lookupId(context: WriteContext, { create, connect, at }: LookupStep): Maybe<string> {
  if (create) return whenReady(createInside(context, create), ({ id }) => id)
  return whenReady(pickedRecord(context, { key: connect as NonNullable<typeof connect>, at }), ({ id }) => id)
}

interface PickedRecord {
  readonly id: string
  readonly record: RawRecord
}

/** @throws ObjectQLError 422 when there is no such record. */
function pickedRecord({ plan, session, statements }: WriteContext, { key, at }: Picked): Maybe<PickedRecord> {
  return whenReady(session.row(statements.byKey(key.fields), key.values), (row) => {
    if (row) return { id: String(row[2]), record: JSON.parse(row[0] as string) as RawRecord }
    const named = key.fields.map((field, index) => `${field} ${JSON.stringify(String(key.values[index]).slice(0, 64))}`).join(' and ')
    throw validationError([{ pointer: at, code: 'reference', message: `There is no ${plan.label} with ${named}.` }])
  })
}

function writeChildren(context: WriteContext, { children }: NestedWrite, parent: string): Maybe<unknown> {
  return inOrder(children, (step) => runChildStep(related(context, step.plan), step, parent))
}

function runChildStep(context: WriteContext, step: ChildStep, parent: string): Maybe<unknown> {
  const { field } = step
  const own = (picked: Picked): Maybe<string> =>
    whenReady(pickedRecord(context, picked), (found) => belonging(context, field, parent, found, picked.at))
  const link = (id: string, value: string | null, at: string) =>
    changeRecord(context, id, { values: { [field]: value }, increments: [] }, { at })
  const steps: readonly (() => Maybe<unknown>)[] = [
    () => inOrder(step.disconnect, (picked) => whenReady(own(picked), (id) => link(id, null, picked.at))),
    () => inOrder(step.delete, (picked) => whenReady(own(picked), (id) => deleteRecord(context, id))),
    () => inOrder(step.connect, (picked) => whenReady(pickedRecord(context, picked), ({ id }) => link(id, parent, picked.at))),
    () =>
      inOrder(step.update, ({ id, write }) =>
        whenReady(own({ key: { fields: ['id'], values: [id] }, at: `${write.at}/id` }), () => updateInside(context, id, write)),
      ),
    () => createChildren(context, step, parent),
  ]
  return inOrder(steps, (run) => run())
}

/** Children without relations of their own are inserted together. */
function createChildren(context: WriteContext, { create, field }: ChildStep, parent: string): Maybe<unknown> {
  for (const write of create) write.values[field] = parent
  if (create.length === 0) return undefined
  if (create.some(({ lookups, children }) => lookups.length > 0 || children.length > 0))
    return inOrder(create, (write) => createInside(context, write))
  return insertRecords(
    context,
    create.map(({ values }) => values),
    (index) => create[index]?.at ?? '',
  )
}

/** Records of another parent are not touched. */
function belonging({ plan }: WriteContext, field: string, parent: string, { id, record }: PickedRecord, at: string): string {
  if (ownValue(record, field) === parent) return id
  throw validationError([{ pointer: at, code: 'reference', message: `This ${plan.label} does not belong to the record.` }])
}
