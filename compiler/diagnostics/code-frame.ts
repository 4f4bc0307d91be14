import type { styleText } from 'node:util'
import { displayWidth } from '../source/display-width.ts'
import type { LineIndex } from '../source/line-index.ts'
import type { Span } from '../source/span.ts'

/** Colours a text, or leaves it as it is. */
export type Paint = (format: Parameters<typeof styleText>[0], text: string) => string

const LINES_BEFORE = 2
/** Longer lines are cut around the marked text. */
const WIDEST_LINE = 160

/** The marked line, two lines before it and a line of carets under it. Nothing for a place that is a whole file. */
export function renderCodeFrame(span: Span, index: LineIndex, paint: Paint): readonly string[] {
  if (span.start === 0 && span.end === 0) return []
  const start = index.positionAt(span.start)
  const end = index.positionAt(span.end)
  const labelWidth = String(start.line).length
  const frame: string[] = []
  for (let line = Math.max(1, start.line - LINES_BEFORE); line < start.line; line++) {
    frame.push(paint('dim', gutter(' ', String(line), labelWidth)) + cut(printable(index.lineText(line)), 0))
  }
  const text = index.lineText(start.line)
  const from = Math.min(start.column - 1, text.length)
  const to = end.line === start.line ? Math.min(end.column - 1, text.length) : text.length
  const lead = printable(text.slice(0, from))
  const marked = printable(text.slice(from, to))
  // A place far to the right is shown by leaving out the start of its line.
  const shift = Math.max(0, lead.length + Math.min(marked.length, 40) - WIDEST_LINE + 20)
  const blank = ' '.repeat(displayWidth(lead.slice(shift)) + (shift > 0 ? 1 : 0))
  const carets = '^'.repeat(Math.max(1, Math.min(displayWidth(marked), WIDEST_LINE)))
  frame.push(paint('red', gutter('>', String(start.line), labelWidth)) + cut(printable(text), shift))
  frame.push(paint('dim', gutter(' ', '', labelWidth)) + blank + paint('red', carets))
  return frame.map((line) => line.trimEnd())
}

const gutter = (mark: string, label: string, width: number): string => ` ${mark} ${label.padStart(width)} | `

/** Tabs and control characters become one space each, so that columns line up whatever the terminal does with them. */
const printable = (text: string): string => text.replace(/\p{Cc}/gu, ' ')

function cut(text: string, shift: number): string {
  const tail = shift > 0 ? `…${text.slice(shift)}` : text
  return tail.length > WIDEST_LINE ? `${tail.slice(0, WIDEST_LINE)}…` : tail
}
