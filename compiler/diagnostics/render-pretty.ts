import { styleText } from 'node:util'
import type { LineIndex } from '../source/line-index.ts'
import type { Span } from '../source/span.ts'
import { type Paint, renderCodeFrame } from './code-frame.ts'
import type { Diagnostic, Severity } from './diagnostic.ts'
import { createLineIndexes, type TextOf } from './line-indexes.ts'

export interface PrettyOptions {
  /** Colours for a terminal. Default false. */
  readonly color?: boolean
  /** Most diagnostics shown before a count takes over. Default 20. */
  readonly limit?: number
}

const FORMAT_BY_SEVERITY: { readonly [severity in Severity]: Parameters<Paint>[0] } = {
  error: ['red', 'bold'],
  warning: ['yellow', 'bold'],
  info: ['cyan', 'bold'],
}

/** Diagnostics for people: place, sentence, code frame, notes, fixes and where to read more. Errors come first when some are left out. */
export function renderPretty(diagnostics: readonly Diagnostic[], textOf: TextOf, options: PrettyOptions = {}): string {
  const indexOf = createLineIndexes(textOf)
  const paint: Paint =
    options.color === true ? (format, text) => styleText(format, text, { validateStream: false }) : (_format, text) => text
  const limit = options.limit ?? 20
  const shown = mostSevere(diagnostics, limit)
  const blocks = shown.map((diagnostic) => renderOne(diagnostic, indexOf, paint))
  if (shown.length < diagnostics.length) blocks.push(`… and ${diagnostics.length - shown.length} more.\n`)
  return blocks.join('\n')
}

/** The first `limit` diagnostics, errors preferred, still in the order they came in. */
function mostSevere(diagnostics: readonly Diagnostic[], limit: number): readonly Diagnostic[] {
  if (diagnostics.length <= limit) return diagnostics
  const ranked = [...diagnostics].sort((a, b) => RANK[a.severity] - RANK[b.severity])
  const kept = new Set(ranked.slice(0, limit))
  return diagnostics.filter((diagnostic) => kept.has(diagnostic))
}

const RANK: { readonly [severity in Severity]: number } = { error: 0, warning: 1, info: 2 }

function renderOne(diagnostic: Diagnostic, indexOf: (path: string) => LineIndex | undefined, paint: Paint): string {
  const { code, severity, message, span, notes, fixes } = diagnostic
  const index = indexOf(span.path)
  const lines = [
    `${paint('bold', printPlace(span, index))}  ${paint(FORMAT_BY_SEVERITY[severity], severity)}  ${code}`,
    `  ${message}`,
    ...(index === undefined ? [] : renderCodeFrame(span, index, paint)),
    ...notes.map((note) => {
      const place = note.span === undefined ? '' : ` (${printPlace(note.span, indexOf(note.span.path))})`
      return `   ${paint('cyan', 'note')} ${note.message}${place}`
    }),
    ...fixes.map((fix) => `   ${paint('green', 'fix')}  ${fix.title}`),
    `   ${paint('dim', 'help')} ${paint('dim', `objectql explain ${code}`)}`,
  ]
  return `${lines.join('\n')}\n`
}

function printPlace(span: Span, index: LineIndex | undefined): string {
  if (index === undefined) return span.path
  const { line, column } = index.positionAt(span.start)
  return `${span.path}:${line}:${column}`
}
