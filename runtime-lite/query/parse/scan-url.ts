import { queryError } from '../../problem/problem.ts'

/**
 * One pass over the query string of a URL: literals are cut out, what remains is the shape key. No URLSearchParams, no
 * decoding, no regular expression; the parser runs once per shape, over the key.
 */
export interface ScannedUrl {
  /** The query string with every literal replaced by one marker character. */
  readonly key: string
  /** The literals, still percent-encoded, in order. */
  readonly literals: readonly string[]
}

/** Markers cannot occur in a URL: HTTP forbids control characters in a request target. */
export const STRING_MARK = '\u0001'
export const BARE_MARK = '\u0002'
export const UNTYPED_MARK = '\u0003'

const ONE_LITERAL = `=${UNTYPED_MARK}`

const AMPERSAND = 38
const APOSTROPHE = 39
const SEMICOLON = 59
const EQUALS = 61
const PERCENT = 37
const DOLLAR = 36
const BRACKET = 91
const CLOSING_BRACKET = 93
const LOWER_B = 98
const LOWER_D = 100
const LOWER_N = 110
const BRACE = 123

const LITERAL = 0
const STRUCTURE = 1
/** Text with literals in it, unless it is JSON. */
const EXPRESSION = 2
/** The same, but without parentheses there are only names in it. */
const NAMES_OR_CALLS = 3

/** How parameters are read, with and without `$`. Any other name is an equality filter on that field. */
const KINDS: ReadonlyMap<string, number> = new Map([
  ['top', LITERAL],
  ['limit', LITERAL],
  ['skip', LITERAL],
  ['offset', LITERAL],
  ['cursor', LITERAL],
  ['search', LITERAL],
  ['select', STRUCTURE],
  ['fields', STRUCTURE],
  ['searchFields', STRUCTURE],
  ['count', STRUCTURE],
  ['distinct', STRUCTURE],
  ['filter', EXPRESSION],
  ['filters', EXPRESSION],
  ['where', EXPRESSION],
  ['having', EXPRESSION],
  ['expand', NAMES_OR_CALLS],
  ['populate', NAMES_OR_CALLS],
  ['orderby', NAMES_OR_CALLS],
  ['orderBy', NAMES_OR_CALLS],
  ['sort', NAMES_OR_CALLS],
  ['groupby', NAMES_OR_CALLS],
  ['groupBy', NAMES_OR_CALLS],
  ['aggregate', NAMES_OR_CALLS],
  ['aggregations', NAMES_OR_CALLS],
])

export function scanUrl(text: string, start: number): ScannedUrl {
  const literals: string[] = []
  const end = text.length
  let key = ''
  let at = start
  while (at < end) {
    let equals = at
    let code = text.charCodeAt(at)
    while (equals < end && code !== EQUALS && code !== AMPERSAND) code = text.charCodeAt(++equals)
    if (equals >= end || code === AMPERSAND) {
      // A parameter without '=': kept as it is, the parser refuses it.
      key += text.slice(at, equals + 1)
      at = equals + 1
      continue
    }
    const nameStart = text.charCodeAt(at) === PERCENT && text.startsWith('%24', at) ? at + 3 : text.charCodeAt(at) === DOLLAR ? at + 1 : at
    const isDollar = nameStart !== at
    const value = equals + 1
    let next = text.indexOf('&', value)
    if (next < 0) next = end
    if (isDollar && text.charCodeAt(nameStart) === 102 && equals - nameStart === 6 && text.startsWith('filter', nameStart)) {
      key += '$filter='
      key += isJson(text, value) ? text.slice(value, next) : scanExpression(text, value, next, '$filter', literals, false)
    } else {
      const name = text.slice(nameStart, equals)
      const kind = KINDS.get(name) ?? (isDollar ? STRUCTURE : LITERAL)
      if (isDollar) key += '$'
      key += name
      if (kind === LITERAL) {
        const literal = text.slice(value, next)
        const word = name === 'deleted' ? deletedWord(literal) : wordOf(literal)
        if (word !== undefined) key += `=${word}`
        else if (isListOperator(name)) key += scanList(literal, name, literals)
        else {
          literals.push(literal)
          key += ONE_LITERAL
        }
      } else if (kind === STRUCTURE || isJson(text, value) || (kind === NAMES_OR_CALLS && !hasCall(text, value, next))) {
        key += text.slice(equals, next)
      } else {
        key += '='
        key += scanExpression(text, value, next, isDollar ? `$${name}` : name, literals, kind === NAMES_OR_CALLS)
      }
    }
    if (next < end) key += '&'
    at = next + 1
  }
  return { key, literals }
}

/** `field[between]`, `field[in]` and `field[nin]`: `n]` at the end, encoded or not. */
function isListOperator(name: string): boolean {
  const last = name.charCodeAt(name.length - 1)
  if (last === CLOSING_BRACKET) return name.charCodeAt(name.length - 2) === LOWER_N
  return (
    (last | 32) === LOWER_D &&
    name.length > 4 &&
    name.charCodeAt(name.length - 4) === LOWER_N &&
    name.charCodeAt(name.length - 3) === PERCENT
  )
}

/** `field[between]=1,9` is two literals; a JSON list is left to the parser, since its structure may be anything. */
function scanList(literal: string, name: string, literals: string[]): string {
  if (/(?:\[|%5B)between(?:\]|%5D)$/i.test(name)) {
    const parts = literal.split(/,|%2C/i)
    literals.push(...parts)
    return `=${parts.map(() => UNTYPED_MARK).join()}`
  }
  if (isJson(literal, 0) && /(?:\[|%5B)n?in(?:\]|%5D)$/i.test(name)) return `=${literal}`
  literals.push(literal)
  return ONE_LITERAL
}

/** Whether a list or an object of JSON begins there. No expression begins like that. */
export function isJson(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  if (code === BRACE || code === BRACKET) return true
  if (code !== PERCENT) return false
  const high = text.charCodeAt(at + 1)
  const low = text.charCodeAt(at + 2) | 32
  return (high === 53 || high === 55) && low === LOWER_B
}

function hasCall(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code === 40 || (code === PERCENT && text.charCodeAt(at + 1) === 50 && text.charCodeAt(at + 2) === 56)) return true
  }
  return false
}

/** null, true and false are structure: they change the statement, not only a parameter. */
function wordOf(literal: string): string | undefined {
  if (literal === 'null' || literal === 'true' || literal === 'false') return literal
  if (literal.length < 6 || literal.length > 15 || !literal.includes('%')) return undefined
  const plain = withoutNeedlessEscapes(literal)
  return plain === literal ? undefined : wordOf(plain)
}

/** `deleted=only` and `deleted=with` choose other records; any other value is one of a field with that name. */
const deletedWord = (literal: string): string | undefined => (literal === 'only' || literal === 'with' ? literal : wordOf(literal))

/**
 * Copies an expression, cutting out 'strings' and tokens that start with a digit or a minus. `parameter`: for messages.
 * `hasOptions`: `=` begins a token, too (`contacts($top=3)`).
 * @throws ObjectQLError 400 for a string without its closing apostrophe.
 */
export function scanExpression(
  text: string,
  start: number,
  end: number,
  parameter: string,
  literals: string[],
  hasOptions: boolean,
): string {
  let key = ''
  let from = start
  let at = start
  let isTokenStart = true
  while (at < end) {
    const code = text.charCodeAt(at)
    if (code === APOSTROPHE || isEncodedApostrophe(text, at, code)) {
      const width = code === APOSTROPHE ? 1 : 3
      key += text.slice(from, at) + STRING_MARK
      const close = closingQuote(text, at + width, end)
      if (close < 0)
        throw queryError(
          'INVALID_FILTER',
          parameter,
          `A string in ${parameter} is not closed: add the missing apostrophe.`,
          decodeLiteral(text.slice(start, at), parameter).length,
        )
      literals.push(text.slice(at + width, close))
      at = close + (text.charCodeAt(close) === APOSTROPHE ? 1 : 3)
      from = at
      isTokenStart = false
    } else if (isTokenStart && isLiteralStart(text, at, code)) {
      key += text.slice(from, at) + BARE_MARK
      const stop = bareEnd(text, at, end)
      literals.push(text.slice(at, stop))
      at = stop
      from = at
      isTokenStart = false
    } else {
      // Space, '+', '(', ',' and their encoded forms begin a new token.
      if (code === PERCENT) {
        isTokenStart = isEncodedDelimiter(text, at) || (hasOptions && isEncodedEquals(text, at))
        at += 3
      } else {
        isTokenStart = code === 43 || code === 40 || code === 44 || code <= 32 || (code === EQUALS && hasOptions)
        at++
      }
    }
  }
  return key + text.slice(from, end)
}

const isEncodedApostrophe = (text: string, at: number, code: number): boolean =>
  code === PERCENT && text.charCodeAt(at + 1) === 50 && text.charCodeAt(at + 2) === 55

/** %20, %28 '(' and %2C ','. */
function isEncodedDelimiter(text: string, at: number): boolean {
  if (text.charCodeAt(at + 1) !== 50) return false
  const low = text.charCodeAt(at + 2)
  return low === 48 || low === 56 || low === 67 || low === 99
}

const isEncodedEquals = (text: string, at: number): boolean => text.charCodeAt(at + 1) === 51 && (text.charCodeAt(at + 2) | 32) === 100

const isDigit = (code: number): boolean => code >= 48 && code <= 57

const isLiteralStart = (text: string, at: number, code: number): boolean =>
  isDigit(code) || (code === 45 && isDigit(text.charCodeAt(at + 1)))

/** A bare literal (number, date, instant) ends at a delimiter. An encoded ':' or '+' belongs to it. */
function bareEnd(text: string, start: number, end: number): number {
  let at = start + 1
  while (at < end) {
    const code = text.charCodeAt(at)
    if (code === 43 || code === 41 || code === 44 || code <= 32 || code === 40 || code === SEMICOLON) return at
    if (code === PERCENT) {
      const high = text.charCodeAt(at + 1)
      const low = text.charCodeAt(at + 2)
      const isColon = high === 51 && (low === 65 || low === 97)
      const isPlus = high === 50 && (low === 66 || low === 98)
      if (!isColon && !isPlus) return at
      at += 3
    } else at++
  }
  return at
}

/** Position of the quote that ends a string, -1 for none; a doubled quote stands for itself. */
function closingQuote(text: string, start: number, end: number): number {
  let at = start
  while (at < end) {
    const code = text.charCodeAt(at)
    if (code === APOSTROPHE || isEncodedApostrophe(text, at, code)) {
      const width = code === APOSTROPHE ? 1 : 3
      const following = text.charCodeAt(at + width)
      if (at + width < end && (following === APOSTROPHE || isEncodedApostrophe(text, at + width, following))) {
        at += width + (following === APOSTROPHE ? 1 : 3)
        continue
      }
      return at
    }
    at++
  }
  return -1
}

/** Decodes a literal that the scanner cut out. */
export function decodeLiteral(raw: string, parameter: string): string {
  if (!raw.includes('%') && !raw.includes('+')) return raw
  try {
    return decodeURIComponent(raw.includes('+') ? raw.replaceAll('+', ' ') : raw)
  } catch {
    throw queryError('INVALID_QUERY', parameter, `The value of "${parameter}" is not valid percent-encoded UTF-8.`)
  }
}

/** Letters, digits, `-`, `.`, `_` and `~`, percent-encoded though they need not be: the same URL (RFC 3986, 2.3), another spelling. */
const NEEDLESS = /%(?:2[DE]|3\d|[46][1-9A-F]|[57][0-9A]|5F|7E)/i

/** Asked on the way to a new plan only: hardly any client writes such URLs. */
export const hasNeedlessEscape = (key: string): boolean => NEEDLESS.test(key)

/** The same query string in the usual spelling. */
export const withoutNeedlessEscapes = (query: string): string =>
  query.replaceAll(new RegExp(NEEDLESS, 'gi'), (spelled) => String.fromCharCode(Number.parseInt(spelled.slice(1), 16)))
