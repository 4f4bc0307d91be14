export type HeaderMap = Readonly<Record<string, string>>

/** Where the server is and how to reach it. */
export interface Connection {
  /** Origin of the server, with the path it is mounted at if any: `https://crm.example.com`. Empty in a browser: the page's own origin. */
  readonly baseUrl: string
  /** Used in place of the global `fetch`. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>
  /** Sent with every request. A function is asked before each one, for tokens that expire. */
  readonly headers?: HeaderMap | (() => HeaderMap | Promise<HeaderMap>)
}

/** What one call may ask for beyond its arguments. */
export interface CallOptions {
  /** Ends the call: it rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** Sent with this request; wins over the connection's headers. */
  readonly headers?: HeaderMap
  /** Sees the response before its body is read, for headers such as `etag`. */
  readonly onResponse?: (response: Response) => void
}

export interface WriteOptions extends CallOptions {
  /** ETag the record must still have; otherwise the call fails with `PRECONDITION_FAILED`. */
  readonly ifMatch?: string
}
