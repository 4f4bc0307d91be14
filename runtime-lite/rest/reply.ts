import { ObjectQLError } from '../problem/problem.ts'
import { sqliteError } from '../sqlite/sqlite-error.ts'

/** An answer, before a listener turns it into bytes. Headers are a flat name-value list. */
export interface Reply {
  readonly status: number
  readonly headers: string[]
  readonly body: string | Uint8Array | undefined
}

/** The request has to be routed again: plans that had to be loaded first are there now. Nothing was done yet. */
export const ROUTE_AGAIN = Symbol('route again')

/**
 * An answer, or the promise of one. On an embedded database whatever touches data answers at once, or was not started (`ROUTE_AGAIN`): from the
 * first statement of a request to the moment its answer is tied to the COMMIT nothing waits, and no other request can undo the transaction
 * in between. On other databases each request waits for its own statements.
 */
export type Routed = Reply | Promise<Reply | typeof ROUTE_AGAIN>

export const JSON_TYPE = 'application/json'

export const jsonReply = (status: number, body: string | Uint8Array): Reply => ({ status, headers: ['content-type', JSON_TYPE], body })

/** A record with its weak ETag (RFC 9110, 8.8.3): the version column, which every write raises. */
export const recordReply = (status: number, json: string, version: number): Reply => ({
  status,
  headers: ['content-type', JSON_TYPE, 'etag', `W/"${version}"`],
  body: json,
})

export const emptyReply = (status: number): Reply => ({ status, headers: [], body: undefined })

/** The problem document for anything that was thrown. Stack traces and causes never leave the process. */
export function problemReply(error: unknown): Reply {
  const problem = error instanceof ObjectQLError ? error : sqliteError(error)
  return {
    status: problem.status,
    headers: ['content-type', 'application/problem+json', ...(problem.headers ?? [])],
    body: JSON.stringify(problem),
  }
}
