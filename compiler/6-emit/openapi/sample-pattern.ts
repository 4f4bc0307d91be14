/**
 * A text that a regular expression accepts, for examples. Reads the common syntax (classes, groups, alternatives, quantifiers, escapes;
 * look-around is skipped) and tries a few lengths and fillings until one passes `isValid`. Undefined when none does: the result is
 * always checked, so what the reader does not understand costs an example, never a wrong one.
 */
export function samplePattern(pattern: RegExp, isValid: (text: string) => boolean): string | undefined {
  const root = readPattern(pattern)
  if (root === undefined) return undefined
  for (const isVaried of [false, true]) {
    for (const repeat of REPEATS) {
      const text = render(root, { repeat, isVaried, picks: 0 })
      if (pattern.test(text) && isValid(text)) return text
    }
  }
  return undefined
}

/** How often something unbounded is repeated, tried in this order. */
const REPEATS = [1, 2, 3, 0, 4, 6, 8, 12, 16, 32, 64]

type Node =
  | { readonly kind: 'text'; readonly choices: readonly string[] }
  | { readonly kind: 'sequence'; readonly parts: readonly Node[] }
  | { readonly kind: 'alternatives'; readonly parts: readonly Node[] }
  | { readonly kind: 'repeat'; readonly part: Node; readonly least: number; readonly most: number }

interface Filling {
  readonly repeat: number
  /** Takes another of the possible characters each time: patterns that ask for a capital and a digit somewhere. */
  readonly isVaried: boolean
  picks: number
}

function render(node: Node, filling: Filling): string {
  switch (node.kind) {
    case 'text':
      return node.choices[filling.isVaried ? filling.picks++ % node.choices.length : 0] ?? ''
    case 'sequence':
      return node.parts.map((part) => render(part, filling)).join('')
    case 'alternatives':
      return node.parts[0] === undefined ? '' : render(node.parts[0], filling)
    case 'repeat': {
      const times = Math.min(node.most, Math.max(node.least, filling.repeat))
      return Array.from({ length: Math.min(times, MAX_TIMES) }, () => render(node.part, filling)).join('')
    }
  }
}

const MAX_TIMES = 256

/** Characters a reader likes to see, first; then whatever else a class may ask for. */
const CANDIDATES: readonly string[] = [
  ...'Aa1b2Cc3-_. @!#/+:,',
  ...Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)),
  ...'\t\néÄß中あЯα٣€🔥',
]

interface Reader {
  readonly source: string
  readonly flags: string
  at: number
}

function readPattern({ source, flags }: RegExp): Node | undefined {
  const reader: Reader = { source, flags: flags.replace(/[gy]/g, ''), at: 0 }
  try {
    const node = readAlternatives(reader)
    return reader.at === source.length ? node : undefined
  } catch {
    // Syntax the reader does not know: no sample.
    return undefined
  }
}

function readAlternatives(reader: Reader): Node {
  const parts = [readSequence(reader)]
  while (reader.source[reader.at] === '|') {
    reader.at++
    parts.push(readSequence(reader))
  }
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: 'alternatives', parts }
}

function readSequence(reader: Reader): Node {
  const parts: Node[] = []
  while (reader.at < reader.source.length && !'|)'.includes(reader.source[reader.at] ?? '')) {
    const atom = readAtom(reader)
    parts.push(readQuantifier(reader, atom))
  }
  return { kind: 'sequence', parts }
}

const EMPTY: Node = { kind: 'sequence', parts: [] }

function readAtom(reader: Reader): Node {
  const { source, at } = reader
  switch (source[at]) {
    case '^':
    case '$':
      reader.at++
      return EMPTY
    case '(':
      return readGroup(reader)
    case '[':
      return oneOf(reader, at, classEnd(source, at))
    case '\\':
      if (/[bB]/.test(source[at + 1] ?? '')) {
        reader.at += 2
        return EMPTY
      }
      return oneOf(reader, at, escapeEnd(source, at))
    case '.':
      return oneOf(reader, at, at + 1)
    default: {
      const character = String.fromCodePoint(source.codePointAt(at) ?? 0)
      reader.at += character.length
      return { kind: 'text', choices: [character] }
    }
  }
}

/** A class or an escape: asks the engine itself which candidates it matches. */
function oneOf(reader: Reader, start: number, end: number): Node {
  reader.at = end
  const atom = new RegExp(`^(?:${reader.source.slice(start, end)})$`, reader.flags)
  const choices = CANDIDATES.filter((candidate) => atom.test(candidate))
  return { kind: 'text', choices: choices.length > 0 ? choices : [literalEscape(atom)] }
}

/** `\u00e9`, `\x41` and the like outside the candidates. */
function literalEscape(atom: RegExp): string {
  for (let unit = 0; unit < 0x3000; unit++) if (atom.test(String.fromCharCode(unit))) return String.fromCharCode(unit)
  throw new RangeError('No character found.')
}

function classEnd(source: string, start: number): number {
  for (let at = start + 1; at < source.length; at++) {
    if (source[at] === '\\') at++
    else if (source[at] === ']') return at + 1
  }
  throw new RangeError('Class without an end.')
}

function escapeEnd(source: string, start: number): number {
  const rest = source.slice(start)
  return start + (/^\\(?:[pPu]\{[^}]*\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z]|.)/su.exec(rest)?.[0].length ?? 2)
}

function readGroup(reader: Reader): Node {
  const opening = /^\((?:\?(?:<?[=!]|:|<[^>]+>))?/.exec(reader.source.slice(reader.at))?.[0] ?? '('
  reader.at += opening.length
  const node = readAlternatives(reader)
  if (reader.source[reader.at] !== ')') throw new RangeError('Group without an end.')
  reader.at++
  return /^\(\?<?[=!]/.test(opening) ? EMPTY : node
}

function readQuantifier(reader: Reader, part: Node): Node {
  const quantifier = /^(?:[*+?]|\{(\d+)(,(\d*))?\})\??/.exec(reader.source.slice(reader.at))
  if (quantifier === null) return part
  reader.at += quantifier[0].length
  const [text, least, comma, most] = quantifier
  if (text.startsWith('*')) return { kind: 'repeat', part, least: 0, most: Number.POSITIVE_INFINITY }
  if (text.startsWith('+')) return { kind: 'repeat', part, least: 1, most: Number.POSITIVE_INFINITY }
  if (text.startsWith('?')) return { kind: 'repeat', part, least: 0, most: 1 }
  const limit = comma === undefined ? Number(least) : most === '' || most === undefined ? Number.POSITIVE_INFINITY : Number(most)
  return { kind: 'repeat', part, least: Number(least), most: limit }
}
