import type { Around } from '../behaviour/around.ts'
import { inOrder } from '../database/maybe.ts'
import { type Maybe, whenReady } from '../database/session.ts'
import type { Issue } from '../problem/issue.ts'
import { validationError } from '../problem/problem.ts'
import { withWarnings } from '../rules/with-warnings.ts'
import { ownValue } from '../validate/plain-object.ts'
import { changeRecord, deleteRecord } from './change-record.ts'
import { insertRecord, insertRecords } from './insert-records.ts'
import type { ObjectPlan, RawRecord } from './object-plan.ts'
import type { ChildStep, LookupStep, NestedWrite, Picked } from './read-nested-write.ts'
import { type Created, readRecord, type StoredRecord, type WriteContext, within, writeContext } from './write-context.ts'

/** Creates a record and what hangs on it: first what it refers to, then itself, then what refers to it. All or nothing. */
export function createNested(context: WriteContext, write: NestedWrite): Maybe<Created> {
  return context.session.atomically((session) => {
    const inner = collecting(within(context, session))
    return whenReady(createInside(inner, write), ({ id, record }): Created => ({ id, record: withCollected(context, inner, record) }))
  })
}

type Collecting = WriteContext & Required<Pick<WriteContext, 'warnings'>>

const collecting = (context: WriteContext): Collecting => ({ ...context, warnings: [] })

/** What rules say about any of the records is told with the outermost one. */
const withCollected = (outer: WriteContext, { warnings }: Collecting, record: StoredRecord): StoredRecord =>
  withWarnings(outer, record, warnings)

function createInside(context: WriteContext, write: NestedWrite): Maybe<Created> {
  return whenReady(resolveLookups(context, write), () => insertWithChildren(context, write, write.values))
}

const insertWithChildren = (context: WriteContext, write: NestedWrite, values: RawRecord): Maybe<Created> =>
  whenReady(insertRecord(context, values, write.at), (created) =>
    whenReady(writeChildren(context, write, created.id), () =>
      whenReady(recordAfter(context, write, created.id), (record): Created => (record ? { id: created.id, record } : created)),
    ),
  )

/** The hooks of an object that is written along; those of the outermost one are around everything already. */
const hooksOf = ({ plan, database }: WriteContext): Around | undefined => (plan.behaviour ? database.behaviours.around : undefined)

/** As `createInside`, with the hooks of the object. */
function createRelated(context: WriteContext, write: NestedWrite): Maybe<Created> {
  const hooks = hooksOf(context)
  if (!hooks) return createInside(context, write)
  return whenReady(resolveLookups(context, write), () =>
    hooks.create(context, write.values, (data) =>
      insertWithChildren(context, write, valid(context.plan.validateCreate(data, write.at), data)),
    ),
  )
}

function updateRelated(context: WriteContext, id: string, write: NestedWrite): Maybe<StoredRecord> {
  const hooks = hooksOf(context)
  if (!hooks) return updateInside(context, id, write)
  return hooks.update(context, id, write.values, (data) =>
    updateInside(context, id, { ...write, values: valid(context.plan.validateUpdate(data, write.at), data) }),
  )
}

/** What a hook made of a record has to be valid too. */
function valid(issues: readonly Issue[] | undefined, data: RawRecord): RawRecord {
  if (issues) throw validationError(issues)
  return data
}

/** Changes a record and what hangs on it. All or nothing. */
export function updateNested(context: WriteContext, id: string, write: NestedWrite, ifVersion?: readonly number[]): Maybe<StoredRecord> {
  return context.session.atomically((session) => {
    const inner = collecting(within(context, session))
    return whenReady(updateInside(inner, id, write, ifVersion), (record) => withCollected(context, inner, record))
  })
}

function updateInside(context: WriteContext, id: string, write: NestedWrite, ifVersion?: readonly number[]): Maybe<StoredRecord> {
  return whenReady(resolveLookups(context, write), () =>
    whenReady(changeRecord(context, id, write, { ifVersion, at: write.at }), (record) =>
      whenReady(writeChildren(context, write, id), () => whenReady(recordAfter(context, write, id), (after) => after ?? record)),
    ),
  )
}

/** The record again where what hangs on it counts for its roll-ups. */
const recordAfter = (context: WriteContext, { children }: NestedWrite, id: string): Maybe<StoredRecord | undefined> =>
  context.plan.summaries && children.length > 0 ? readRecord(context, id) : undefined

const related = ({ database, session, warnings }: WriteContext, plan: ObjectPlan): WriteContext => ({
  ...writeContext(plan, database, session),
  ...(warnings ? { warnings } : {}),
})

function resolveLookups(context: WriteContext, { lookups, values }: NestedWrite): Maybe<unknown> {
  return inOrder(lookups, (step) =>
    whenReady(lookupId(related(context, step.target), step), (id) => {
      values[step.field] = id
      return undefined
    }),
  )
}

function lookupId(context: WriteContext, { create, connect, at }: LookupStep): Maybe<string> {
  if (create) return whenReady(createRelated(context, create), ({ id }) => id)
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
  const link = (id: string, value: string | null, at: string): Maybe<StoredRecord> =>
    updateRelated(context, id, { plan: context.plan, values: { [field]: value }, increments: [], lookups: [], children: [], at })
  const remove = (id: string): Maybe<undefined> => {
    const hooks = hooksOf(context)
    return hooks ? hooks.remove(context, id, () => deleteRecord(context, id)) : deleteRecord(context, id)
  }
  const steps: readonly (() => Maybe<unknown>)[] = [
    () => inOrder(step.disconnect, (picked) => whenReady(own(picked), (id) => link(id, null, picked.at))),
    () => inOrder(step.delete, (picked) => whenReady(own(picked), remove)),
    () => inOrder(step.connect, (picked) => whenReady(pickedRecord(context, picked), ({ id }) => link(id, parent, picked.at))),
    () =>
      inOrder(step.update, ({ id, write }) =>
        whenReady(own({ key: { fields: ['id'], values: [id] }, at: `${write.at}/id` }), () => updateRelated(context, id, write)),
      ),
    () => createChildren(context, step, parent),
  ]
  return inOrder(steps, (run) => run())
}

/** Children without relations of their own are inserted together. */
function createChildren(context: WriteContext, { create, field }: ChildStep, parent: string): Maybe<unknown> {
  for (const write of create) write.values[field] = parent
  if (create.length === 0) return undefined
  if (hooksOf(context) || create.some(({ lookups, children }) => lookups.length > 0 || children.length > 0))
    return inOrder(create, (write) => createRelated(context, write))
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
