import { literal, propertyKey } from '../code/literal.ts'

const WIDTH = 120

/** A JSON value as a TypeScript expression: on one line where it fits, else one entry per line. Undefined properties are left out. */
export function prettyLiteral(value: unknown, pad = '', used = 0): string {
  const line = literal(value)
  if (typeof value !== 'object' || value === null || pad.length + used + line.length <= WIDTH) return line
  const inner = `${pad}  `
  if (Array.isArray(value))
    return value.length === 0 ? '[]' : `[\n${value.map((item) => `${inner}${prettyLiteral(item, inner)},`).join('\n')}\n${pad}]`
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  return `{\n${entries.map(([key, item]) => `${inner}${propertyKey(key)}: ${prettyLiteral(item, inner, propertyKey(key).length + 3)},`).join('\n')}\n${pad}}`
}
