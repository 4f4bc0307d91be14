import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic, Fix } from '../diagnostics/diagnostic.ts'
import { Span } from '../source/span.ts'

/** The parser's complaint with, for the mistakes people make most, the way out. */
export function yamlSyntaxError(path: string, text: string, reason: string, position: number): Diagnostic {
  const offset = Math.min(Math.max(position, 0), text.length)
  const span = Span.create(path, offset, Math.min(offset + 1, text.length))
  const problem = reason.trim().replace(/\.$/, '')
  return diagnose('load/yaml-syntax', span, { problem }, { fixes: fixesFor(path, text, offset) })
}

function fixesFor(path: string, text: string, offset: number): readonly Fix[] {
  const lineStart = Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1
  const line = /^[^\r\n]*/.exec(text.slice(lineStart))?.[0] ?? ''
  if (/^[ \t]*\t/.test(line)) return [indentWithSpaces(path, text, lineStart)]
  // `key: @value`, or a value with a second `: ` in it: both are text that wants quotes.
  const [, lead = '', value = ''] = /^(\s*(?:- )?[\w.-]+:\s+)([^\s"'[{|>&*!#].*?)\s*$/.exec(line) ?? []
  const wantsQuotes = /^[@`%]/.test(value) || /:\s/.test(value)
  if (!wantsQuotes || / #/.test(value)) return []
  const start = lineStart + lead.length
  const newText = `'${value.replaceAll("'", "''")}'`
  return [{ title: 'Put the value in quotes', edits: [{ span: Span.create(path, start, start + value.length), newText }] }]
}

/** Replaces the tabs that indent a line, in the line at fault and wherever a line starts with one. */
function indentWithSpaces(path: string, text: string, faultyStart: number): Fix {
  const indentations = [...text.matchAll(/^[ \t]*\t/gm)].filter(
    ({ 0: indentation, index }) => indentation.startsWith('\t') || index === faultyStart,
  )
  return {
    title: 'Indent with spaces',
    edits: indentations.map(({ 0: indentation, index }) => ({
      span: Span.create(path, index, index + indentation.length),
      newText: indentation.replaceAll('\t', '  '),
    })),
  }
}
