import type { CallOptions, Connection } from './connection.ts'
import { recordPath } from './record-path.ts'
import { send } from './send.ts'

/** Each makes the call of one action from its path; `name` is encoded already. Typed by the generated declarations. */
export const recordAction =
  (path: string, name: string) =>
  async (connection: Connection, id: string, params: object = {}, options?: CallOptions): Promise<unknown> =>
    send(connection, 'POST', `${recordPath(path, id)}/actions/${name}`, options, params)

/** Of the object as a whole. */
export const globalAction =
  (path: string, name: string) =>
  async (connection: Connection, params: object = {}, options?: CallOptions): Promise<unknown> =>
    send(connection, 'POST', `${path}/actions/${name}`, options, params)

/** As `recordAction`, for actions without parameters. */
export const recordActionWithout =
  (path: string, name: string) =>
  async (connection: Connection, id: string, options?: CallOptions): Promise<unknown> =>
    recordAction(path, name)(connection, id, {}, options)

/** As `globalAction`, for actions without parameters. */
export const globalActionWithout =
  (path: string, name: string) =>
  async (connection: Connection, options?: CallOptions): Promise<unknown> =>
    globalAction(path, name)(connection, {}, options)

/** The actions of one object, bound to a connection. */
export const actionClient = (
  connection: Connection,
  calls: { readonly [call: string]: (connection: Connection, ...rest: never[]) => unknown },
): object => Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, call.bind(undefined, connection)]))
