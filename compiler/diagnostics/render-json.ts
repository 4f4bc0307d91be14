import type { LineIndex } from '../source/line-index.ts'
import type { Span } from '../source/span.ts'
import type { Diagnostic } from './diagnostic.ts'
import { createLineIndexes, type TextOf } from './line-indexes.ts'

/** One JSON object per line, each with offsets and with lines and columns (from 1). The shape is versioned. */
export function renderJson(diagnostics: readonly Diagnostic[], textOf: TextOf): string {
  const indexOf = createLineIndexes(textOf)
  const place = (span: Span): JsonPlace => {
    const index = indexOf(span.path)
    return { path: span.path, start: point(span.start, index), end: point(span.end, index) }
  }
  return diagnostics
    .map((diagnostic) => {
      const line = {
        schemaVersion: 1,
        code: diagnostic.code,
        severity: diagnostic.severity,
        message: diagnostic.message,
        ...place(diagnostic.span),
        notes: diagnostic.notes.map((note) => ({ message: note.message, ...(note.span === undefined ? {} : place(note.span)) })),
        fixes: diagnostic.fixes.map((fix) => ({
          title: fix.title,
          edits: fix.edits.map((edit) => ({ ...place(edit.span), newText: edit.newText })),
        })),
      }
      return `${JSON.stringify(line)}\n`
    })
    .join('')
}

interface JsonPoint {
  readonly offset: number
  readonly line: number
  readonly column: number
}

interface JsonPlace {
  readonly path: string
  readonly start: JsonPoint
  readonly end: JsonPoint
}

function point(offset: number, index: LineIndex | undefined): JsonPoint {
  const position = index?.positionAt(offset) ?? { line: 1, column: 1 }
  return { offset, line: position.line, column: position.column }
}
