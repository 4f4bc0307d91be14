import { inOrder } from '../database/maybe.ts'
import { type Maybe, whenReady } from '../database/session.ts'
import { notFound, ObjectQLError } from '../problem/problem.ts'
import { isPlainObject } from '../validate/plain-object.ts'
import type { Allows } from './allows.ts'
import { listValues } from './id-list.ts'
import type { ObjectPlan, RawRecord } from './object-plan.ts'
import type { ObjectStore } from './object-store.ts'
import { printReferring } from './summary/print-summary.ts'
import { type Created, missingRecord } from './write-context.ts'

export interface CloneOptions {
  /** Relations to many records whose records are cloned along: `['lines']`. */
  readonly children?: readonly string[]
  /** Which operations on related objects it may do. Default: all. */
  readonly allows?: Allows | undefined
}

/** Records of one relation that are cloned along at most. */
const MAX_CHILDREN = 1_000

/**
 * Creates a record like another one, all or nothing. `overrides` are what is different. Unique fields are left out unless they are among
 * these, and numbers are made anew.
 * @throws ObjectQLError 404, 409, 422 naming the fields that need a value of their own.
 */
export function cloneRecord(
  store: ObjectStore,
  id: string,
  overrides: unknown,
  { children = [], allows }: CloneOptions = {},
): Maybe<Created> {
  const { plan } = store
  if (plan.isClonable === false) throw notFound(`Records of ${plan.label} are not cloned.`)
  if (!isPlainObject(overrides))
    throw new ObjectQLError(400, 'INVALID_REQUEST', 'What is different in the clone is an object, {} for nothing.')
  for (const name of children)
    if (!plan.children || !Object.hasOwn(plan.children, name))
      throw new ObjectQLError(400, 'INVALID_REQUEST', `${plan.label} has no relation "${String(name).slice(0, 64)}" to many records.`)
  return store.session.atomically((session) => {
    const inner = store.within(session)
    return whenReady(inner.get(id), (found) => {
      if (!found) throw missingRecord(plan, id)
      const input = { ...copied(plan, JSON.parse(found[0]) as RawRecord), ...overrides }
      return whenReady(inner.create(input, { allows }), (created) =>
        whenReady(
          inOrder(children, (name) => cloneChildren(inner, name, { from: id, to: created.id, allows })),
          (): Maybe<Created> => {
            if (!plan.summaries || children.length === 0) return created
            return whenReady(inner.get(created.id), (record): Created => ({ id: created.id, record: record ?? created.record }))
          },
        ),
      )
    })
  })
}

interface Move {
  readonly from: string
  readonly to: string
  readonly allows: Allows | undefined
}

function cloneChildren(parent: ObjectStore, name: string, { from, to, allows }: Move): Maybe<unknown> {
  const relation = parent.plan.children?.[name]
  if (!relation) return undefined
  const { object, field } = relation
  const { session } = parent
  const store = parent.beside(object)
  const referring = printReferring(store.plan, field, session.dialect)
  return whenReady(session.run(referring, listValues(referring, [from])), ({ rows }) => {
    if (rows.length > MAX_CHILDREN)
      throw new ObjectQLError(400, 'INVALID_REQUEST', `"${name}" has ${rows.length} records and at most ${MAX_CHILDREN} are cloned along.`)
    const ids = rows.map(([child]) => String(child)).sort()
    return inOrder(ids, (child) =>
      whenReady(
        store.get(child),
        (found) => found && store.create({ ...copied(store.plan, JSON.parse(found[0]) as RawRecord), [field]: to }, { allows }),
      ),
    )
  })
}

/** The fields of a record that another one can have, too. */
function copied(plan: ObjectPlan, record: RawRecord): RawRecord {
  const unique = plan.uniqueKeys.flatMap((key) => (key.length === 1 ? key : []))
  const own = new Set(['id', 'created_at', 'updated_at', ...unique, ...(plan.guard?.fields ?? [])])
  const input = Object.fromEntries(Object.entries(record).filter(([name]) => !own.has(name)))
  const computed = plan.validateCreate(input)?.filter(({ code }) => code === 'read_only') ?? []
  for (const { pointer } of computed) delete input[pointer.slice(1).replaceAll('~1', '/').replaceAll('~0', '~')]
  return input
}
