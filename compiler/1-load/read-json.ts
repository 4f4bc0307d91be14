import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { Span } from '../source/span.ts'
import type { MapEntry, Node } from './node.ts'
import type { ReadData } from './read-yaml.ts'

const DEEPEST_NESTING = 100

/** Where JSON stopped making sense. */
class JsonSyntaxError extends Error {
  readonly offset: number
  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

/**
 * Strict JSON (RFC 8259) as a tree with spans. `JSON.parse` neither tells places nor sees duplicate keys, and reading JSON as
 * YAML would let mistakes pass.
 */
export function readJson(path: string, text: string): ReadData {
  const diagnostics: Diagnostic[] = []
  const reader = createReader(path, text, diagnostics)
  try {
    return { roots: reader(), diagnostics }
  } catch (cause) {
    if (!(cause instanceof JsonSyntaxError)) throw cause
    const span = Span.create(path, cause.offset, Math.min(cause.offset + 1, text.length))
    return { roots: [], diagnostics: [...diagnostics, diagnose('load/json-syntax', span, { problem: cause.message })] }
  }
}

const WORDS: ReadonlyMap<string, null | boolean> = new Map([
  ['null', null],
  ['true', true],
  ['false', false],
])

function createReader(path: string, text: string, diagnostics: Diagnostic[]): () => readonly Node[] {
  let offset = text.charCodeAt(0) === 0xfeff ? 1 : 0

  const skipSpace = (): void => {
    while (offset < text.length && ' \t\n\r'.includes(text.charAt(offset))) offset++
  }
  const fail = (message: string, at = offset): never => {
    throw new JsonSyntaxError(message, at)
  }
  const expected = (what: string): never => {
    const found = text.slice(offset, offset + 1)
    return fail(found === '' ? `the text ends where ${what} should be` : `${what} should be here, not ${JSON.stringify(found)}`)
  }
  const take = (character: string): boolean => {
    skipSpace()
    if (text.charAt(offset) !== character) return false
    offset++
    return true
  }

  const readText = (): { readonly value: string; readonly span: Span } => {
    const start = offset + 1
    for (offset = start; text.charAt(offset) !== '"'; offset++) {
      if (offset >= text.length) fail('this text has no closing quote', start - 1)
      if (text.charCodeAt(offset) < 0x20) fail('a text cannot hold a line break or control character; write it as an escape')
      if (text.charAt(offset) === '\\') {
        const escaped = /^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.exec(text.slice(offset, offset + 6))
        if (escaped === null) fail('this escape is not known')
        else offset += escaped[0].length - 1
      }
    }
    offset++
    return { value: JSON.parse(text.slice(start - 1, offset)), span: Span.create(path, start, offset - 1) }
  }

  const readNumber = (): Node => {
    const written = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/.exec(text.slice(offset, offset + 1000))?.[0] ?? ''
    if (written === '') expected('a digit')
    const span = Span.create(path, offset, offset + written.length)
    offset += written.length
    const value = Number(written)
    if (!Number.isFinite(value)) diagnostics.push(diagnose('load/not-finite', span, { text: written }))
    else if (/^-?\d+$/.test(written) && !Number.isSafeInteger(value)) {
      const fixes = [{ title: 'Put the number in quotes', edits: [{ span, newText: `"${written}"` }] }]
      diagnostics.push(diagnose('load/big-integer', span, { text: written }, { fixes }))
    }
    return { kind: 'scalar', value: Number.isFinite(value) ? value : written, span }
  }

  const readList = (depth: number): Node => {
    const start = offset++
    const items: Node[] = []
    if (!take(']')) {
      do items.push(readValue(depth + 1))
      while (take(','))
      if (!take(']')) expected('"," or "]"')
    }
    return { kind: 'list', items, span: Span.create(path, start, offset) }
  }

  const readMap = (depth: number): Node => {
    const start = offset++
    const entries: MapEntry[] = []
    const spanByKey = new Map<string, Span>()
    if (!take('}')) {
      do {
        skipSpace()
        if (text.charAt(offset) !== '"') expected('a key in double quotes')
        const key = readText()
        if (!take(':')) expected('":"')
        const value = readValue(depth + 1)
        const first = spanByKey.get(key.value)
        if (first === undefined) {
          spanByKey.set(key.value, key.span)
          entries.push({ key: key.value, keySpan: key.span, value })
        } else {
          const notes = [{ message: 'It is given here first.', span: first }]
          diagnostics.push(diagnose('load/duplicate-key', key.span, { key: key.value }, { notes }))
        }
      } while (take(','))
      if (!take('}')) expected('"," or "}"')
    }
    return { kind: 'map', entries, span: Span.create(path, start, offset) }
  }

  const readValue = (depth: number): Node => {
    skipSpace()
    if (depth > DEEPEST_NESTING) fail(`values are nested more than ${DEEPEST_NESTING} deep`)
    const first = text.charAt(offset)
    if (first === '{') return readMap(depth)
    if (first === '[') return readList(depth)
    if (first === '"') return { kind: 'scalar', ...readText() }
    if (first === '-' || (first >= '0' && first <= '9')) return readNumber()
    const word = /^[a-z]+/.exec(text.slice(offset, offset + 6))?.[0] ?? ''
    const value = WORDS.get(word)
    if (value === undefined) return expected('a value')
    offset += word.length
    return { kind: 'scalar', value, span: Span.create(path, offset - word.length, offset) }
  }

  return () => {
    skipSpace()
    if (offset === text.length) return []
    const root = readValue(0)
    skipSpace()
    if (offset < text.length) fail('nothing may follow the value')
    return [root]
  }
}
