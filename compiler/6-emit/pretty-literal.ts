import { LINE_WIDTH } from '../code/line-width.ts'
import { literal, propertyKey } from '../code/literal.ts'
import { displayWidth } from '../source/display-width.ts'

/** Behind a key of up to so many characters, a line break would win next to nothing. */
const LONGEST_SHORT_KEY = 4

export interface LiteralPlace {
  /** Characters beside it on its line: before it, behind the indentation, and after it. */
  readonly used?: number
  /** Indentation that the writer adds to every line but the first. */
  readonly margin?: number
}

/** A JSON value as a TypeScript expression: on one line where it fits, else one entry per line. Undefined properties are left out. */
export const prettyLiteral = (value: unknown, { used = 0, margin = 0 }: LiteralPlace = {}): string =>
  printValue(value, '', LINE_WIDTH - margin, used)

function printValue(value: unknown, pad: string, width: number, used: number): string {
  if (typeof value !== 'object' || value === null) return literal(value)
  const room = width - pad.length - used
  // Printed twice only where a line is short enough to be tried.
  if (leastWidth(value, room) <= room) {
    const line = literal(value)
    if (displayWidth(line) <= room) return line
  }
  return Array.isArray(value) ? printList(value, pad, width) : printObject(value, pad, width)
}

function printList(values: readonly unknown[], pad: string, width: number): string {
  const inner = `${pad}  `
  if (values.length === 0) return '[]'
  if (values.every((value) => typeof value === 'number')) return `[\n${filledLines(values, inner, width)}${pad}]`
  return `[\n${values.map((item) => `${inner}${printValue(item, inner, width, 1)},\n`).join('')}${pad}]`
}

function printObject(value: object, pad: string, width: number): string {
  const inner = `${pad}  `
  let text = ''
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue
    const name = propertyKey(key)
    const printed = printValue(item, inner, width, displayWidth(name) + 3)
    const isTooLong = typeof item === 'string' && inner.length + displayWidth(name + printed) + 3 > width
    text += isTooLong && name.length > LONGEST_SHORT_KEY ? `${inner}${name}:\n${inner}  ${printed},\n` : `${inner}${name}: ${printed},\n`
  }
  return text === '' ? '{}' : `{\n${text}${pad}}`
}

/** As many numbers to a line as there is room for: a vector is no list to read. */
function filledLines(values: readonly number[], pad: string, width: number): string {
  let text = ''
  let line = pad
  for (const value of values) {
    const item = `${literal(value)},`
    if (line === pad) line += item
    else if (line.length + 1 + item.length <= width) line += ` ${item}`
    else {
      text += `${line}\n`
      line = pad + item
    }
  }
  return `${text}${line}\n`
}

/** A lower bound of a literal's width, found without printing it; stops once it exceeds `enough`. Infinite where one line would be hard to read. */
function leastWidth(value: unknown, enough: number): number {
  if (typeof value === 'string') return value.length + 2
  if (typeof value !== 'object' || value === null) return 1
  let width = 2
  if (Array.isArray(value)) {
    if (isTable(value)) return Number.POSITIVE_INFINITY
    for (const item of value) {
      width += leastWidth(item, enough) + 2
      if (width > enough) break
    }
    return width - 2
  }
  for (const key in value) {
    const item = (value as Readonly<Record<string, unknown>>)[key]
    if (item === undefined) continue
    width += key.length + 4 + leastWidth(item, enough)
    if (width > enough) break
  }
  return width - 2
}

/** Several rows of several entries each: one row per line, however short. */
function isTable(values: readonly unknown[]): boolean {
  if (values.length < 2) return false
  if (values.every(Array.isArray)) return values.every((row) => row.length > 1)
  return values.every((row) => typeof row === 'object' && row !== null && !Array.isArray(row) && hasSeveral(row))
}

function hasSeveral(row: object): boolean {
  let count = 0
  for (const key in row) if ((row as Readonly<Record<string, unknown>>)[key] !== undefined && ++count > 1) return true
  return false
}
