import type { Connection, WriteOptions } from './connection.ts'
import { ProblemError } from './problem-error.ts'

/** One request. Resolves to the JSON of the answer, or undefined when it has none. */
export async function send(
  connection: Connection,
  method: string,
  path: string,
  options: WriteOptions = {},
  body?: unknown,
): Promise<unknown> {
  const shared = connection.headers
  const headers = new Headers({ accept: 'application/json' })
  if (body !== undefined) headers.set('content-type', 'application/json')
  if (options.ifMatch) headers.set('if-match', options.ifMatch)
  for (const map of [typeof shared === 'function' ? await shared() : shared, options.headers])
    for (const name in map) headers.set(name, map[name] as string)
  const response = await (connection.fetch ?? fetch)(connection.baseUrl.replace(/\/$/, '') + path, {
    method,
    headers,
    body: JSON.stringify(body),
    signal: options.signal,
  })
  options.onResponse?.(response)
  if (!response.ok) throw new ProblemError(response, await response.text())
  return response.status === 204 ? undefined : response.json()
}
