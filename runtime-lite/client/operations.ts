import type { RecordWarning } from '../problem/rule-warning.ts'
import type { ManyOptions } from '../types/write.ts'
import type { CallOptions, Connection, WriteOptions } from './connection.ts'
import { type AggregateRequest, queryString, type WireQuery } from './query-string.ts'
import { recordPath } from './record-path.ts'
import { send } from './send.ts'

/**
 * Each makes the call of one object from its path (`/api/account`). Generated code marks them pure, so that bundlers keep only the
 * calls a program uses; their types stand in the generated declarations.
 */
export const list = (path: string) => async (connection: Connection, query?: WireQuery, options?: CallOptions) => {
  const text = queryString(query)
  return (
    isForBody(text, query) ? send(connection, 'POST', `${path}/query`, options, query) : send(connection, 'GET', path + text, options)
  ) as Promise<WirePage>
}

/** Servers and proxies on the way take so many characters for sure; what a search may say besides its words has no place in a URL. */
const isForBody = (text: string, query?: WireQuery): boolean => text.length > 1800 || typeof query?.search === 'object'

/** Records are not looked at. */
export interface WirePage {
  readonly items: readonly unknown[]
  readonly total?: number
  readonly next_cursor?: string
}

export const pages = (path: string) =>
  async function* (connection: Connection, query?: WireQuery, options?: CallOptions): AsyncGenerator<WirePage, void> {
    // The empty cursor stands before the first record.
    for (let cursor: string | undefined = query?.cursor ?? ''; cursor !== undefined; ) {
      const page: WirePage = await list(path)(connection, { ...query, cursor }, options)
      yield page
      cursor = page.next_cursor
    }
  }

export const each = (path: string) =>
  async function* (connection: Connection, query?: WireQuery, options?: CallOptions): AsyncGenerator<unknown, void> {
    for await (const page of pages(path)(connection, query, options)) yield* page.items
  }

export const get = (path: string) => async (connection: Connection, id: string, query?: WireQuery, options?: CallOptions) =>
  send(connection, 'GET', recordPath(path, id) + queryString(query), options)

export const getBy = (path: string) => async (connection: Connection, key: object, query?: WireQuery, options?: CallOptions) =>
  (await list(path)(connection, { ...query, where: key, limit: 1 }, options)).items[0] ?? null

export const aggregate = (path: string) => async (connection: Connection, query: AggregateRequest, options?: CallOptions) =>
  ((await send(connection, 'POST', `${path}/query`, options, query)) as WirePage).items

export const create = (path: string) => async (connection: Connection, values: object, options?: CallOptions) =>
  send(connection, 'POST', path, options, values)

export const createMany =
  (path: string) => async (connection: Connection, records: readonly object[], how?: object, options?: CallOptions) => {
    const answer = (await send(connection, 'POST', `${path}/createMany`, options, { ...how, records })) as Partial<WireResults>
    return answer.results ?? answer.items
  }

interface WireResults extends WirePage {
  readonly results: readonly unknown[]
}

export const update = (path: string) => async (connection: Connection, id: string, changes: object, options?: WriteOptions) =>
  send(connection, 'PATCH', recordPath(path, id), options, changes)

export const clone =
  (path: string) =>
  async (connection: Connection, id: string, values: object = {}, how: object = {}, options?: CallOptions): Promise<unknown> =>
    send(connection, 'POST', `${recordPath(path, id)}/clone`, options, { ...how, values })

export const history =
  (path: string) =>
  async (connection: Connection, id: string, page: { readonly limit?: number; readonly before?: string } = {}, options?: CallOptions) => {
    const parameters = new URLSearchParams()
    for (const [name, value] of Object.entries(page)) if (value !== undefined) parameters.set(name, String(value))
    const text = parameters.size === 0 ? '' : `?${parameters}`
    return ((await send(connection, 'GET', `${recordPath(path, id)}/history${text}`, options)) as WirePage).items
  }

export const remove = (path: string) => async (connection: Connection, id: string, options?: WriteOptions) =>
  send(connection, 'DELETE', recordPath(path, id), options)

export const count = (path: string) => async (connection: Connection, query?: WireQuery, options?: CallOptions) => {
  const text = queryString(query)
  return countOf(
    isForBody(text, query)
      ? send(connection, 'POST', `${path}/count`, options, query)
      : send(connection, 'GET', `${path}/count${text}`, options),
  )
}

export const updateMany =
  (path: string) => async (connection: Connection, where: object, changes: object, many?: object, options?: CallOptions) =>
    countOf(send(connection, 'POST', `${path}/updateMany`, options, { ...many, where, changes }), many)

export const removeMany = (path: string) => async (connection: Connection, where: object, many?: object, options?: CallOptions) =>
  countOf(send(connection, 'POST', `${path}/deleteMany`, options, { ...many, where }), many)

/** Takes a record out of the trash, with what went along. */
export const restore = (path: string) => async (connection: Connection, id: string, options?: CallOptions) =>
  send(connection, 'POST', `${recordPath(path, id)}/restore`, options)

export const purge = (path: string) => async (connection: Connection, id: string, options?: CallOptions) =>
  send(connection, 'POST', `${recordPath(path, id)}/purge`, options)

export const restoreMany = (path: string) => async (connection: Connection, where: object, many?: object, options?: CallOptions) =>
  countOf(send(connection, 'POST', `${path}/restoreMany`, options, { ...many, where }))

export const purgeMany = (path: string) => async (connection: Connection, where: object, many?: object, options?: CallOptions) =>
  countOf(send(connection, 'POST', `${path}/purgeMany`, options, { ...many, where }), many)

export const updateFirst =
  (path: string) => async (connection: Connection, where: object, changes: object, first?: object, options?: CallOptions) =>
    send(connection, 'POST', `${path}/findOneAndUpdate`, options, { ...first, where, changes })

export const upsert = (path: string) => async (connection: Connection, values: object, upsert?: object, options?: CallOptions) =>
  send(connection, 'POST', `${path}/upsert`, options, { ...upsert, values })

export const upsertMany =
  (path: string) => async (connection: Connection, values: readonly object[], upsert?: object, options?: CallOptions) =>
    ((await send(connection, 'POST', `${path}/upsert`, options, { ...upsert, values })) as WirePage).items

interface Counted {
  readonly count: number
  readonly '@warnings'?: readonly RecordWarning[]
  /** Absent: all of them are there. */
  readonly '@warnings_total'?: number
}

async function countOf(answer: Promise<unknown>, many: ManyOptions = {}): Promise<number> {
  const { count, '@warnings': first, '@warnings_total': total } = (await answer) as Counted
  if (first) many.warnings?.(first, total ?? first.length)
  return count
}
