import { displayWidth } from '../source/display-width.ts'
import type { Block, Code, Fit, Hole, Sym } from './code.ts'
import { LINE_WIDTH } from './line-width.ts'
import { quote } from './literal.ts'

/** Names a file imports, by module: false where a name is needed as a value, true where its type is enough. */
export type Imports = ReadonlyMap<string, ReadonlyMap<string, boolean>>

interface Output {
  /** Joined at the end: adding to one long text would leave a tree of its pieces behind, which costs more than the text. */
  readonly pieces: string[]
  /** Where the line being written begins: in which piece, and where in it. */
  linePiece: number
  lineOffset: number
  /** Rises with every line break. */
  breaks: number
  readonly imports: Map<string, Map<string, boolean>>
}

/** Text of a piece of code, and what it imports. */
export function print(hole: Hole): { readonly text: string; readonly imports: Imports } {
  const out: Output = { pieces: [], linePiece: 0, lineOffset: 0, breaks: 0, imports: new Map() }
  printHole(hole, out, '')
  return { text: out.pieces.join(''), imports: out.imports }
}

function write(out: Output, text: string): void {
  if (text === '') return
  const newline = text.lastIndexOf('\n')
  if (newline >= 0) {
    out.linePiece = out.pieces.length
    out.lineOffset = newline + 1
    out.breaks++
  }
  out.pieces.push(text)
}

/** Text of the line being written, up to here. */
const lineText = ({ pieces, linePiece, lineOffset }: Output): string => pieces.slice(linePiece).join('').slice(lineOffset)

/** The blanks it begins with. */
function linePad({ pieces, linePiece, lineOffset }: Output): string {
  let pad = ''
  for (let index = linePiece, start = lineOffset; index < pieces.length; index++, start = 0) {
    const piece = pieces[index] as string
    let end = start
    while (piece.charCodeAt(end) === 32 || piece.charCodeAt(end) === 9) end++
    pad += piece.slice(start, end)
    if (end < piece.length) break
  }
  return pad
}

function noteImport({ imports }: Output, { name: local, from, isType, exported }: Sym): void {
  const name = exported === undefined ? local : `${exported} as ${local}`
  let names = imports.get(from)
  if (names === undefined) {
    names = new Map()
    imports.set(from, names)
  }
  // A name needed both as a type and as a value is imported once, as a value.
  names.set(name, isType && names.get(name) !== false)
}

/** Every line but the first moved in; empty lines stay empty. */
function indented(text: string, pad: string): string {
  let newline = pad === '' ? -1 : text.indexOf('\n')
  if (newline < 0) return text
  let out = ''
  let from = 0
  for (; newline >= 0; newline = text.indexOf('\n', newline + 1)) {
    const next = text.charCodeAt(newline + 1)
    if (next === 10 || Number.isNaN(next)) continue
    out += text.slice(from, newline + 1) + pad
    from = newline + 1
  }
  return out + text.slice(from)
}

function printHole(hole: Hole, out: Output, pad: string): void {
  if (typeof hole === 'string') write(out, quote(hole))
  else if (typeof hole !== 'object') write(out, String(hole))
  else
    switch (hole.kind) {
      case 'raw':
        if (hole.text !== '') write(out, indented(hole.text, pad))
        break
      case 'sym':
        noteImport(out, hole)
        write(out, hole.name)
        break
      case 'block':
        printBlock(hole, out, pad)
        break
      case 'code':
        printCode(hole, out, pad)
        break
      case 'fit':
        printFit(hole, out, pad)
        break
      default:
        hole satisfies never
    }
}

function printFit({ flat, broken, tail }: Fit, out: Output, pad: string): void {
  const { pieces, linePiece, lineOffset, breaks } = out
  const { length } = pieces
  printHole(flat, out, pad)
  if (out.breaks === breaks && displayWidth(lineText(out)) + tail <= LINE_WIDTH) return
  pieces.length = length
  Object.assign(out, { linePiece, lineOffset, breaks })
  printHole(broken(), out, pad)
}

function printBlock(block: Block, out: Output, pad: string): void {
  const { parts, separator } = block
  const glue = indented(separator, pad) + (separator.endsWith('\n') ? pad : '')
  let isFirst = true
  for (const part of parts) {
    if (isEmpty(part)) continue
    if (!isFirst) write(out, glue)
    printHole(part, out, pad)
    isFirst = false
  }
}

/** True for a hole that prints nothing at all. */
export function isEmpty(hole: Hole): boolean {
  if (typeof hole !== 'object') return false
  if (hole.kind === 'raw') return hole.text === ''
  if (hole.kind === 'block') return hole.parts.every(isEmpty)
  if (hole.kind === 'fit') return isEmpty(hole.flat)
  return hole.kind === 'code' && hole.holes.length === 0 && hole.strings[0]?.trim() === ''
}

/** What of a template's text does not depend on its holes, worked out once per template. */
interface Template {
  readonly parts: readonly string[]
  /** Part by index: the text before a hole that stands alone on its line and prints nothing, without that line. */
  readonly withoutLine: readonly (string | undefined)[]
}

const templates = new WeakMap<readonly string[], Template>()

function templateOf(strings: readonly string[]): Template {
  const known = templates.get(strings)
  if (known) return known
  const last = strings.length - 1
  // The newline after the opening backtick and the one before the closing backtick belong to the template, not to the output.
  const parts = strings.map((part, index) => {
    const text = index === 0 && part.startsWith('\n') ? part.slice(1) : part
    return index === last ? text.replace(/\n[ \t]*$/, '') : text
  })
  const withoutLine = parts.map((text, index) =>
    strings[index + 1]?.startsWith('\n') && /(^|\n)[ \t]*$/.test(text) ? text.replace(/\n?[ \t]*$/, '') : undefined,
  )
  const template = { parts, withoutLine }
  templates.set(strings, template)
  return template
}

function printCode({ strings, holes }: Code, out: Output, pad: string): void {
  const { parts, withoutLine } = templateOf(strings)
  const start = out.pieces.length
  let isDropped = false
  for (let index = 0; index < parts.length; index++) {
    const hole = holes[index]
    const wasDropped = isDropped
    const alone = withoutLine[index]
    isDropped = hole !== undefined && alone !== undefined && isEmpty(hole)
    let text = isDropped ? (alone as string) : (parts[index] as string)
    // When the first line was dropped, its line break goes too.
    if (wasDropped && out.pieces.length === start && text.startsWith('\n')) text = text.slice(1)
    write(out, indented(text, pad))
    if (hole === undefined || isDropped) continue
    // A line that begins with a hole is not empty after all.
    if (pad !== '' && text.endsWith('\n')) write(out, pad)
    printHole(hole, out, linePad(out))
  }
}
