/** A record as JSON has it: text, numbers, booleans, null, lists and objects of them. Instants and dates are text. */
export type ProtocolRecord = Readonly<Record<string, unknown>>

export interface ProtocolQuery {
  /** `{ level: { $gte: 2 }, batch: 'b' }`: `$eq $ne $gt $gte $lt $lte $in $contains $null`, and `$and`, `$or`, `$not` around them. */
  readonly where?: ProtocolRecord
  readonly orderBy?: readonly (readonly [field: string, direction: 'asc' | 'desc'])[]
  readonly limit?: number
  readonly offset?: number
}

/** What a protocol says about an error, in the words of all protocols. */
export interface ProtocolProblem {
  /** `NOT_FOUND`, `VALIDATION_ERROR` …: the codes of docs/rest.md. */
  readonly code: string
  /** Its status, where the protocol has one like that of HTTP: checked then. */
  readonly status?: number
  /** Each wrong value: where (JSON pointer into the record) and what is wrong. Empty where that is not said. */
  readonly issues: readonly { readonly pointer: string; readonly code: string }[]
}

/** Says with every call what the server has to do, in its protocol; rejects when the server refuses. Nothing is to be checked or mended on the way. */
export interface ProtocolAdapter {
  /** The record as stored. */
  create(object: string, values: ProtocolRecord): Promise<ProtocolRecord>
  get(object: string, id: string): Promise<ProtocolRecord>
  /** Merges. The record as stored. `version`: of `version()`; a record that has another one since is not to be changed. */
  update(object: string, id: string, values: ProtocolRecord, version?: string): Promise<ProtocolRecord>
  delete(object: string, id: string, version?: string): Promise<void>
  list(object: string, query: ProtocolQuery): Promise<readonly ProtocolRecord[]>
  count(object: string, query: Pick<ProtocolQuery, 'where'>): Promise<number>
  /** What a call rejected with. Undefined for what is no answer of the server: a lost connection, a bug. */
  problemOf(error: unknown): ProtocolProblem | undefined
  /** What tells this state of a record from others. Needed for `versions`. */
  version?(object: string, id: string): Promise<string>
  /** Calls an action of a record, or of the object. Needed for `actions`. */
  act?(object: string, id: string | undefined, action: string, params: ProtocolRecord): Promise<unknown>
  /** Stops what `open` has started. The application is closed by who opened it. */
  close?(): Promise<void> | void
}
