/** Line and column, both from 1. Columns count UTF-16 code units, as editors do. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** Turns offsets of one text into lines and columns. */
export interface LineIndex {
  readonly lineCount: number
  positionAt(offset: number): Position
  /** Offset of a position; clamped to the text. */
  offsetAt(position: Position): number
  /** Text of a line (from 1) without its line break. */
  lineText(line: number): string
}

/** Lines end in LF, CRLF or a lone CR. A byte order mark does not count as a column. */
export function createLineIndex(text: string): LineIndex {
  const bomLength = text.charCodeAt(0) === 0xfeff ? 1 : 0
  const starts = [bomLength]
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 10 || (code === 13 && text.charCodeAt(index + 1) !== 10)) starts.push(index + 1)
  }
  const startOf = (line: number): number => starts[line - 1] ?? text.length
  return {
    lineCount: starts.length,
    positionAt(offset) {
      const bounded = Math.min(Math.max(offset, 0), text.length)
      let low = 0
      let high = starts.length - 1
      while (low < high) {
        const middle = (low + high + 1) >> 1
        if (startOf(middle + 1) <= bounded) low = middle
        else high = middle - 1
      }
      return { line: low + 1, column: Math.max(bounded - startOf(low + 1), 0) + 1 }
    },
    offsetAt({ line, column }) {
      return Math.min(startOf(line) + column - 1, text.length)
    },
    lineText(line) {
      return text.slice(startOf(line), starts[line] ?? text.length).replace(/\r?\n$|\r$/, '')
    },
  }
}
