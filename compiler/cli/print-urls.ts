import type { CommonOptions } from './program.ts'
import type { Terminal } from './terminal.ts'

interface Served {
  /** `http://host:port` */
  readonly url: string
  readonly basePath: string
  readonly hasDocs: boolean
}

/** Where the application can be reached. */
export function printUrls({ url, basePath, hasDocs }: Served, { json }: CommonOptions, terminal: Terminal): void {
  const api = `${url}${basePath}`
  const docs = `${url}/docs`
  if (json === true) terminal.out(`${JSON.stringify({ schemaVersion: 1, kind: 'listening', url, api, ...(hasDocs ? { docs } : {}) })}\n`)
  else terminal.err(`Serving on ${url}\n  api   ${api}\n${hasDocs ? `  docs  ${docs}\n` : ''}`)
}
