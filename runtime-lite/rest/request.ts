/** A request as both listeners (node:http, fetch) hand it over. */
export interface ServerRequest {
  readonly method: string
  /** Path and query, percent-encoded as received. */
  readonly target: string
  /** Names in any case, flat list as received. */
  readonly rawHeaders: readonly string[]
  /** The whole body; undefined for none. */
  readonly body: Uint8Array | undefined
  /** The connection it came through, where there is one. */
  readonly socket?: { readonly remoteAddress?: string | undefined }
}

/** The first header of that (lower-case) name, or undefined. */
export function header(request: Pick<ServerRequest, 'rawHeaders'>, name: string): string | undefined {
  const { rawHeaders } = request
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const candidate = rawHeaders[at] as string
    if (candidate.length === name.length && (candidate === name || candidate.toLowerCase() === name)) return rawHeaders[at + 1]
  }
  return undefined
}
