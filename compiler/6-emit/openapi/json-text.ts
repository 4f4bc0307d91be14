import type { Json } from '../../source/json.ts'

/** Longest line that holds a whole object or list. */
const WIDTH = 120

/**
 * JSON in the order of the data, two blanks deep; what fits on a line stays on one. A third of the bytes of one value a line, and a
 * change of one field is still a change of a line or two.
 */
export function jsonText(value: Json): string {
  return `${print(value, '')}\n`
}

function print(value: Json, pad: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const isList = Array.isArray(value)
  const inner = `${pad}  `
  const parts = isList
    ? value.map((item: Json) => print(item, inner))
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${print(item, inner)}`)
  if (parts.length === 0) return isList ? '[]' : '{}'
  let length = pad.length + 2 * parts.length
  let isShort = true
  for (const part of parts) {
    length += part.length
    if (length > WIDTH || part.includes('\n')) {
      isShort = false
      break
    }
  }
  if (isShort) return isList ? `[${parts.join(', ')}]` : `{ ${parts.join(', ')} }`
  return `${isList ? '[' : '{'}\n${inner}${parts.join(`,\n${inner}`)}\n${pad}${isList ? ']' : '}'}`
}
