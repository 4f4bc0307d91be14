import type { Fix } from './diagnostic.ts'
import type { TextOf } from './line-indexes.ts'

export interface AppliedFixes {
  /** New texts by path: only files that changed. */
  readonly textByPath: ReadonlyMap<string, string>
  readonly applied: readonly Fix[]
  /** Fixes that touch text an earlier fix touched, or a file that is gone. Run the check again for them. */
  readonly skipped: readonly Fix[]
}

type Edit = Fix['edits'][number]

/** Applies the fixes that do not overlap, in the given order: a fix is applied as a whole or not at all. */
export function applyFixes(fixes: readonly Fix[], textOf: TextOf): AppliedFixes {
  const editsByPath = new Map<string, Edit[]>()
  const applied: Fix[] = []
  const skipped: Fix[] = []
  for (const fix of fixes) {
    if (!canApply(fix, editsByPath, textOf)) {
      skipped.push(fix)
      continue
    }
    applied.push(fix)
    for (const edit of fix.edits) editsByPath.set(edit.span.path, [...(editsByPath.get(edit.span.path) ?? []), edit])
  }
  const textByPath = new Map<string, string>()
  for (const [path, edits] of editsByPath) {
    const text = textOf(path)
    if (text !== undefined) textByPath.set(path, applyEdits(text, edits))
  }
  return { textByPath, applied, skipped }
}

function canApply(fix: Fix, editsByPath: ReadonlyMap<string, readonly Edit[]>, textOf: TextOf): boolean {
  const own: Edit[] = []
  for (const edit of fix.edits) {
    const text = textOf(edit.span.path)
    if (text === undefined || edit.span.start > edit.span.end || edit.span.end > text.length) return false
    const others = [...(editsByPath.get(edit.span.path) ?? []), ...own.filter((other) => other.span.path === edit.span.path)]
    if (others.some((other) => overlap(other, edit))) return false
    own.push(edit)
  }
  return own.length > 0
}

/** Two edits at the same empty place also overlap: their order would be luck. */
function overlap(a: Edit, b: Edit): boolean {
  if (a.span.start === b.span.start) return true
  return a.span.start < b.span.end && b.span.start < a.span.end
}

function applyEdits(text: string, edits: readonly Edit[]): string {
  const fromTheEnd = [...edits].sort((a, b) => b.span.start - a.span.start)
  return fromTheEnd.reduce((rest, { span, newText }) => rest.slice(0, span.start) + newText + rest.slice(span.end), text)
}
