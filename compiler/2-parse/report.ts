import type { Diagnostic } from '../diagnostics/diagnostic.ts'

/** Takes a problem and carries on: everything wrong with a file is told in one run. */
export type Report = (diagnostic: Diagnostic) => void
