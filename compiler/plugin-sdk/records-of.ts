import type { AnyModel, ObjectCalls } from '../../runtime-lite/types/index.ts'
import type { TypedObject } from '../spec/typed-api.ts'
import { allOf, type RecordFilter } from './record-filter.ts'

/** Some records of one object. Each call gives another query and leaves this one as it is, so that queries may be shared. */
export interface OrderedQuery<Record, Filter, Row> {
  /** Also this has to hold. */
  where(condition: Filter): this
  /** At least one of these has to hold. Of none: no record. */
  whereAny(...conditions: readonly Filter[]): this
  /** This must not hold. */
  whereNot(condition: Filter): this
  /** Sorts by this field, after those that were said before. Default: ascending, and by id in the end. */
  orderBy(field: keyof Record & string, direction?: 'asc' | 'desc'): OrderedQuery<Record, Filter, Row>
  /** The first of them, or null. */
  first(): Promise<Row | null>
  /** The first so many, without the first `offset`. A page has at most `maxPageSize` records. */
  take(count: number, offset?: number): Promise<readonly Row[]>
  /** How many there are. */
  count(): Promise<number>
  /** Whether there is one: reads one id at most. */
  exists(): Promise<boolean>
}

/** Records in no order of their own: all of them can be read, page by page. */
export interface RecordQuery<Record, Filter, Row = Record> extends OrderedQuery<Record, Filter, Row> {
  /** These fields alone, and the id. */
  select<Field extends keyof Record & string>(
    ...fields: readonly Field[]
  ): RecordQuery<Record, Filter, Pick<Record, Field | ('id' & keyof Record)>>
  /** All of them. A `find` of objects has one page. */
  all(options?: BatchOptions): Promise<readonly Row[]>
  /**
   * All of them, one page after the other, by id: a page begins behind the last id of the one before, so that none is left out or met twice when records are changed
   * or deleted on the way. New records are met when their ids come later.
   */
  batches(options?: BatchOptions): AsyncGenerator<readonly Row[], void, undefined>
  /** Calls with each, one after the other, and gives their number. Ends when the call returns `false`. */
  each(visit: (record: Row, index: number) => unknown, options?: BatchOptions): Promise<number>
}

export interface BatchOptions {
  /** Records of one page, at most `maxPageSize` of the application. Default: what the application gives (`defaultPageSize`, 50). */
  readonly size?: number
}

/** What reads: `api.object('task')` of hooks and actions, or `app.objects.task`. */
interface Source {
  find(query: object): Promise<readonly object[] | { readonly items: readonly object[] }>
  count(query: object): Promise<number>
}

interface Asked {
  readonly conditions: readonly object[]
  readonly orderBy: readonly object[]
  readonly fields: readonly string[] | undefined
}

type AnyRow = { readonly id: string }

/**
 * The records of an object, to ask for some of them: `recordsOf(api.object('task')).where({ is_done: false }).exists()`. A wrong field is a type error. Nothing is
 * read before the last call.
 */
export function recordsOf<Model extends AnyModel, Queries, Actions>(
  source: ObjectCalls<Model, Queries, Actions>,
): RecordQuery<Model['record'], Model['filter']>
export function recordsOf<Record>(source: TypedObject<Record>): RecordQuery<Record, RecordFilter<Record>>
export function recordsOf(source: unknown): unknown {
  return queryOf(source as Source, { conditions: [], orderBy: [], fields: undefined })
}

function queryOf(source: Source, asked: Asked): RecordQuery<AnyRow, object> {
  const { conditions, orderBy, fields } = asked
  const read = async (page: object, more: readonly object[] = [], order: readonly object[] = orderBy): Promise<readonly AnyRow[]> => {
    const found = await source.find({
      ...{ where: allOf([...conditions, ...more]), ...page },
      ...(order.length > 0 ? { orderBy: order } : {}),
      ...(fields ? { select: fields } : {}),
    })
    return ('items' in found ? found.items : found) as readonly AnyRow[]
  }

  async function* batches({ size }: BatchOptions = {}): AsyncGenerator<readonly AnyRow[], void, undefined> {
    if (orderBy.length > 0) throw new TypeError('All records are read by id: leave out orderBy(), or say how many with take().')
    if (size !== undefined && !(Number.isSafeInteger(size) && size > 0)) throw new RangeError(`A page has 1 record or more, not ${size}.`)
    // A page that has less than the one before is the last; how many the application gives is not known here.
    let full = size ?? 0
    for (let after: string | undefined; ; ) {
      const rows = await read(size === undefined ? {} : { limit: size }, after === undefined ? [] : [{ id: { $gt: after } }], [
        { id: 'asc' },
      ])
      const last = rows.at(-1)
      if (last === undefined) return
      yield rows
      if (rows.length < full) return
      full = rows.length
      after = last.id
    }
  }

  const query: RecordQuery<AnyRow, object> = {
    where: (condition) => queryOf(source, { ...asked, conditions: [...conditions, condition] }) as never,
    whereAny: (...given) => query.where(given.length === 0 ? { id: null } : { $or: given }) as never,
    whereNot: (condition) => query.where({ $not: condition }) as never,
    orderBy: (field, direction = 'asc') => queryOf(source, { ...asked, orderBy: [...orderBy, { [field]: direction }] }),
    select: (...given) => queryOf(source, { ...asked, fields: [...new Set(['id', ...given])] }) as never,
    first: async () => (await read({ limit: 1 }))[0] ?? null,
    take: (count, offset = 0) => read({ limit: count, ...(offset > 0 ? { offset } : {}) }),
    count: () => source.count({ where: allOf(conditions) }),
    exists: async () => (await queryOf(source, { ...asked, orderBy: [], fields: ['id'] }).take(1)).length > 0,
    async all(options) {
      const found: AnyRow[] = []
      for await (const rows of batches(options)) found.push(...rows)
      return found
    },
    batches,
    async each(visit, options) {
      let index = 0
      for await (const rows of batches(options)) for (const row of rows) if ((await visit(row, index++)) === false) return index
      return index
    },
  }
  return query
}
