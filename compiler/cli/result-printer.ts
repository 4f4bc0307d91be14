import type { CompileResult } from '../compile-result.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { printResult, type ResultOptions } from './print-result.ts'
import type { Terminal } from './terminal.ts'

/**
 * Prints the results of one compile after the other. Errors are shown every time; a warning that was shown stays away until it
 * is gone and back: who saves a file does not want to read the same page again.
 */
export function createResultPrinter(options: ResultOptions, terminal: Terminal): (result: CompileResult) => Promise<void> {
  let shown: ReadonlySet<string> = new Set()
  return async (result) => {
    const isNews = (diagnostic: Diagnostic): boolean => diagnostic.severity === 'error' || !shown.has(keyOf(diagnostic))
    await printResult({ ...result, diagnostics: result.diagnostics.filter(isNews) }, options, terminal, result.diagnostics)
    shown = new Set(result.diagnostics.map(keyOf))
  }
}

/** Without the offsets: they move whenever something above is edited. */
const keyOf = ({ code, message, span }: Diagnostic): string => `${code}\0${span.path}\0${message}`
