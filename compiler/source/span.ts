/**
 * A half-open range of UTF-16 code units in one input file. Offsets only: line and column are worked out when a
 * diagnostic is rendered. Plain and JSON-safe, so every syntax, model and IR node can carry one.
 */
export interface Span {
  /** Path of the input file, relative to the project root, with forward slashes on every platform. */
  readonly path: string
  readonly start: number
  readonly end: number
}

export const Span = {
  create: (path: string, start: number, end: number): Span => ({ path, start, end }),
  /** The place to point at when only the file is known. */
  file: (path: string): Span => ({ path, start: 0, end: 0 }),
}

/** A value together with the place it was written. */
export interface Located<Value> {
  readonly value: Value
  readonly span: Span
}
