import type { Operand } from '../ast.ts'
import { isMark, type MarkedText } from './marked-text.ts'
import { STRING_MARK } from './scan-url.ts'

export interface Token {
  readonly kind: 'word' | 'string' | 'bare' | '(' | ')' | ',' | ':' | '-' | 'end'
  readonly text: string
  /** Position in the marked text. */
  readonly at: number
  readonly literal?: Operand
  /** What stands before the apostrophe: `geography'POINT(1 2)'`. */
  readonly prefix?: string
}

/** A word is anything up to a blank, a parenthesis, a comma or a literal: names are not known here. */
export function tokenize({ text, literals, firstLiteral }: MarkedText): readonly Token[] {
  const tokens: Token[] = []
  let literal = firstLiteral
  let at = 0
  while (at < text.length) {
    const char = text[at] as string
    if (char <= ' ' && !isMark(char)) at++
    else if (isMark(char)) {
      tokens.push({ kind: char === STRING_MARK ? 'string' : 'bare', text: char, at: at++, ...operandOf(literals, literal++) })
    } else if (char === '(' || char === ')' || char === ',') tokens.push({ kind: char, text: char, at: at++ })
    else if (char === '-') tokens.push({ kind: char, text: char, at: at++ })
    else {
      const start = at
      const isVariable = startsCondition(tokens)
      while (at < text.length && !isDelimiter(text[at] as string, isVariable)) at++
      const word = text.slice(start, at)
      if (text[at] === STRING_MARK) {
        tokens.push({ kind: 'string', text: word, at: start, prefix: word, ...operandOf(literals, literal++) })
        at++
        continue
      }
      tokens.push({ kind: 'word', text: word, at: start })
      if (isVariable && text[at] === ':') tokens.push({ kind: ':', text: ':', at: at++ })
    }
  }
  tokens.push({ kind: 'end', text: '', at: text.length })
  return tokens
}

const operandOf = (literals: readonly Operand[], index: number): { readonly literal?: Operand } => {
  const literal = literals[index]
  return literal ? { literal } : {}
}

/** Behind `any(` and `all(` stands `c:`. Elsewhere a colon is a letter like any other. */
const startsCondition = (tokens: readonly Token[]): boolean =>
  tokens.at(-1)?.kind === '(' && /[./](?:any|all)$/i.test(tokens.at(-2)?.text ?? '')

const isDelimiter = (char: string, isVariable: boolean): boolean =>
  char <= ' ' || char === '(' || char === ')' || char === ',' || (isVariable && char === ':')
