import { NeedsTransaction } from '../behaviour/needs-transaction.ts'
import { type CallOptions, limitedCall } from '../database/call-limit.ts'
import type { Maybe } from '../database/session.ts'
import type { HistoryEntry, HistoryOptions } from '../object/history/read-history.ts'
import type { RawRecord } from '../object/object-plan.ts'
import type { ObjectStore } from '../object/object-store.ts'
import type { Operation, Row } from '../object/query-store.ts'
import type { ObjectQLError } from '../problem/problem.ts'
import { MissingPlan } from '../query/bind/bind-scope.ts'
import { respelled } from '../query/parse/respelled.ts'
import { toldAlso } from '../rules/with-warnings.ts'
import { sqliteError } from '../sqlite/sqlite-error.ts'
import type { AppCore } from './app-core.ts'
import { finalInTurn } from './final-in-turn.ts'
import type {
  ActionMethod,
  CreateResult,
  FindOneAndUpdateOptions,
  ManyOptions,
  NamedQueryCall,
  Page,
  QueryOptions,
  UpsertOptions,
} from './object-options.ts'
import { checkId, checkList, checkRecord, copied, createResult, recordOf, textOf } from './object-values.ts'
import { toldWarnings } from './told-warnings.ts'
import type { TransactionScope } from './transaction-scope.ts'

export type * from './object-options.ts'

/**
 * One object in process: the same validation and the same statements as over HTTP. What depends on a write of this turn resolves
 * after COMMIT. Inside `app.transaction` everything takes part in it. Every method rejects with ObjectQLError; inputs are never modified.
 */
export class ObjectApi {
  readonly #core: AppCore
  readonly #name: string
  #queries: Readonly<Record<string, NamedQueryCall>> | undefined
  #actions: Readonly<Record<string, ActionMethod>> | undefined

  constructor(core: AppCore, name: string) {
    this.#core = core
    this.#name = name
  }

  /** The queries of the schema, by their names in camel case. */
  get queries(): Readonly<Record<string, NamedQueryCall>> {
    const names = this.#core.manifest.queries?.[this.#name] ?? {}
    this.#queries ??= Object.fromEntries(
      Object.entries(names).map(([camel, name]): [string, NamedQueryCall] => [camel, (values = {}) => this.#findNamed(name, values)]),
    )
    return this.#queries
  }

  /** The actions of the schema, by their names in camel case: those of records take an id first. */
  get actions(): Readonly<Record<string, ActionMethod>> {
    const { record = {}, global = {} } = this.#core.manifest.actions?.[this.#name] ?? {}
    this.#actions ??= Object.fromEntries([
      ...Object.entries(record).map(([camel, name]) => [camel, (id?: unknown, params?: unknown) => this.#run(name, id, params)] as const),
      ...Object.entries(global).map(([camel, name]) => [camel, (params?: unknown) => this.#run(name, undefined, params)] as const),
    ])
    return this.#actions
  }

  /** Runs an action by its name, in one transaction. `id` is the record of record actions. */
  async execute(action: string, id?: string | null, params: unknown = {}): Promise<unknown> {
    return this.#run(action, id, params)
  }

  async find(options: QueryOptions = {}, call?: CallOptions): Promise<Page> {
    const row = await this.#read('list', options, undefined, call)
    return JSON.parse(textOf(row?.[0])) as Page
  }

  /** The record of that id, or null. */
  async get(id: string, options: Pick<QueryOptions, 'select' | 'expand' | 'deleted'> = {}, call?: CallOptions): Promise<RawRecord | null> {
    checkId(id)
    const row = await this.#read('get', options, id, call)
    return row?.[0] === undefined ? null : (JSON.parse(textOf(row[0])) as RawRecord)
  }

  /** The record with these values in the fields of a unique key, or null. */
  async getBy(key: RawRecord, options?: Pick<QueryOptions, 'select' | 'expand'>): Promise<RawRecord | null> {
    checkRecord(key, 'getBy')
    const record = await this.#do(true, (store) => store.getBy({ ...key }))
    if (!record) return null
    const whole = recordOf(record)
    return options?.select === undefined && options?.expand === undefined ? whole : this.get(String(whole['id']), options)
  }

  async count(options: Pick<QueryOptions, 'where' | 'search' | 'deleted'> = {}, call?: CallOptions): Promise<number> {
    const row = await this.#read('count', options, undefined, call)
    return Number(row?.[0] ?? 0)
  }

  /** Groups and what is worked out for each. */
  async aggregate(options: QueryOptions, call?: CallOptions): Promise<readonly RawRecord[]> {
    return (await this.find(options, call)).items
  }

  /** Related records may be created or connected along: `{ owner: { create: {…} }, contacts: { create: […] } }`. */
  async create(input: RawRecord): Promise<RawRecord> {
    return recordOf((await this.#do(false, (store) => store.create(copied(input)))).record)
  }

  /** All of them or none; with `atomic: false` each for itself, and the results say which. */
  async createMany(inputs: readonly RawRecord[], options?: { readonly atomic?: true }): Promise<RawRecord[]>
  async createMany(inputs: readonly RawRecord[], options: { readonly atomic: boolean }): Promise<RawRecord[] | CreateResult[]>
  async createMany(
    inputs: readonly RawRecord[],
    { atomic = true }: { readonly atomic?: boolean } = {},
  ): Promise<RawRecord[] | CreateResult[]> {
    checkList(inputs, 'createMany')
    if (atomic) return (await this.#do(false, (store) => store.createMany(inputs.map(copied)))).map(({ record }) => recordOf(record))
    return (await this.#do(false, (store) => store.createEach(inputs.map(copied)))).map(createResult)
  }

  /** Fields that are absent stay. Numbers take `{ $inc: 1 }`, `{ $dec: 1 }` and `{ $mul: 2 }`. */
  async update(id: string, patch: RawRecord): Promise<RawRecord> {
    checkId(id)
    return recordOf(await this.#do(false, (store) => store.update(id, copied(patch))))
  }

  /** Changes all records that meet a filter; `{}` means all. Resolves to their number. */
  async updateMany(where: unknown, changes: RawRecord, options: ManyOptions = {}): Promise<number> {
    return toldWarnings(options, (many) => this.#do(false, (store) => store.updateMany(store.readFilter(where), copied(changes), many())))
  }

  /** Changes the first record that meets a filter and resolves to it; null when there is none. */
  async findOneAndUpdate(where: unknown, changes: RawRecord, options: FindOneAndUpdateOptions = {}): Promise<RawRecord | null> {
    const found = await this.#do(false, (store) => store.findOneAndUpdate(store.readFilter(where, options.orderBy), copied(changes)))
    return found ? recordOf(options.returning === 'old' ? toldAlso(found.before, found.after) : found.after) : null
  }

  /** Changes the record with the same unique key, or creates it. */
  async upsert(input: RawRecord, options: UpsertOptions = {}): Promise<RawRecord> {
    return (await this.upsertResult(input, options)).record
  }

  /** As `upsert`; says whether the record is new. */
  async upsertResult(input: RawRecord, { on }: UpsertOptions = {}): Promise<{ readonly record: RawRecord; readonly isCreated: boolean }> {
    const { record, isCreated } = await this.#do(false, (store) => store.upsert(copied(input), on))
    return { record: recordOf(record), isCreated }
  }

  /** All of them or none. */
  async upsertMany(inputs: readonly RawRecord[], { on }: UpsertOptions = {}): Promise<RawRecord[]> {
    checkList(inputs, 'upsertMany')
    return (await this.#do(false, (store) => store.upsertMany(inputs.map(copied), on))).map(({ record }) => recordOf(record))
  }

  async delete(id: string): Promise<void> {
    checkId(id)
    await this.#do(false, (store) => store.delete(id))
  }

  /** Deletes all records that meet a filter; `{}` means all. Resolves to their number. */
  async deleteMany(where: unknown, options: ManyOptions = {}): Promise<number> {
    return toldWarnings(options, (many) => this.#do(false, (store) => store.deleteMany(store.readFilter(where), many())))
  }

  /** Takes a record out of the trash, with what went along. */
  async restore(id: string): Promise<RawRecord> {
    checkId(id)
    return recordOf(await this.#do(false, (store) => store.restore(id)))
  }

  /** Takes all records out of the trash that meet a filter. Resolves to their number. */
  async restoreMany(where: unknown, options: ManyOptions = {}): Promise<number> {
    return this.#do(false, (store) => store.restoreMany(store.readFilter(where), options))
  }

  /** Deletes a record for good, whether it is in the trash or not. */
  async purge(id: string): Promise<void> {
    checkId(id)
    await this.#do(false, (store) => store.delete(id, undefined, { isPurged: true }))
  }

  /** Deletes all records for good that are in the trash and meet a filter. Resolves to their number. */
  async purgeMany(where: unknown, options: ManyOptions = {}): Promise<number> {
    return toldWarnings(options, (many) =>
      this.#do(false, (store) => store.deleteMany({ ...store.readFilter(where), deleted: 'only' }, { ...many(), isPurged: true })),
    )
  }

  /** A query with parameters: see `app.queries`. */
  async findTemplate(document: Readonly<Record<string, unknown>>, values: Readonly<Record<string, unknown>> = {}): Promise<Page> {
    const row = await this.#do(true, (store) => store.queries.fromTemplate(document, values))
    return JSON.parse(textOf(row[0])) as Page
  }

  /** A new record like this one but for `values`; unique fields are left out, numbers are made anew. `children`: relations cloned along. */
  async clone(id: string, values: RawRecord = {}, options: { readonly children?: readonly string[] } = {}): Promise<RawRecord> {
    checkId(id)
    const { cloneRecord } = await import('../object/clone-record.ts')
    const { record } = await this.#do(false, (store) => cloneRecord(store, id, copied(values), options))
    return recordOf(record)
  }

  /** Changes of a record's tracked fields, the latest first. */
  async history(id: string, options: HistoryOptions = {}): Promise<readonly HistoryEntry[]> {
    checkId(id)
    return this.#do(true, (store) => store.history(id, options))
  }

  /** Works out the roll-ups again and resolves to the number of records whose roll-ups were wrong. See `app.rebuildSummaries`. */
  async rebuildSummaries(): Promise<number> {
    let changed = 0
    for (let after: string | undefined = ''; after !== undefined; ) {
      const from: string = after
      const page = await this.#do(false, (store) => store.rebuildSummaries(from))
      changed += page.changed
      after = page.last
    }
    return changed
  }

  async #run(action: string, id: unknown, params: unknown = {}): Promise<unknown> {
    if (id !== undefined && id !== null) checkId(id)
    const runner = await this.#core.actions()
    try {
      return await runner.run({ object: this.#name, action, id: (id ?? undefined) as string | undefined, params })
    } catch (error) {
      throw this.#reported(error)
    }
  }

  async #findNamed(name: string, values: Readonly<Record<string, unknown>>): Promise<Page> {
    const row = await this.#do(true, (store) => store.queries.fromName(name, values))
    return JSON.parse(textOf(row[0])) as Page
  }

  async #read(operation: Operation, options: QueryOptions, id: string | undefined, call?: CallOptions): Promise<Row> {
    if (call && (call.signal || call.timeout !== undefined)) return limitedCall(call, () => this.#read(operation, options, id))
    return this.#do(true, (store) => {
      const { query, values } = store.readQuery(options ?? {})
      return respelled(
        () => Object.keys(options ?? {}),
        () => store.queries.fromQuery(operation, query, values, id),
      )
    })
  }

  /** Does synchronous or asynchronous work on the store; plans it finds missing are loaded, then it is done again. */
  async #do<Result>(isRead: boolean, work: (store: ObjectStore) => Maybe<Result>): Promise<Result> {
    const scope = this.#core.transactions?.current()
    for (;;) {
      try {
        return await (scope ? this.#within(scope, isRead, work) : this.#outside(isRead, work))
      } catch (error) {
        if (error instanceof NeedsTransaction)
          return this.#apart(work).catch((reason) => {
            throw this.#reported(reason)
          })
        if (!(error instanceof MissingPlan)) throw this.#reported(error)
        await this.#core.plans.loadPlans([error.objectName])
      }
    }
  }

  /** Hooks that wait have a transaction to themselves, or a savepoint: what they do takes part in it, and waits for nobody outside. */
  async #apart<Result>(work: (store: ObjectStore) => Maybe<Result>): Promise<Result> {
    const core = this.#core
    return core.runTransaction(async () => {
      const scope = core.transactions?.current() as TransactionScope
      return work(await scope.store(this.#name))
    })
  }

  async #within<Result>(scope: TransactionScope, isRead: boolean, work: (store: ObjectStore) => Maybe<Result>): Promise<Result> {
    const store = await scope.swiftStore(this.#name)
    const { behaviour, rules } = store.plan
    if (isRead ? behaviour?.readsWait : behaviour?.waits || rules?.waits) return this.#apart(work)
    return scope.run(() => work(store))
  }

  /** Runs synchronous work; what it returned or threw counts after the COMMIT it depends on. Nothing can happen in between. */
  async #outside<Result>(isRead: boolean, work: (store: ObjectStore) => Maybe<Result>): Promise<Result> {
    const found = this.#core.store(this.#name)
    const store = found instanceof Promise ? await found : found
    const { behaviour, rules } = store.plan
    if (isRead ? behaviour?.readsWait : behaviour?.waits || rules?.waits) return this.#apart(work)
    const { embedded } = this.#core
    if (!embedded) return work(store)
    while (embedded.gate.isClosed(isRead)) await embedded.gate.pass(isRead)
    return finalInTurn(embedded.turn, () => work(store))
  }

  #reported(error: unknown): ObjectQLError {
    const problem = sqliteError(error)
    if (problem.status === 500) this.#core.report(problem)
    return problem
  }
}
