import { Buffer } from 'node:buffer'
import type { ResultRow, RunResult } from '../database/session.ts'
import type { SqlValue } from '../object/object-plan.ts'
import { typedValue } from './typed-value.ts'

/** What this module uses of pg's connection. */
export interface Wire {
  readonly stream: { cork(): void; uncork(): void }
  parse(message: { readonly name: string; readonly text: string; readonly types: readonly number[] }): void
  bind(message: {
    readonly statement: string
    readonly values: readonly SqlValue[]
    readonly valueMapper: (value: SqlValue) => unknown
  }): void
  describe(message: { readonly type: 'P'; readonly name: string }): void
  execute(message: { readonly portal: string; readonly rows: number }): void
  close(message: { readonly type: 'S'; readonly name: string }): void
  sync(): void
  query(text: string): void
}

interface WireColumn {
  readonly name: string
  readonly dataTypeID: number
}

export interface WireResult extends RunResult {
  /** What the server calls what it did: `INSERT 0 3`, `COMMIT`. */
  readonly tag: string
}

/** What a connection's server has parsed. */
export interface KnownNames {
  readonly known: Set<string>
  /** Names that the server may drop, told to it with the next statement. */
  readonly forgotten: string[]
  /** What transactions begin with has a name, too. */
  readonly keepsBegin: boolean
}

/** The protocol counts parameters in 16 bits. */
const MAX_PARAMETERS = 65_535

const NO_TYPES: readonly number[] = []
const NO_VALUES: readonly SqlValue[] = []
const PORTAL = { type: 'P', name: '' } as const
const ONCE = { portal: '', rows: 0 }

/**
 * One statement on its way through pg: parse (unless the server knows it), bind, execute and sync, so that it is an implicit transaction
 * of its own and fails alone, however many stand before and behind it. Rows come back as the texts that the server sent. pg's own query
 * class also asks for descriptions of columns, looks up parsers of types and copies its input, which costs more than all the rest.
 */
export class WireQuery {
  /** pg calls it when the connection breaks before the query was sent. */
  readonly callback: (error: unknown, result?: WireResult) => void
  readonly #sql: string
  readonly #name: string | undefined
  readonly #values: readonly SqlValue[]
  readonly #names: KnownNames
  readonly #before: string | undefined
  readonly #rows: ResultRow[] = []
  #tag = ''
  readonly #describes: boolean
  #columns: readonly WireColumn[] | undefined
  #isParsing = false
  #isParsingFirst = false

  /**
   * A statement with a name is parsed once per connection; without one, with every call. `before` is run first: when it fails, the
   * server skips the statement.
   */
  constructor(
    sql: string,
    name: string | undefined,
    values: readonly SqlValue[],
    names: KnownNames,
    callback: (error: unknown, result?: WireResult) => void,
    before?: string,
    describes?: true,
  ) {
    this.#sql = sql
    this.#name = name
    this.#values = values
    this.#names = names
    this.callback = callback
    this.#before = before
    this.#describes = describes === true
  }

  submit(wire: Wire): Error | null {
    if (this.#values.length > MAX_PARAMETERS) return new RangeError(`PostgreSQL takes ${MAX_PARAMETERS} parameters at most.`)
    const name = this.#name ?? ''
    const { known, forgotten } = this.#names
    wire.stream.cork()
    try {
      if (forgotten.length > 0) for (const old of forgotten.splice(0)) wire.close({ type: 'S', name: old })
      if (this.#before !== undefined) this.#submitFirst(wire, this.#before)
      if (name === '' || !known.has(name)) {
        wire.parse({ name, text: this.#sql, types: NO_TYPES })
        if (name !== '') {
          this.#isParsing = true
          known.add(name)
        }
      }
      wire.bind({ statement: name, values: this.#values, valueMapper: toWire })
      if (this.#describes) wire.describe(PORTAL)
      wire.execute(ONCE)
      wire.sync()
    } finally {
      wire.stream.uncork()
    }
    return null
  }

  #submitFirst(wire: Wire, text: string): void {
    const name = this.#names.keepsBegin ? text : ''
    if (name === '' || !this.#names.known.has(name)) {
      wire.parse({ name, text, types: NO_TYPES })
      if (name !== '') {
        this.#isParsingFirst = true
        this.#names.known.add(name)
      }
    }
    wire.bind({ statement: name, values: NO_VALUES, valueMapper: toWire })
    wire.execute(ONCE)
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    const columns = this.#columns
    this.#rows.push(columns ? fields.map((text, index) => typedValue(text, columns[index]?.dataTypeID)) : fields)
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#tag = text
  }

  handleError(error: unknown): void {
    const isUnknown = isUnknownStatement(error)
    // Parsing may have failed; if it had not, parsing again under the same name would.
    if (this.#isParsing || isUnknown) this.#forget(this.#name)
    if (this.#isParsingFirst || isUnknown) this.#forget(this.#before)
    this.callback(error)
  }

  #forget(name: string | undefined): void {
    if (name !== undefined && this.#names.known.delete(name)) this.#names.forgotten.push(name)
  }

  handleReadyForQuery(): void {
    const result = { rows: this.#rows, changes: changesOf(this.#tag), tag: this.#tag }
    this.callback(undefined, this.#columns ? { ...result, columns: this.#columns.map(({ name }) => name) } : result)
  }

  handleRowDescription({ fields }: { readonly fields: readonly WireColumn[] }): void {
    this.#columns = fields
  }

  /** Not asked for, or nothing to do. */
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
  handleCopyData(): void {}
  handleCopyInResponse(wire: { sendCopyFail(reason: string): void }): void {
    wire.sendCopyFail('Statements do not copy.')
  }
}

const isUnknownStatement = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '26000'

const toWire = (value: SqlValue): unknown => {
  if (typeof value === 'string' || value === null) return value
  if (typeof value === 'object') return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return String(value)
}

/** `INSERT 0 3`, `UPDATE 1`; the number of rows read is of no use. */
function changesOf(tag: string): number {
  if (tag.startsWith('SELECT')) return 0
  const count = Number(tag.slice(tag.lastIndexOf(' ') + 1))
  return Number.isNaN(count) ? 0 : count
}
