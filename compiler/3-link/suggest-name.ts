import type { DiagnosticExtras } from '../diagnostics/diagnose.ts'
import type { Diagnostic, Fix } from '../diagnostics/diagnostic.ts'
import { didYouMean, replaceWith, type Suggestion } from '../diagnostics/suggest.ts'
import type { Span } from '../source/span.ts'

/**
 * What the author may have meant. A fix only where the span holds this name and nothing else: not a name taken from the file's
 * own, not a list of several, not a text with escapes. Elsewhere a note says it.
 */
export function suggestName(suggestion: Suggestion): DiagnosticExtras {
  return isExactly(suggestion.span, suggestion.name) ? didYouMean(suggestion) : { notes: notesOnName(suggestion) }
}

/** The same in notes alone, for a span that holds something else than the name: the value under a key, a whole block. */
export function notesOnName(suggestion: Suggestion): Diagnostic['notes'] {
  const { notes = [], fixes = [] } = didYouMean(suggestion)
  const meant = fixes[0]?.edits[0]?.newText
  return meant === undefined ? notes : [{ message: `Did you mean "${meant}"?` }, ...notes]
}

/** A fix that writes another name over this one, where the span holds it alone. */
export const replaceName = (span: Span, name: string, newName: string): readonly Fix[] =>
  isExactly(span, name) ? [replaceWith(span, newName)] : []

const isExactly = (span: Span, name: string): boolean => name !== '' && span.end - span.start === name.length
