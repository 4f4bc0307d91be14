import { ObjectQLError } from '../problem/problem.ts'
import { jsonErrorAt } from './json-error.ts'
import { header, type ServerRequest } from './request.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * The JSON body of a request. Strict: valid UTF-8, no duplicate keys, no prototype keys.
 * @throws ObjectQLError 415 for another content type, 400 INVALID_JSON with line and column.
 */
export function jsonBody(request: ServerRequest): unknown {
  const type = header(request, 'content-type')
  if (type !== undefined && !isJsonType(type))
    throw new ObjectQLError(
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      `The content type "${type.slice(0, 64)}" is not supported. Send application/json.`,
    )
  const { body } = request
  if (!body || body.length === 0) throw new ObjectQLError(400, 'INVALID_JSON', 'The request body is empty. Send a JSON document.')
  let text: string
  try {
    text = decoder.decode(body)
  } catch {
    throw new ObjectQLError(400, 'INVALID_JSON', 'The request body is not valid UTF-8.')
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new ObjectQLError(400, 'INVALID_JSON', `The request body is not valid JSON: ${jsonReason(text)}`)
  }
  // Every key of the text is one colon outside strings; JSON.parse keeps the last of two equal keys.
  if (colonsOutsideStrings(text) !== keysOf(value, 0)) throw duplicateKey(text)
  // UTF-8 cannot say half of a surrogate pair, escapes can: databases would store something else.
  if (HALF_PAIR.test(text) && !isWellFormed(value))
    throw new ObjectQLError(
      400,
      'INVALID_JSON',
      'The request body holds half of a surrogate pair (\\ud800 to \\udfff by itself), which is no character.',
    )
  return value
}

const HALF_PAIR = /\\u[dD][89a-fA-F]/

/** Keys as well. */
function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed()
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([key, inner]) => key.isWellFormed() && isWellFormed(inner))
}

function isJsonType(type: string): boolean {
  if (type === 'application/json') return true
  const [name = '', ...parameters] = type.toLowerCase().split(';')
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='))
  if (charset && !/^charset="?utf-?8"?$/.test(charset)) return false
  return name.trim() === 'application/json' || /^application\/[\w.-]+\+json$/.test(name.trim())
}

function jsonReason(text: string): string {
  const offset = jsonErrorAt(text)
  const before = text.slice(0, offset)
  const what =
    offset >= text.length ? 'it ends too early' : `unexpected ${JSON.stringify(String.fromCodePoint(text.codePointAt(offset) ?? 0))}`
  return `${what} at line ${before.split('\n').length}, column ${offset - before.lastIndexOf('\n')}.`
}

function colonsOutsideStrings(text: string): number {
  let count = 0
  let at = 0
  for (;;) {
    const quote = text.indexOf('"', at)
    const end = quote < 0 ? text.length : quote
    for (; at < end; at++) if (text.charCodeAt(at) === 58) count++
    if (quote < 0) return count
    at = closingQuote(text, quote + 1) + 1
  }
}

function closingQuote(text: string, start: number): number {
  let at = text.indexOf('"', start)
  for (;;) {
    let backslashes = 0
    while (text.charCodeAt(at - 1 - backslashes) === 92) backslashes++
    if (backslashes % 2 === 0) return at
    at = text.indexOf('"', at + 1)
  }
}

/** Deeper documents are refused before anything recurses into them again. */
const MAX_DEPTH = 200

function keysOf(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0
  if (depth > MAX_DEPTH) throw new ObjectQLError(400, 'INVALID_JSON', `The request body is nested deeper than ${MAX_DEPTH} levels.`)
  let count = 0
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') count += keysOf(item, depth + 1)
    return count
  }
  for (const key in value) {
    if (key === '__proto__') throw new ObjectQLError(400, 'INVALID_JSON', 'The key "__proto__" is not allowed.')
    count++
    const item = (value as Record<string, unknown>)[key]
    if (typeof item === 'object') count += keysOf(item, depth + 1)
  }
  return count
}

/** Names the first key that stands twice in one object. Only on the failing path. */
function duplicateKey(text: string): ObjectQLError {
  const scopes: (Set<string> | undefined)[] = []
  let last = ''
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '"') {
      const end = closingQuote(text, at + 1)
      last = JSON.parse(text.slice(at, end + 1)) as string
      at = end
    } else if (char === '{') scopes.push(new Set())
    else if (char === '[') scopes.push(undefined)
    else if (char === '}' || char === ']') scopes.pop()
    else if (char === ':') {
      const keys = scopes.at(-1)
      if (keys?.has(last)) return new ObjectQLError(400, 'INVALID_JSON', `The key "${last.slice(0, 64)}" stands twice in one object.`)
      keys?.add(last)
    }
  }
  return new ObjectQLError(400, 'INVALID_JSON', 'A key stands twice in one object.')
}
