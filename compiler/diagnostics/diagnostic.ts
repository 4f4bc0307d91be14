import type { Span } from '../source/span.ts'

export type Severity = 'error' | 'warning' | 'info'

/** One problem: plain, JSON-safe data with a place and a next step. */
export interface Diagnostic {
  /** `phase/slug`, e.g. `link/unknown-object`. Never renamed once published. */
  readonly code: string
  readonly severity: Severity
  /** One sentence, capital first, full stop last. */
  readonly message: string
  readonly span: Span
  readonly notes: readonly { readonly message: string; readonly span?: Span }[]
  readonly fixes: readonly Fix[]
}

export interface Fix {
  readonly title: string
  readonly edits: readonly { readonly span: Span; readonly newText: string }[]
}
