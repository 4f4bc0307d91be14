import type { Span } from '../source/span.ts'

interface Range {
  readonly start: number
  readonly end: number
}

/** A span whose offsets are worked out when somebody looks at them. */
export const createLazySpan = (path: string, locate: () => Range): Span => new LazySpan(path, locate)

/** There are thousands of them, and walking or freezing a tree that holds them must not look at their offsets: hence a class. */
class LazySpan implements Span {
  readonly path: string
  #locate: (() => Range) | undefined
  #range: Range | undefined

  constructor(path: string, locate: () => Range) {
    this.path = path
    this.#locate = locate
  }

  get start(): number {
    return this.#offsets().start
  }

  get end(): number {
    return this.#offsets().end
  }

  toJSON(): Span {
    const { path, start, end } = this
    return { path, start, end }
  }

  #offsets(): Range {
    this.#range ??= this.#locate?.() ?? { start: 0, end: 0 }
    // What was needed to find the place may go.
    this.#locate = undefined
    return this.#range
  }
}
