import type { Block, Code, Hole, Sym } from './code.ts'
import { quote } from './literal.ts'

interface Output {
  text: string
  /** Text of the line being written, up to here. Kept apart so that `text` stays an unflattened rope. */
  line: string
  readonly used: Set<Sym>
}

/** Text of a piece of code and the symbols it refers to. */
export function print(hole: Hole): { readonly text: string; readonly used: ReadonlySet<Sym> } {
  const out: Output = { text: '', line: '', used: new Set() }
  printHole(hole, out, '')
  return out
}

function write(out: Output, text: string): void {
  out.text += text
  const newline = text.lastIndexOf('\n')
  out.line = newline < 0 ? out.line + text : text.slice(newline + 1)
}

const indented = (text: string, pad: string): string =>
  pad === '' || !text.includes('\n') ? text : text.replaceAll(/\n(?!\n|$)/g, `\n${pad}`)

function printHole(hole: Hole, out: Output, pad: string): void {
  if (typeof hole === 'string') write(out, quote(hole))
  else if (typeof hole !== 'object') write(out, String(hole))
  else
    switch (hole.kind) {
      case 'raw':
        write(out, indented(hole.text, pad))
        break
      case 'sym':
        out.used.add(hole)
        write(out, hole.name)
        break
      case 'block':
        printBlock(hole, out, pad)
        break
      case 'code':
        printCode(hole, out, pad)
        break
      default:
        hole satisfies never
    }
}

function printBlock(block: Block, out: Output, pad: string): void {
  let isFirst = true
  for (const part of block.parts) {
    if (isEmpty(part)) continue
    if (!isFirst) write(out, indented(block.separator, pad === '' ? '' : pad) + (block.separator.endsWith('\n') ? pad : ''))
    printHole(part, out, pad)
    isFirst = false
  }
}

/** True for a hole that prints nothing at all. */
export function isEmpty(hole: Hole): boolean {
  if (typeof hole !== 'object') return false
  if (hole.kind === 'raw') return hole.text === ''
  if (hole.kind === 'block') return hole.parts.every(isEmpty)
  return hole.kind === 'code' && hole.holes.length === 0 && hole.strings.join('').trim() === ''
}

function printCode({ strings, holes }: Code, out: Output, pad: string): void {
  const last = strings.length - 1
  let isDropped = false
  for (const [index, part] of strings.entries()) {
    // The newline after the opening backtick and the one before the closing backtick belong to the template, not to the output.
    let text = index === 0 && part.startsWith('\n') ? part.slice(1) : part
    if (isDropped && text.startsWith('\n') && index === 1 && out.text === '') text = text.slice(1)
    if (index === last) text = text.replace(/\n[ \t]*$/, '')
    const hole = holes[index]
    isDropped = hole !== undefined && isEmpty(hole) && strings[index + 1]?.startsWith('\n') === true && /(^|\n)[ \t]*$/.test(text)
    // A hole that prints nothing and stands alone on its line takes the line with it.
    if (isDropped) text = text.replace(/\n?[ \t]*$/, '')
    write(out, indented(text, pad))
    if (hole !== undefined && !isDropped) printHole(hole, out, /^[ \t]*/.exec(out.line)?.[0] ?? '')
  }
}
