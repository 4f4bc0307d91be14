import type { DiagnosticExtras } from '../diagnostics/diagnose.ts'
import { replaceWith } from '../diagnostics/suggest.ts'
import { Span } from '../source/span.ts'
import type { ExpressionProblem } from './problem.ts'
import type { Range } from './syntax.ts'

/** Where in its file an expression is wrong, and what may have been meant. `whole`: the span of its text. */
export function placeOf(
  { range, kind, meant }: ExpressionProblem,
  source: string,
  whole: Span,
): DiagnosticExtras & { readonly span: Span } {
  const span = spanIn(whole, source, range)
  const isExact = span.end - span.start === range.end - range.start
  return {
    span,
    notes: meant === undefined ? [] : [{ message: `Did you mean "${meant}"?` }],
    fixes: meant !== undefined && isExact && kind === 'unknown-field' ? [replaceWith(span, meant)] : [],
  }
}

/** Exactly, where the text stands there as it is, alone or between quotes. */
export function spanIn(whole: Span, source: string, { start, end }: Range): Span {
  const around = whole.end - whole.start - source.length
  if ((around !== 0 && around !== 2) || end > source.length || end <= start) return whole
  const from = whole.start + around / 2
  return Span.create(whole.path, from + start, from + end)
}
