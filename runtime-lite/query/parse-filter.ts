import { queryError } from '../problem/problem.ts'
import type { Comparison, Condition, Operand, TextMatch } from './query.ts'
import { BARE_MARK, STRING_MARK } from './scan-url.ts'

export interface FilterSource {
  /** Decoded `$filter` text with every literal replaced by a marker. */
  readonly text: string
  /** Slot of the first literal in `text`. */
  readonly firstSlot: number
  /** Deepest nesting of parentheses and `not`. */
  readonly maxDepth: number
  /** Turns a position in `text` into one in what the client sent, decoded. */
  readonly originalPosition: (position: number) => number
}

interface Token {
  readonly kind: 'word' | 'string' | 'bare' | '(' | ')' | ',' | 'end'
  readonly text: string
  readonly at: number
}

const COMPARISONS: ReadonlySet<string> = new Set<Comparison>(['eq', 'ne', 'gt', 'ge', 'lt', 'le'])
const MATCHES: ReadonlySet<string> = new Set<TextMatch>(['contains', 'startswith', 'endswith'])

/**
 * OData-style filter: `status eq 'open' and (amount gt 100 or not contains(name,'test'))`. Comparison, and/or/not, in,
 * contains/startswith/endswith, null.
 * @throws ObjectQLError 400 INVALID_FILTER with the position.
 */
export function parseFilter({ text, firstSlot, maxDepth, originalPosition }: FilterSource): Condition {
  const tokens = tokenize(text)
  let next = 0
  let slot = firstSlot
  let depth = 0

  const peek = (): Token => tokens[next] as Token
  const take = (): Token => tokens[next++] as Token
  const fail = (message: string, token: Token): never => {
    throw queryError('INVALID_FILTER', '$filter', message, originalPosition(token.at))
  }
  const shown = (token: Token): string =>
    token.kind === 'end' ? 'the end' : token.kind === 'string' ? 'a string' : token.kind === 'bare' ? 'a value' : `"${token.text}"`
  const expect = (kind: Token['kind'], what: string): Token => {
    const token = take()
    return token.kind === kind ? token : fail(`Expected ${what} in $filter, found ${shown(token)}.`, token)
  }
  const isWord = (token: Token, word: string): boolean => token.kind === 'word' && token.text.toLowerCase() === word
  const deeper = <Result>(token: Token, work: () => Result): Result => {
    if (++depth > maxDepth) fail(`$filter is nested deeper than ${maxDepth} levels.`, token)
    const result = work()
    depth--
    return result
  }

  function parseOr(): Condition {
    const parts = [parseAnd()]
    while (isWord(peek(), 'or')) {
      take()
      parts.push(parseAnd())
    }
    return parts.length === 1 ? (parts[0] as Condition) : { kind: 'or', parts }
  }

  function parseAnd(): Condition {
    const parts = [parseTerm()]
    while (isWord(peek(), 'and')) {
      take()
      parts.push(parseTerm())
    }
    return parts.length === 1 ? (parts[0] as Condition) : { kind: 'and', parts }
  }

  function parseTerm(): Condition {
    const token = take()
    if (isWord(token, 'not') && peek().kind !== 'end') return deeper(token, () => ({ kind: 'not', part: parseTerm() }))
    if (token.kind === '(') {
      const inner = deeper(token, parseOr)
      expect(')', '")"')
      return inner
    }
    if (token.kind !== 'word') return fail(`Expected a field or a function in $filter, found ${shown(token)}.`, token)
    if (peek().kind === '(') return parseCall(token)
    return parseComparison(token)
  }

  function parseCall(name: Token): Condition {
    const operator = name.text.toLowerCase()
    if (!MATCHES.has(operator)) fail(`The function "${name.text}" is not known. Use contains, startswith or endswith.`, name)
    take()
    const field = expect('word', 'a field').text
    expect(',', '","')
    const value = parseValue()
    if (value === null) return fail(`"${name.text}" needs a string.`, name)
    expect(')', '")"')
    return { kind: 'match', field, operator: operator as TextMatch, value }
  }

  function parseComparison(field: Token): Condition {
    const token = take()
    const operator = token.kind === 'word' ? token.text.toLowerCase() : ''
    if (operator === 'in') return parseIn(field)
    if (!COMPARISONS.has(operator))
      fail(`Expected an operator after "${field.text}" (eq, ne, gt, ge, lt, le, in), found ${shown(token)}.`, token)
    const value = parseValue()
    if (value !== null) return { kind: 'compare', field: field.text, operator: operator as Comparison, value }
    if (operator !== 'eq' && operator !== 'ne') fail(`null can be compared with eq and ne only, not with "${operator}".`, token)
    return { kind: 'null', field: field.text, isNull: operator === 'eq' }
  }

  function parseIn(field: Token): Condition {
    expect('(', '"("')
    const values: Operand[] = []
    do {
      const value = parseValue()
      if (value === null) return fail('null cannot stand in a list: use "eq null".', peek())
      values.push(value)
    } while (peek().kind === ',' && take())
    expect(')', '")"')
    return { kind: 'in', field: field.text, values }
  }

  /** A literal; null for the word `null`. */
  function parseValue(): Operand | null {
    const token = take()
    if (token.kind === 'string') return { kind: 'slot', index: slot++, type: 'quoted' }
    if (token.kind === 'bare') return { kind: 'slot', index: slot++, type: 'bare' }
    if (isWord(token, 'null')) return null
    if (isWord(token, 'true')) return { kind: 'constant', value: true, type: 'boolean' }
    if (isWord(token, 'false')) return { kind: 'constant', value: false, type: 'boolean' }
    return fail(`Expected a value in $filter, found ${shown(token)}. Strings stand in apostrophes.`, token)
  }

  const condition = parseOr()
  const rest = peek()
  if (rest.kind !== 'end') fail(`Expected "and" or "or" in $filter, found ${shown(rest)}.`, rest)
  return condition
}

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const char = text[at] as string
    if (char === ' ' || char === '\t') at++
    else if (char === STRING_MARK || char === BARE_MARK)
      tokens.push({ kind: char === STRING_MARK ? 'string' : 'bare', text: char, at: at++ })
    else if (char === '(' || char === ')' || char === ',') tokens.push({ kind: char, text: char, at: at++ })
    else {
      const start = at
      while (at < text.length && !' \t(),'.includes(text[at] as string) && text[at] !== STRING_MARK && text[at] !== BARE_MARK) at++
      tokens.push({ kind: 'word', text: text.slice(start, at), at: start })
    }
  }
  tokens.push({ kind: 'end', text: '', at: text.length })
  return tokens
}
