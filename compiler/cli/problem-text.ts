import { styleText } from 'node:util'
import type { QueryProblem } from '../explain/question.ts'

/** Widest part of a line that is shown. */
const WIDTH = 100

/** The refusal, and the query with a caret under the place. */
export function problemText({ code, message, text, offset }: QueryProblem, hasColor: boolean): string {
  const red = (word: string): string => (hasColor ? styleText(['red', 'bold'], word, { validateStream: false }) : word)
  const head = `${red('error')}  ${code}\n  ${message}\n`
  if (text === '') return head
  if (offset === undefined) return `${head}\n  ${lineAround(text, 0).shown}\n`
  const { shown, column } = lineAround(text, offset)
  return `${head}\n  ${shown}\n  ${' '.repeat(column)}${red('^')}\n`
}

/** The line of an offset, or as much of it as fits. */
function lineAround(text: string, offset: number): { readonly shown: string; readonly column: number } {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  const end = text.indexOf('\n', start)
  const line = text.slice(start, end < 0 ? undefined : end)
  const column = offset - start
  const first = line.length <= WIDTH || column < WIDTH - 10 ? 0 : column - WIDTH / 2
  const cut = line.slice(first, first + WIDTH)
  const before = first > 0 ? '…' : ''
  const after = first + WIDTH < line.length ? '…' : ''
  // A tab or a bell would move the caret.
  const plain = Array.from(cut, (char) => (char < ' ' || char === '\x7f' ? '·' : char)).join('')
  return { shown: `${before}${plain}${after}`, column: widthOf(line.slice(first, column)) + before.length }
}

/** Columns a terminal needs for a text: two for most of what lies beyond Latin, Greek and Cyrillic. */
const widthOf = (text: string): number =>
  Array.from(text).reduce(
    (sum, char) =>
      sum +
      (/\p{M}/u.test(char)
        ? 0
        : /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}]/u.test(char)
          ? 2
          : 1),
    0,
  )
