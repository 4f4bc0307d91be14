import type { DataAccess, ObjectAccess } from '../behaviour/behaviour.ts'
import type { RawRecord } from '../object/object-plan.ts'
import { notFound, ObjectQLError } from '../problem/problem.ts'
import { isPlainObject } from '../validate/plain-object.ts'
import type { AppCore } from './app-core.ts'
import { ObjectApi, type QueryOptions } from './object-api.ts'

/**
 * Reading and writing as hooks and actions spell it: `api.object('account').find(…)`, `api.find('account', …)`, `db.doc.get('account', id)`,
 * `ql.find('account', { filters: [['status', '=', 'open']] })`. What is in a transaction takes part in it.
 */
export function createDataAccess(core: AppCore, around?: Around): DataAccess {
  const accessByName = new Map<string, ObjectAccess>()

  function object(name: string): ObjectAccess {
    const known = accessByName.get(name)
    if (known) return known
    const resolved = core.slotByName.has(name) ? name : folded(core, name)
    const plain = createObjectAccess(core, new ObjectApi(core, resolved), resolved)
    const access = around ? wrapped(plain, around) : plain
    accessByName.set(name, access)
    return access
  }

  const access: DataAccess = {
    object,
    find: async (name, query) => object(name).find(query),
    findOne: async (name, idOrQuery) => object(name).findOne(idOrQuery),
    count: async (name, filter) => object(name).count(filter),
    create: async (name, record) => object(name).create(record),
    insert: async (name, record) => object(name).create(record),
    update: async (name, id, record) => object(name).update(id, record),
    delete: async (name, id) => object(name).delete(id),
    transaction: (work) => core.runTransaction(async () => work(access)),
    doc: {
      get: async (name, id) => object(name).get(id),
      create: async (name, record) => object(name).create(record),
      update: async (name, id, record) => object(name).update(id, record),
      delete: async (name, id) => object(name).delete(id),
    },
  }
  return access
}

/** Says who the calls are for. */
type Around = <Result>(work: () => Result) => Result

function wrapped(access: ObjectAccess, around: Around): ObjectAccess {
  const calls = Object.entries(access).map(([name, call]) => [name, (...given: readonly unknown[]) => around(() => call(...given))])
  return Object.fromEntries(calls) as ObjectAccess
}

/** Names of objects are written in any case, with or without separators. @throws ObjectQLError 404 */
function folded({ slotByName }: AppCore, name: string): string {
  const fold = (text: string): string => text.replace(/[\s_-]/g, '').toLowerCase()
  const found = [...slotByName.keys()].filter((known) => fold(known) === fold(String(name)))
  if (found.length === 1) return found[0] as string
  throw notFound(`There is no object "${String(name).slice(0, 64)}".`)
}

function createObjectAccess(core: AppCore, api: ObjectApi, name: string): ObjectAccess {
  const create = (record: object): Promise<RawRecord> => api.create(record as RawRecord)
  const orNull = async <Result, Other>(work: () => Promise<Result>, other: Other): Promise<Result | Other> => {
    try {
      return await work()
    } catch (error) {
      if (error instanceof ObjectQLError && error.status === 404) return other
      throw error
    }
  }
  return {
    find: async (query = {}) => [...(await api.find(queryOf(query))).items],
    async findOne(idOrQuery) {
      if (typeof idOrQuery === 'string') return api.get(idOrQuery)
      const { items } = await api.find({ ...queryOf(idOrQuery), limit: 1 })
      return items[0] ?? null
    },
    get: (id) => api.get(id),
    count: async (filter = {}) => {
      const where = whereOf(filter)
      return api.count(where === undefined ? {} : { where })
    },
    create,
    insert: create,
    update: (id, record) => api.update(id, record as RawRecord),
    updateMany: (filter, record) => api.updateMany(whereOf(filter) ?? {}, record as RawRecord),
    upsert: (record, options) => api.upsert(record as RawRecord, options),
    delete: (id) => orNull(async () => api.delete(id).then(() => true), false),
    deleteMany: (filter) => api.deleteMany(whereOf(filter) ?? {}),
    execute: async (action, id, params = {}) => (await core.actions()).run({ object: name, action, id, params }),
  }
}

const QUERY_KEYS: ReadonlySet<string> = new Set([
  ...['where', 'filter', 'filters', '$filter', 'orderBy', 'sort', '$orderby', 'select', 'fields', '$select', 'expand', '$expand', 'limit'],
  ...['top', '$top', 'offset', 'skip', '$skip', 'cursor', 'search', 'distinct', 'groupBy', 'aggregate', 'aggregations', 'having', 'count'],
])

const isQuery = (value: object): boolean => Object.keys(value).every((key) => QUERY_KEYS.has(key))

/** A query as a document; a list is a filter, and so is an object that names fields only. */
const queryOf = (query: object): QueryOptions => (isPlainObject(query) && isQuery(query) ? query : { where: query })

/** The filter of a query document, or what is a filter itself. */
function whereOf(filter: object): unknown {
  if (!isPlainObject(filter) || !isQuery(filter)) return filter
  return filter['where'] ?? filter['filters'] ?? filter['filter'] ?? filter['$filter']
}
