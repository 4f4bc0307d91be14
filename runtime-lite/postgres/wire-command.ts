import { type KnownNames, type Wire, WireQuery, type WireResult } from './wire-query.ts'

/** `commit` and what else has no values and gives no rows: one message instead of four, and two answers instead of four. */
export class WireCommand extends WireQuery {
  readonly #text: string

  constructor(text: string, names: KnownNames, callback: (error: unknown, result?: WireResult) => void) {
    super(text, undefined, [], names, callback)
    this.#text = text
  }

  override submit(wire: Wire): Error | null {
    wire.query(this.#text)
    return null
  }
}
