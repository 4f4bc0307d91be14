import type { Span } from '../source/span.ts'

/** A span whose offsets are worked out when somebody looks at them. Plain data to everyone else. */
export function createLazySpan(path: string, locate: () => { readonly start: number; readonly end: number }): Span {
  let found: { readonly start: number; readonly end: number } | undefined
  const offsets = (): { readonly start: number; readonly end: number } => {
    found ??= locate()
    return found
  }
  return {
    path,
    get start() {
      return offsets().start
    },
    get end() {
      return offsets().end
    },
  }
}
