import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { Span } from '../source/span.ts'
import type { StartFailure } from './start-generated.ts'

export interface StartPlace {
  /** Path shown for the generated code. */
  readonly output: string
  /** Database as the user gave it. */
  readonly database: string
  readonly port: number
  readonly host: string
}

/** The diagnostic for an application that did not start. */
export function reportStart({ problem, message }: StartFailure, { output, database, port, host }: StartPlace): Diagnostic {
  const span = Span.file(output)
  switch (problem) {
    case 'database':
      return diagnose('serve/database-failed', span, { url: database, problem: message })
    case 'port':
      return diagnose('serve/port-in-use', span, { port, host })
    case 'data-loss':
      return diagnose('dev/destructive-change', span, { problem: message })
    case 'app':
      return diagnose('serve/app-failed', span, { problem: message })
    default:
      return problem satisfies never
  }
}
