import { queryError } from '../../problem/problem.ts'
import type { Operand } from '../ast.ts'
import { BARE_MARK, decodeLiteral, STRING_MARK, scanExpression } from './scan-url.ts'
import type { ValueSink } from './value-sink.ts'

/** Decoded text of a parameter in which every literal is one marker character. */
export interface MarkedText {
  readonly text: string
  /** One per marker, in order. Of a part of a text: those of the whole text. */
  readonly literals: readonly Operand[]
  /** Which of them the first marker in `text` stands for. */
  readonly firstLiteral: number
  /** Name of the parameter, for messages. */
  readonly parameter: string
  /** Turns a position in `text` into one in what the client wrote, decoded. */
  readonly originalPosition: (position: number) => number
  /** How many markers of `text` stand before a position. */
  readonly marksBefore: (position: number) => number
  /** Of a named query: `$name` in place of a value. */
  readonly named: ValueSink['named']
}

const MARKS = new RegExp(`([${STRING_MARK}${BARE_MARK}])`)

export const isMark = (char: string | undefined): boolean => char === STRING_MARK || char === BARE_MARK

export const hasMark = (text: string): boolean => text.includes(STRING_MARK) || text.includes(BARE_MARK)

/**
 * Text of a scanned URL. It is decoded around its markers, so that no decoded byte can be taken for one.
 * @throws ObjectQLError 400 for what is not valid percent-encoding, and for control characters.
 */
export function decodeMarked(encoded: string, parameter: string, firstSlot: number, literals: readonly string[]): MarkedText {
  let text = ''
  const operands: Operand[] = []
  const shifts: Shift[] = []
  for (const piece of encoded.split(MARKS)) {
    if (isMark(piece)) {
      const index = firstSlot + operands.length
      const literal = literals[index]
      // A request target with control characters of its own is no URL.
      if (literal === undefined) throw controlError(parameter)
      shifts.push(shift(text.length, decodeLiteral(literal, parameter), piece))
      operands.push({ kind: 'slot', index, type: piece === STRING_MARK ? 'quoted' : 'bare' })
      text += piece
    } else text += decodePlain(piece, parameter)
  }
  return { text, literals: operands, firstLiteral: 0, parameter, ...positions(shifts), named: () => undefined }
}

/**
 * Text that is decoded already, from JSON or from a call in process.
 * @throws ObjectQLError 400 for an apostrophe without its partner, and for control characters outside of strings.
 */
export function markText(source: string, parameter: string, sink: ValueSink, hasOptions = false): MarkedText {
  // The scanner reads percent signs and plus signs as a URL has them.
  const isEscaped = source.includes('%') || source.includes('+')
  const text = isEscaped ? source.replaceAll('%', '%25').replaceAll('+', '%2B') : source
  const found: string[] = []
  const scanned = scanExpression(text, 0, text.length, parameter, found, hasOptions)
  const plain = isEscaped ? scanned.replaceAll('%2B', '+').replaceAll('%25', '%') : scanned
  const shifts: Shift[] = []
  const operands: Operand[] = []
  for (let at = 0; at < plain.length; at++) {
    const char = plain[at] as string
    if (isMark(char)) {
      const literal = found[operands.length]
      if (literal === undefined) throw controlError(parameter)
      const value = isEscaped ? literal.replaceAll('%2B', '+').replaceAll('%25', '%') : literal
      shifts.push(shift(at, value, char))
      operands.push(sink.take(value, char === STRING_MARK ? 'quoted' : 'bare', parameter))
    } else if (char < ' ' && char !== '\n' && char !== '\r' && char !== '\t') throw controlError(parameter)
  }
  return { text: plain, literals: operands, firstLiteral: 0, parameter, ...positions(shifts), named: sink.named }
}

/**
 * Text that is names as a rule. Without a call or a calculation nothing in it is a literal, so that names may be anything (`2nd`, `it's`).
 * @throws ObjectQLError 400 as `markText` does.
 */
export function markCalls(source: string, parameter: string, sink: ValueSink, hasOptions = false): MarkedText {
  if (source.includes('(') || CALCULATION.test(source)) return markText(source, parameter, sink, hasOptions)
  return { text: source, literals: [], firstLiteral: 0, parameter, ...positions([]), named: sink.named }
}

const CALCULATION = /\s(?:add|sub|mul|div|divby|mod)\s/i

/** A part of a marked text, with positions in the whole. */
export function sliceMarked(source: MarkedText, from: number, to: number): MarkedText {
  const before = source.marksBefore(from)
  return {
    ...source,
    text: source.text.slice(from, to),
    firstLiteral: source.firstLiteral + before,
    originalPosition: (position) => source.originalPosition(position + from),
    marksBefore: (position) => source.marksBefore(position + from) - before,
  }
}

interface Shift {
  readonly at: number
  readonly by: number
}

const shift = (at: number, literal: string, mark: string): Shift => ({ at, by: literal.length + (mark === STRING_MARK ? 2 : 0) - 1 })

/** Looked up for every node of a tree: texts may have a hundred thousand literals. */
function positions(shifts: readonly Shift[]): Pick<MarkedText, 'originalPosition' | 'marksBefore'> {
  const sums: number[] = []
  let sum = 0
  for (const { by } of shifts) {
    sums.push(sum)
    sum += by
  }
  sums.push(sum)
  const marksBefore = (position: number): number => {
    let low = 0
    let high = shifts.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((shifts[middle]?.at ?? 0) < position) low = middle + 1
      else high = middle
    }
    return low
  }
  return { originalPosition: (position) => position + (sums[marksBefore(position)] ?? 0), marksBefore }
}

/**
 * Decodes what is no literal: names and words.
 * @throws ObjectQLError 400 for what is not valid percent-encoding, and for control characters.
 */
export function decodePlain(text: string, parameter: string): string {
  const decoded = decodeLiteral(text, parameter)
  for (let at = 0; at < decoded.length; at++) if (decoded.charCodeAt(at) < 32) throw controlError(parameter)
  return decoded
}

const controlError = (parameter: string) => queryError('INVALID_QUERY', parameter.slice(0, 64), 'Control characters are not allowed here.')
