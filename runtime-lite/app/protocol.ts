import type { Metadata } from '../metadata/metadata.ts'
import type { RawRecord } from '../object/object-plan.ts'
import { notFound, ObjectQLError } from '../problem/problem.ts'
import type { MetadataItem } from '../registry.ts'
import { isPlainObject } from '../validate/plain-object.ts'
import type { AppCore } from './app-core.ts'
import { ObjectApi, type QueryOptions } from './object-api.ts'

/** Untyped access to data and metadata by name. Protocol adapters (JSON-RPC, OData, GraphQL …) are written against it. */
export interface Protocol {
  /** Types in the registry: 'object', 'app', 'workflow' … */
  getMetaTypes(): Promise<readonly string[]>
  getMetaItem(type: string, name: string): Promise<MetadataItem | undefined>
  listMetaItems(type: string): Promise<readonly MetadataItem[]>
  hasObject(object: string): boolean
  /** Records that match, and how many there are in all. */
  findData(object: string, query?: QueryOptions): Promise<{ readonly value: readonly RawRecord[]; readonly count: number }>
  /** @throws ObjectQLError 404 when there is no such record. */
  getData(object: string, id: string, query?: Pick<QueryOptions, 'select' | 'expand'>): Promise<RawRecord>
  createData(object: string, data: RawRecord): Promise<RawRecord>
  updateData(object: string, id: string, data: RawRecord): Promise<RawRecord>
  /** True when the record existed. */
  deleteData(object: string, id: string): Promise<boolean>
  countData(object: string, where?: unknown): Promise<number>
  /** `object:action` of all that can be called in process: the actions of the schemas that have a handler, and registered ones. Sorted. */
  getActions(): readonly string[]
  /** `object:action`. @throws ObjectQLError 404 when no such action is registered. */
  executeAction(ref: string, params?: unknown): Promise<unknown>
}

/** `{ id, input }`, `{ id, params }`, or the parameters themselves, an `id` among them. */
function readActionParams(params: unknown): { readonly id: string | undefined; readonly input: unknown } {
  if (!isPlainObject(params)) return { id: undefined, input: params }
  const { id, input, params: named, ...rest } = params
  const record = typeof id === 'string' ? id : undefined
  const wrapped = isPlainObject(input) ? input : isPlainObject(named) ? named : undefined
  if (wrapped && Object.keys(rest).length === 0) return { id: record, input: wrapped }
  if (record === undefined) return { id: undefined, input: params }
  const { id: _id, ...own } = params
  return { id: record, input: own }
}

export function createProtocol(core: AppCore): Protocol {
  const object = (name: string): ObjectApi => {
    if (!core.slotByName.has(name)) throw notFound(`There is no object "${name.slice(0, 64)}".`)
    return new ObjectApi(core, name)
  }
  const registry = (): Promise<Metadata> => core.announcements.metadata()
  return {
    getMetaTypes: async () => (await registry()).types(),
    getMetaItem: async (type, name) => (await registry()).get(type, name),
    listMetaItems: async (type) => (await registry()).list(type),
    hasObject: (name) => core.slotByName.has(name),
    async findData(name, query = {}) {
      const { items, total } = await object(name).find({ ...query, count: true })
      return { value: items, count: total ?? items.length }
    },
    async getData(name, id, query) {
      const record = await object(name).get(id, query)
      if (!record) throw notFound(`No "${name}" has the id "${id.slice(0, 64)}".`)
      return record
    },
    createData: async (name, data) => object(name).create(data),
    updateData: async (name, id, data) => object(name).update(id, data),
    async deleteData(name, id) {
      try {
        await object(name).delete(id)
        return true
      } catch (error) {
        if (error instanceof ObjectQLError && error.status === 404 && core.slotByName.has(name)) return false
        throw error
      }
    },
    countData: async (name, where) => object(name).count({ where }),
    getActions() {
      const compiled = Object.entries(core.manifest.actions ?? {}).flatMap(([name, { record = {}, global = {} }]) =>
        [...Object.values(record), ...Object.values(global)].map((action) => `${name}:${action}`),
      )
      const registered = core.registry.actions.of().map(({ object: name, action }) => `${name}:${action}`)
      return [...new Set([...compiled, ...registered])].sort()
    },
    async executeAction(ref, params = {}) {
      const at = ref.indexOf(':')
      const [name, action] = at < 0 ? [ref, ''] : [ref.slice(0, at), ref.slice(at + 1)]
      const { id, input } = readActionParams(params)
      return (await core.actions()).run({ object: name, action, id, params: input })
    },
  }
}
