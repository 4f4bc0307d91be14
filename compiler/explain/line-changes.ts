/** A line that went, or one that came. */
export interface LineChange {
  readonly sign: '-' | '+'
  readonly text: string
}

/** What differs between two short texts, in order: lines that went before those that came. */
export function lineChanges(before: readonly string[], after: readonly string[]): readonly LineChange[] {
  const left = new Set(before)
  const right = new Set(after)
  return [
    ...before.filter((text) => !right.has(text)).map((text) => ({ sign: '-' as const, text })),
    ...after.filter((text) => !left.has(text)).map((text) => ({ sign: '+' as const, text })),
  ]
}
