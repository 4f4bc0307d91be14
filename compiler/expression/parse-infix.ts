import { ExpressionProblem } from './problem.ts'
import type { BinaryOperator, Range, Syntax } from './syntax.ts'
import { type Token, tokenize } from './tokenize.ts'

/** What tells the spreadsheet dialect from CEL. */
export interface Grammar {
  /** Operator as written (words in lower case) → its meaning and how tightly it binds. */
  readonly binary: Readonly<Record<string, readonly [operator: BinaryOperator, binding: number]>>
  /** Prefix operators and how tightly they bind. */
  readonly prefix: Readonly<Record<string, readonly [operator: '-' | '+' | 'not', binding: number]>>
  readonly areWordsFolded: boolean
  /** `condition ? a : b`, lists, escapes in texts, methods. */
  readonly isProgrammer: boolean
}

/** Deeper ones are no formula anybody wrote. */
const MAX_DEPTH = 200

/** Parses by the precedence of operators. @throws ExpressionProblem at the first thing that does not fit. */
export function parseInfix(source: string, grammar: Grammar): Syntax {
  const tokens = tokenize(source, grammar.isProgrammer)
  let position = 0
  let depth = 0

  const peek = (): Token => tokens[position] as Token
  const word = ({ kind, text }: Token): string => (kind === 'name' && grammar.areWordsFolded ? text.toLowerCase() : text)
  const isOperator = (token: Token, text: string): boolean => token.kind === 'operator' && token.text === text
  const take = (): Token => tokens[position++] as Token
  const expect = (text: string): Token => {
    if (isOperator(peek(), text)) return take()
    throw unexpected(peek(), `"${text}"`)
  }

  function expression(least: number): Syntax {
    if (++depth > MAX_DEPTH) throw new ExpressionProblem('syntax', peek(), `it is nested deeper than ${MAX_DEPTH} levels`)
    let left = operand()
    for (;;) {
      const token = peek()
      if (token.kind === 'text' || token.kind === 'number' || token.kind === 'end') break
      if (grammar.isProgrammer && least === 0 && isOperator(token, '?')) {
        take()
        const result = expression(0)
        expect(':')
        const otherwise = expression(0)
        left = { kind: 'choice', condition: left, result, otherwise, start: left.start, end: otherwise.end }
        continue
      }
      const known = grammar.binary[word(token)]
      if (!known || known[1] < least || (token.kind === 'name' && !/^[a-z]+$/.test(word(token)))) break
      take()
      const right = expression(known[1] + 1)
      left = { kind: 'binary', operator: known[0], left, right, start: left.start, end: right.end }
    }
    depth--
    return left
  }

  function operand(): Syntax {
    const token = take()
    const { start, end } = token
    if (token.kind === 'number') return { kind: 'literal', value: Number(token.text), start, end }
    if (token.kind === 'text') return { kind: 'literal', value: token.text, start, end }
    const isCall = token.kind === 'name' && isOperator(peek(), '(')
    const prefix = isCall ? undefined : grammar.prefix[word(token)]
    if (prefix) {
      const of = expression(prefix[1])
      return { kind: 'unary', operator: prefix[0], of, start, end: of.end }
    }
    if (isOperator(token, '(')) {
      const inner = expression(0)
      return members({ ...inner, start, end: expect(')').end })
    }
    if (grammar.isProgrammer && isOperator(token, '[')) {
      const { items, end: close } = list(']')
      return { kind: 'list', items, start, end: close }
    }
    if (token.kind !== 'name') throw unexpected(token, 'a value')
    if (isCall) {
      take()
      const { items, end: close } = list(')')
      return members({ kind: 'call', name: token.text, args: items, start, end: close })
    }
    const lower = token.text.toLowerCase()
    const literal = grammar.areWordsFolded ? lower : token.text
    if (LITERALS.has(literal)) return { kind: 'literal', value: LITERALS.get(literal) ?? null, start, end }
    return members({ kind: 'name', name: token.text, start, end })
  }

  /** `.name` and `.method(…)` behind a value. */
  function members(start: Syntax): Syntax {
    let of = start
    while (isOperator(peek(), '.')) {
      take()
      const name = take()
      if (name.kind !== 'name') throw unexpected(name, 'the name of a field')
      if (grammar.isProgrammer && isOperator(peek(), '(')) {
        take()
        const { items, end } = list(')')
        of = { kind: 'call', name: name.text, of, args: items, start: of.start, end }
      } else of = { kind: 'member', of, name: name.text, start: of.start, end: name.end }
    }
    return of
  }

  function list(close: string): { readonly items: readonly Syntax[]; readonly end: number } {
    const items: Syntax[] = []
    if (isOperator(peek(), close)) return { items, end: take().end }
    for (;;) {
      items.push(expression(0))
      if (isOperator(peek(), close)) return { items, end: take().end }
      expect(',')
    }
  }

  const parsed = expression(0)
  if (peek().kind !== 'end') throw unexpected(peek(), 'an operator')
  return parsed
}

const LITERALS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
])

function unexpected(token: Token, expected: string): ExpressionProblem {
  const range: Range = token
  return new ExpressionProblem(
    'syntax',
    range,
    token.kind === 'end' ? `it ends where ${expected} is expected` : `${expected} is expected in place of "${token.text}"`,
  )
}
