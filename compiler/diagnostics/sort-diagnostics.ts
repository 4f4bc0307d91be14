import type { Diagnostic } from './diagnostic.ts'

/** Sorted by file, offset, code and message; the same problem reported twice is kept once. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const sorted = [...diagnostics].sort(compareDiagnostics)
  return sorted.filter((diagnostic, index) => {
    const previous = sorted[index - 1]
    return previous === undefined || compareDiagnostics(previous, diagnostic) !== 0
  })
}

/** True when one of them stops the run; `strict` counts warnings too. */
export function hasErrors(diagnostics: readonly Diagnostic[], options: { readonly strict?: boolean } = {}): boolean {
  return diagnostics.some(({ severity }) => severity === 'error' || (options.strict === true && severity === 'warning'))
}

function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return (
    compareText(a.span.path, b.span.path) ||
    a.span.start - b.span.start ||
    compareText(a.code, b.code) ||
    compareText(a.message, b.message) ||
    a.span.end - b.span.end
  )
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
