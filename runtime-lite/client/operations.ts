import type { CallOptions, Connection, WriteOptions } from './connection.ts'
import { queryString, type WireQuery } from './query-string.ts'
import { send } from './send.ts'

/**
 * Each makes the call of one object from its path (`/api/account`). Generated code marks them pure, so that bundlers keep only the
 * calls a program uses; their types stand in the generated declarations.
 */
export const list = (path: string) => async (connection: Connection, query?: WireQuery, options?: CallOptions) =>
  send(connection, 'GET', path + queryString(query), options)

export const get = (path: string) => async (connection: Connection, id: string, query?: WireQuery, options?: CallOptions) =>
  send(connection, 'GET', recordPath(path, id) + queryString(query), options)

export const create = (path: string) => async (connection: Connection, values: object, options?: CallOptions) =>
  send(connection, 'POST', path, options, values)

export const update = (path: string) => async (connection: Connection, id: string, changes: object, options?: WriteOptions) =>
  send(connection, 'PATCH', recordPath(path, id), options, changes)

export const remove = (path: string) => async (connection: Connection, id: string, options?: WriteOptions) =>
  send(connection, 'DELETE', recordPath(path, id), options)

export const count = (path: string) => async (connection: Connection, query?: WireQuery, options?: CallOptions) =>
  ((await send(connection, 'GET', `${path}/count${queryString(query)}`, options)) as { readonly count: number }).count

function recordPath(path: string, id: string): string {
  // URLs drop `.` and `..` even when they are percent-encoded, and an empty id would name the whole collection.
  if (/^\.{0,2}$/.test(id)) throw new TypeError(`"${id}" is not an id.`)
  return `${path}/${encodeURIComponent(id)}`
}
