import { type CharacterSet, complement, DIGITS, digitsOf, LINE_ENDS, printSet, SPACES, union, WORDS } from './character-set.ts'

/**
 * A regular expression that SQLite (by JavaScript), PostgreSQL, MySQL and MariaDB take for the same: no shorthands, no flags, the end of the text as
 * a lookahead, because `$` is true before a last line break elsewhere. Undefined for what they read in different ways: lookarounds, references to groups,
 * word boundaries, properties of Unicode, very many repetitions. `source` is valid with the flag `u`.
 */
export function portablePattern(source: string): string | undefined {
  try {
    const reader: Reader = { source: [...source], at: 0, depth: 0 }
    const found = disjunction(reader)
    return reader.at < reader.source.length || found.size > MAX_SIZE ? undefined : found.text
  } catch (error) {
    if (error instanceof Unportable) return undefined
    throw error
  }
}

/** Steps of what repetitions are written out to. */
const MAX_SIZE = 1000
/** What PostgreSQL counts to. */
const MAX_COUNT = 255
const MAX_DEPTH = 20

class Unportable extends Error {}

interface Reader {
  readonly source: readonly string[]
  at: number
  depth: number
}

interface Printed {
  readonly text: string
  readonly size: number
  /** Text may be read by it; places alone are not repeated. */
  readonly isPlace?: boolean
}

const peek = ({ source, at }: Reader): string | undefined => source[at]
const startsWith = ({ source, at }: Reader, text: string): boolean => source.slice(at, at + text.length).join('') === text

function disjunction(reader: Reader): Printed {
  if (++reader.depth > MAX_DEPTH) throw new Unportable()
  const branches = [alternative(reader)]
  while (peek(reader) === '|') {
    reader.at++
    branches.push(alternative(reader))
  }
  reader.depth--
  return {
    text: branches.map(({ text }) => text).join('|'),
    size: branches.reduce((sum, { size }) => sum + size, 0),
    isPlace: branches.some(({ isPlace }) => isPlace),
  }
}

function alternative(reader: Reader): Printed {
  let [text, size, isPlace] = ['', 0, false]
  while (peek(reader) !== undefined && peek(reader) !== '|' && peek(reader) !== ')') {
    const one = term(reader)
    text += one.text
    size += one.size
    isPlace ||= one.isPlace === true
  }
  return { text, size, isPlace }
}

const END = '(?!a|[^a])'

function term(reader: Reader): Printed {
  const first = peek(reader)
  if (first === '^' || first === '$') {
    reader.at++
    return { text: first === '^' ? '^' : END, size: 1, isPlace: true }
  }
  const one = atom(reader)
  const quantifier = readQuantifier(reader)
  if (!quantifier) return one
  if (one.isPlace || one.text === '(?:)') throw new Unportable()
  return { text: one.text + quantifier.text, size: one.size * quantifier.count }
}

function readQuantifier(reader: Reader): { readonly text: string; readonly count: number } | undefined {
  const first = peek(reader)
  const written = first === '{' ? /^\{\d+(?:,\d*)?\}/.exec(reader.source.slice(reader.at, reader.at + 20).join(''))?.[0] : first
  if (written === undefined || !/^[*+?{]/.test(written)) return undefined
  reader.at += written.length
  // Greedy or not: what is found is somewhere in the text either way.
  if (peek(reader) === '?') reader.at++
  const counts = (written.match(/\d+/g) ?? []).map(Number)
  const most = Math.max(1, ...counts)
  if (most > MAX_COUNT) throw new Unportable()
  return { text: written, count: most + (written.endsWith(',}') ? 1 : 0) }
}

function atom(reader: Reader): Printed {
  const first = reader.source[reader.at++] as string
  switch (first) {
    case '(':
      return group(reader)
    case '[':
      return ofSet(readClass(reader))
    case '.':
      return ofSet(complement(LINE_ENDS))
    case '\\':
      return ofSet(escaped(reader))
    default:
      return ofSet([codeOf(first)])
  }
}

function group(reader: Reader): Printed {
  if (peek(reader) === '?') {
    const name = /^\?<(?![=!])[^>]*>/.exec(reader.source.slice(reader.at).join(''))?.[0]
    if (startsWith(reader, '?:')) reader.at += 2
    else if (name !== undefined) reader.at += [...name].length
    else throw new Unportable()
  }
  const inner = disjunction(reader)
  reader.at++
  return { ...inner, text: `(?:${inner.text})` }
}

function ofSet(set: CharacterSet): Printed {
  const text = printSet(set)
  if (text === undefined) throw new Unportable()
  return { text, size: 1 }
}

const codeOf = (character: string): readonly [number, number] => {
  const code = character.codePointAt(0) ?? 0
  return [code, code]
}

function readClass(reader: Reader): CharacterSet {
  const isNegated = peek(reader) === '^'
  if (isNegated) reader.at++
  let set: CharacterSet = []
  while (peek(reader) !== ']') {
    const from = member(reader)
    const isRange = peek(reader) === '-' && reader.source[reader.at + 1] !== ']'
    if (!isRange) {
      set = union(set, from)
      continue
    }
    reader.at++
    const [start, end] = [from[0]?.[0] ?? 0, member(reader)[0]?.[0] ?? 0]
    set = union(set, [[start, end]])
  }
  reader.at++
  return isNegated ? complement(set) : set
}

function member(reader: Reader): CharacterSet {
  const first = reader.source[reader.at++] as string
  return first === '\\' ? escaped(reader) : [codeOf(first)]
}

const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13 }
const SHORTHANDS: Readonly<Record<string, CharacterSet>> = { d: DIGITS, w: WORDS, s: SPACES }

function escaped(reader: Reader): CharacterSet {
  const name = reader.source[reader.at++] as string
  const set = SHORTHANDS[name.toLowerCase()]
  if (set) return name === name.toLowerCase() ? set : complement(set)
  const control = CONTROLS[name]
  if (control !== undefined) return [[control, control]]
  if (name === 'x' || name === 'u') {
    const { code, length } = digitsOf(name, reader.source.slice(reader.at, reader.at + 12).join(''))
    reader.at += length
    return [[code, code]]
  }
  if (/[A-Za-z0-9]/.test(name)) throw new Unportable()
  return [codeOf(name)]
}
