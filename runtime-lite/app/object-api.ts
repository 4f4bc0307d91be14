import type { RawRecord } from '../object/object-plan.ts'
import type { ObjectStore, StoredRecord } from '../object/object-store.ts'
import { ObjectQLError } from '../problem/problem.ts'
import { expandOf, selectOf } from '../query/parse-expand.ts'
import { parseOrderBy } from '../query/parse-url-query.ts'
import { parseWhere } from '../query/parse-where.ts'
import type { Query, SlotValue } from '../query/query.ts'
import type { AppCore } from './create-app.ts'

/** A query as callers in process write it; generated types narrow it per object. */
export interface QueryOptions {
  readonly where?: unknown
  readonly orderBy?: unknown
  readonly select?: unknown
  readonly expand?: unknown
  readonly limit?: number
  readonly offset?: number
  /** Count all records that match, besides the page. */
  readonly count?: boolean
}

export interface Page<Row = RawRecord> {
  readonly items: readonly Row[]
  readonly total?: number
  readonly next_cursor?: string
}

const OPTIONS = new Set(['where', 'orderBy', 'select', 'expand', 'limit', 'offset', 'count'])

/**
 * One object in process: the same validation and the same statements as over HTTP. Writes resolve after COMMIT. Every
 * method rejects with ObjectQLError; inputs are never modified.
 */
export class ObjectApi {
  readonly #core: AppCore
  readonly #name: string

  constructor(core: AppCore, name: string) {
    this.#core = core
    this.#name = name
  }

  async find(options: QueryOptions = {}): Promise<Page> {
    const store = await this.#core.store(this.#name)
    const values: SlotValue[] = []
    const row = await store.queries.fromQuery('list', this.#query(options, values), values)
    return JSON.parse(Buffer.from(row?.[0] as Uint8Array).toString('utf8')) as Page
  }

  /** The record of that id, or null. */
  async get(id: string, options: QueryOptions = {}): Promise<RawRecord | null> {
    const store = await this.#core.store(this.#name)
    const { select, expand } = options
    if (select === undefined && expand === undefined) return parsed(store.get(id))
    const row = await store.queries.fromQuery('get', this.#query({ select, expand }, []), [], id)
    return parsed(row as StoredRecord | undefined)
  }

  async count(options: Pick<QueryOptions, 'where'> = {}): Promise<number> {
    const store = await this.#core.store(this.#name)
    const values: SlotValue[] = []
    const row = await store.queries.fromQuery('count', this.#query(options, values), values)
    return Number(row?.[0] ?? 0)
  }

  async create(input: RawRecord): Promise<RawRecord> {
    const store = await this.#core.store(this.#name)
    const { record } = store.create(copied(input))
    await this.#committed()
    return JSON.parse(record[0]) as RawRecord
  }

  /** All of them or none. */
  async createMany(inputs: readonly RawRecord[]): Promise<readonly RawRecord[]> {
    const store = await this.#core.store(this.#name)
    const created = store.createMany(inputs.map(copied))
    await this.#committed()
    return created.map(({ record }) => JSON.parse(record[0]) as RawRecord)
  }

  async update(id: string, patch: RawRecord): Promise<RawRecord> {
    const store = await this.#core.store(this.#name)
    const [json] = store.update(id, copied(patch))
    await this.#committed()
    return JSON.parse(json) as RawRecord
  }

  async delete(id: string): Promise<void> {
    const store: ObjectStore = await this.#core.store(this.#name)
    store.delete(id)
    await this.#committed()
  }

  #committed(): Promise<void> {
    const { turn } = this.#core.database
    if (!turn.isWriting) return Promise.resolve()
    return new Promise((resolve, reject) => turn.afterCommit((error) => (error ? reject(error) : resolve())))
  }

  #query(options: QueryOptions, values: SlotValue[]): Query {
    for (const key in options)
      if (!OPTIONS.has(key))
        throw new ObjectQLError(400, 'INVALID_QUERY', `The query option "${key}" is not known. Use ${[...OPTIONS].join(', ')}.`)
    const { limits } = this.#core.database
    const where = parseWhere(options.where, { values, firstSlot: 0, parameter: 'where', maxFilterDepth: limits.maxFilterDepth })
    const select = selectOf(options.select, 'select')
    const slot = (value: number | undefined) =>
      value === undefined ? undefined : ({ kind: 'slot', index: values.push(value) - 1, type: 'number' } as const)
    const limit = slot(options.limit)
    const offset = slot(options.offset)
    return {
      ...(where ? { where } : {}),
      orderBy: parseOrderBy(options.orderBy, 'orderBy'),
      ...(select ? { select } : {}),
      expand: expandOf(options.expand, 'expand', limits.maxExpandDepth),
      ...(limit ? { limit } : {}),
      ...(offset ? { offset } : {}),
      withTotal: options.count === true,
    }
  }
}

/** Validators canonicalise in place: callers' objects stay as they are. */
const copied = (input: RawRecord): RawRecord =>
  typeof input === 'object' && input !== null && !Array.isArray(input) ? { ...input } : input

const parsed = (row: StoredRecord | undefined): RawRecord | null => (row ? (JSON.parse(row[0]) as RawRecord) : null)
