import type { Diagnostic, Severity } from './diagnostic.ts'
import { createLineIndexes, type TextOf } from './line-indexes.ts'

const COMMAND_BY_SEVERITY: { readonly [severity in Severity]: string } = { error: 'error', warning: 'warning', info: 'notice' }

/** Workflow commands that GitHub Actions shows beside the changed lines. */
export function renderGithub(diagnostics: readonly Diagnostic[], textOf: TextOf): string {
  const indexOf = createLineIndexes(textOf)
  return diagnostics
    .map(({ code, severity, message, span, notes, fixes }) => {
      const index = indexOf(span.path)
      const start = index?.positionAt(span.start) ?? { line: 1, column: 1 }
      const end = index?.positionAt(span.end) ?? start
      const properties = [
        `file=${escapeProperty(span.path)}`,
        `line=${start.line}`,
        `endLine=${end.line}`,
        // Columns are only shown for annotations of a single line.
        ...(start.line === end.line ? [`col=${start.column}`, `endColumn=${end.column}`] : []),
        `title=${escapeProperty(code)}`,
      ]
      const text = [message, ...notes.map((note) => note.message), ...fixes.map((fix) => `Fix: ${fix.title}.`)].join('\n')
      return `::${COMMAND_BY_SEVERITY[severity]} ${properties.join(',')}::${escapeText(text)}\n`
    })
    .join('')
}

const escapeText = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')

const escapeProperty = (text: string): string => escapeText(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
