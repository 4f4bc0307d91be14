import { ExpressionProblem } from './problem.ts'
import type { Range } from './syntax.ts'

export interface Token extends Range {
  readonly kind: 'number' | 'text' | 'name' | 'operator' | 'end'
  /** The text of a string without quotes and escapes; names and operators as they are. */
  readonly text: string
}

const OPERATORS = ['<>', '<=', '>=', '==', '!=', '&&', '||', ...'+-*/^%&=<>!?:.,()[]']
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y
const NAME = /\$?[\p{L}_][\p{L}\p{N}_]*/uy
const BRACED = /\{\s*([\p{L}_][\p{L}\p{N}_]*)\s*\}/uy

/** Words, numbers, texts and operators of the spreadsheet and CEL dialects. @throws ExpressionProblem for a character that is none of them. */
export function tokenize(source: string, hasEscapes: boolean): readonly Token[] {
  const tokens: Token[] = []
  const match = (pattern: RegExp, start: number): RegExpExecArray | null => {
    pattern.lastIndex = start
    return pattern.exec(source)
  }
  let at = 0
  while (at < source.length) {
    const start = at
    const character = source[at] as string
    if (/\s/.test(character)) {
      at++
      continue
    }
    if (character === '"' || character === "'") {
      const { text, end } = readText(source, start, hasEscapes)
      at = end
      tokens.push({ kind: 'text', text, start, end })
      continue
    }
    const number = match(NUMBER, start)
    const name = number ? null : (match(NAME, start) ?? match(BRACED, start))
    const operator = number || name ? undefined : OPERATORS.find((one) => source.startsWith(one, start))
    const found = number?.[0] ?? name?.[0] ?? operator
    if (found === undefined) throw new ExpressionProblem('syntax', { start, end: start + 1 }, `"${character}" has no meaning here`)
    at = start + found.length
    tokens.push({ kind: number ? 'number' : name ? 'name' : 'operator', text: name?.[1] ?? found, start, end: at })
  }
  tokens.push({ kind: 'end', text: '', start: source.length, end: source.length })
  return tokens
}

/** Spreadsheets double a quote that is part of the text, CEL escapes it. */
function readText(source: string, start: number, hasEscapes: boolean): { readonly text: string; readonly end: number } {
  const quote = source[start] as string
  let text = ''
  for (let at = start + 1; at < source.length; at++) {
    const character = source[at] as string
    if (hasEscapes && character === '\\' && at + 1 < source.length) {
      const escaped = source[++at] as string
      text += ESCAPES[escaped] ?? escaped
    } else if (character !== quote) text += character
    else if (!hasEscapes && source[at + 1] === quote) text += source[at++]
    else return { text, end: at + 1 }
  }
  throw new ExpressionProblem('syntax', { start, end: source.length }, 'a text has no closing quote')
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }
