import { literal, propertyKey } from '../code/literal.ts'

const WIDTH = 120

/** A JSON value as a TypeScript expression: on one line where it fits, else one entry per line. Undefined properties are left out. */
export function prettyLiteral(value: unknown, pad = '', used = 0): string {
  if (typeof value !== 'object' || value === null) return literal(value)
  const room = WIDTH - pad.length - used
  // Printed twice only where a line is short enough to be tried.
  if (leastWidth(value, room) <= room) {
    const line = literal(value)
    if (line.length <= room) return line
  }
  const inner = `${pad}  `
  if (Array.isArray(value))
    return value.length === 0 ? '[]' : `[\n${value.map((item) => `${inner}${prettyLiteral(item, inner)},\n`).join('')}${pad}]`
  let text = ''
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue
    const name = propertyKey(key)
    text += `${inner}${name}: ${prettyLiteral(item, inner, name.length + 3)},\n`
  }
  return text === '' ? '{}' : `{\n${text}${pad}}`
}

/** A lower bound of a literal's width, found without printing it; stops once it exceeds `enough`. */
function leastWidth(value: unknown, enough: number): number {
  if (typeof value === 'string') return value.length + 2
  if (typeof value !== 'object' || value === null) return 1
  let width = 2
  if (Array.isArray(value)) {
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
