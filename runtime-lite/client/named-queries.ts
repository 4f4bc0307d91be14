import type { Page } from '../types/query.ts'
import type { CallOptions, Connection } from './connection.ts'
import { send } from './send.ts'

/** A query of the schema as a method of the client: `client.ticket.queries.openOfOwner({ owner })`. */
export type ClientQueryCall<Params extends readonly unknown[], Item> = (...args: [...Params, options?: CallOptions]) => Promise<Page<Item>>

/** The same as a function of its own. */
export type QueryOperation<Params extends readonly unknown[], Item> = (
  connection: Connection,
  ...args: [...Params, options?: CallOptions]
) => Promise<Page<Item>>

/** Makes the call of one query from its path (`/api/ticket/queries/open_of_owner`). */
export const named =
  (path: string) =>
  async (connection: Connection, params: object = {}, options?: CallOptions) => {
    let text = ''
    for (const [name, value] of Object.entries(params))
      if (value !== undefined && value !== null) text += `${text ? '&' : '?'}${name}=${encodeURIComponent(plain(value))}`
    return text.length > 1800 ? send(connection, 'POST', path, options, params) : send(connection, 'GET', path + text, options)
  }

const plain = (value: unknown): string =>
  value instanceof Date ? value.toISOString() : typeof value === 'object' ? JSON.stringify(value) : String(value)

/** As `named`, for a query without parameters. */
export const namedWithout = (path: string) => async (connection: Connection, options?: CallOptions) =>
  send(connection, 'GET', path, options)

/** The queries of one object, bound to a connection: the call → the query, by what it takes. */
export function queryClient(connection: Connection, path: string, withParams: NameByCall, withoutParams: NameByCall = {}): object {
  const bound = (make: typeof named | typeof namedWithout, names: NameByCall): readonly [string, unknown][] =>
    Object.entries(names).map(([call, name]) => [
      call,
      (make(`${path}/queries/${name}`) as (...args: unknown[]) => unknown).bind(undefined, connection),
    ])
  return Object.fromEntries([...bound(named, withParams), ...bound(namedWithout, withoutParams)])
}

interface NameByCall {
  readonly [call: string]: string
}
