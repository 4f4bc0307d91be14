import type { RawRecord } from '../object/object-plan.ts'
import type { ObjectStore } from '../object/object-store.ts'
import type { Operation, Row } from '../object/query-store.ts'
import { ObjectQLError } from '../problem/problem.ts'
import { expandOf, selectOf } from '../query/parse-expand.ts'
import { parseOrderBy } from '../query/parse-url-query.ts'
import { parseWhere } from '../query/parse-where.ts'
import type { Query, SlotValue } from '../query/query.ts'
import { sqliteError } from '../sqlite/sqlite-error.ts'
import type { AppCore } from './start-app.ts'

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
 * One object in process: the same validation and the same statements as over HTTP. What depends on a write of this turn resolves
 * after COMMIT. Every method rejects with ObjectQLError; inputs are never modified.
 */
export class ObjectApi {
  readonly #core: AppCore
  readonly #name: string

  constructor(core: AppCore, name: string) {
    this.#core = core
    this.#name = name
  }

  async find(options: QueryOptions = {}): Promise<Page> {
    const row = await this.#read('list', options)
    return JSON.parse(Buffer.from(row?.[0] as Uint8Array).toString('utf8')) as Page
  }

  /** The record of that id, or null. */
  async get(id: string, options: Pick<QueryOptions, 'select' | 'expand'> = {}): Promise<RawRecord | null> {
    checkId(id)
    const row = await this.#read('get', options, id)
    return row ? (JSON.parse(row[0] as string) as RawRecord) : null
  }

  async count(options: Pick<QueryOptions, 'where'> = {}): Promise<number> {
    const row = await this.#read('count', options)
    return Number(row?.[0] ?? 0)
  }

  async create(input: RawRecord): Promise<RawRecord> {
    const { record } = await this.#settled((store) => store.create(copied(input)))
    return JSON.parse(record[0]) as RawRecord
  }

  /** All of them or none. */
  async createMany(inputs: readonly RawRecord[]): Promise<RawRecord[]> {
    if (!Array.isArray(inputs)) throw new ObjectQLError(400, 'INVALID_REQUEST', 'createMany takes a list of records.')
    const created = await this.#settled((store) => store.createMany(inputs.map(copied)))
    return created.map(({ record }) => JSON.parse(record[0]) as RawRecord)
  }

  async update(id: string, patch: RawRecord): Promise<RawRecord> {
    checkId(id)
    const [json] = await this.#settled((store) => store.update(id, copied(patch)))
    return JSON.parse(json) as RawRecord
  }

  async delete(id: string): Promise<void> {
    checkId(id)
    await this.#settled((store) => store.delete(id))
  }

  async #read(operation: Operation, options: QueryOptions, id?: string): Promise<Row> {
    const values: SlotValue[] = []
    const query = this.#query(options ?? {}, values)
    for (;;) {
      const found = await this.#settled((store) => {
        const row = store.queries.fromQuery(operation, query, values, id)
        return row instanceof Promise ? { loading: row } : { row }
      })
      if (!found.loading) return found.row
      await found.loading
    }
  }

  /** Runs synchronous work; what it returned or threw counts after the COMMIT it depends on. Nothing can happen in between. */
  #settled<Result>(work: (store: ObjectStore) => Result): Result | Promise<Result> {
    const store = this.#core.store(this.#name)
    return store instanceof Promise ? store.then((loaded) => this.#run(loaded, work)) : this.#run(store, work)
  }

  #run<Result>(store: ObjectStore, work: (store: ObjectStore) => Result): Result | Promise<Result> {
    const { turn } = this.#core.database
    let result: Result | undefined
    let refusal: ObjectQLError | undefined
    try {
      result = work(store)
    } catch (error) {
      refusal = this.#reported(error)
      if (!turn.isWriting) throw refusal
    }
    if (!turn.isWriting) return result as Result
    return new Promise((resolve, reject) => {
      turn.afterCommit((failure) => {
        if (failure ?? refusal) reject(failure ? this.#reported(failure) : refusal)
        else resolve(result as Result)
      })
    })
  }

  #reported(error: unknown): ObjectQLError {
    const problem = sqliteError(error)
    if (problem.status === 500) this.#core.report(problem)
    return problem
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

function checkId(id: unknown): void {
  if (typeof id !== 'string') throw new ObjectQLError(400, 'INVALID_REQUEST', 'The id of a record is a string.')
}
