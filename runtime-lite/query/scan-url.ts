import { queryError } from '../problem/problem.ts'

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

const AMPERSAND = 38
const APOSTROPHE = 39
const EQUALS = 61
const PERCENT = 37

/** Parameters that are structure, not values. Any other name is an equality filter on that field. */
const STRUCTURE = new Set(['select', 'fields', 'expand', 'populate', 'orderBy', 'orderby', 'sort', 'count', 'filter', 'filters', 'where'])

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
    const nameStart = text.charCodeAt(at) === PERCENT && text.startsWith('%24', at) ? at + 3 : text.charCodeAt(at) === 36 ? at + 1 : at
    const isDollar = nameStart !== at
    const value = equals + 1
    let next = text.indexOf('&', value)
    if (next < 0) next = end
    if (isDollar && text.charCodeAt(nameStart) === 102 && equals - nameStart === 6 && text.startsWith('filter', nameStart)) {
      key += '$filter='
      key += scanFilter(text, value, next, literals)
    } else {
      const name = text.slice(nameStart, equals)
      if (isDollar ? name !== 'top' && name !== 'skip' : STRUCTURE.has(name))
        key += isDollar ? `$${text.slice(nameStart, next)}` : text.slice(at, next)
      else {
        const literal = text.slice(value, next)
        const word = wordOf(literal)
        key += `${isDollar ? '$' : ''}${name}=${word ?? UNTYPED_MARK}`
        if (word === undefined) literals.push(literal)
      }
    }
    if (next < end) key += '&'
    at = next + 1
  }
  return { key, literals }
}

/** null, true and false are structure: they change the statement, not only a parameter. */
function wordOf(literal: string): string | undefined {
  if (literal === 'null' || literal === 'true' || literal === 'false') return literal
  if (literal.length < 6 || literal.length > 15 || !literal.includes('%')) return undefined
  const plain = withoutNeedlessEscapes(literal)
  return plain === literal ? undefined : wordOf(plain)
}

/** Copies a $filter expression into the key, cutting out 'strings' and tokens that start with a digit or a minus. */
function scanFilter(text: string, start: number, end: number, literals: string[]): string {
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
          '$filter',
          'A string in $filter is not closed: add the missing apostrophe.',
          decodeLiteral(text.slice(start, at), '$filter').length,
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
        isTokenStart = isEncodedDelimiter(text, at)
        at += 3
      } else {
        isTokenStart = code === 43 || code === 40 || code === 44 || code === 32
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

const isDigit = (code: number): boolean => code >= 48 && code <= 57

const isLiteralStart = (text: string, at: number, code: number): boolean =>
  isDigit(code) || (code === 45 && isDigit(text.charCodeAt(at + 1)))

/** A bare literal (number, date, instant) ends at a delimiter. An encoded ':' or '+' belongs to it. */
function bareEnd(text: string, start: number, end: number): number {
  let at = start + 1
  while (at < end) {
    const code = text.charCodeAt(at)
    if (code === 43 || code === 41 || code === 44 || code === 32 || code === 40) return at
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
