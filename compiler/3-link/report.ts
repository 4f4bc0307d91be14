import type { Diagnostic } from '../diagnostics/diagnostic.ts'

/** Takes one problem and carries on: linking never stops at the first. */
export type Report = (diagnostic: Diagnostic) => void
