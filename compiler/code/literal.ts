/** Text that needs no escape between single quotes: nearly all of it. */
const PLAIN = /^[^'"\\\p{Cc}\u2028\u2029\p{Cs}]*$/u

/** A TypeScript string literal: single quotes, double ones when that saves escapes. */
export function quote(text: string): string {
  if (PLAIN.test(text)) return `'${text}'`
  const json = JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
  if (text.includes("'") && !text.includes('"')) return json
  return `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

const IDENTIFIER = /^[A-Za-z_$][A-Za-z0-9_$]*$/

export const isIdentifier = (name: string): boolean => IDENTIFIER.test(name)

/** `name` or `'odd name'`: a key of an object literal or an interface. `__proto__` is computed so that it is a plain key. */
export const propertyKey = (name: string): string => (name === '__proto__' ? "['__proto__']" : isIdentifier(name) ? name : quote(name))

/** `.name` or `['odd name']`. */
export const propertyAccess = (name: string): string => (isIdentifier(name) ? `.${name}` : `[${quote(name)}]`)

/** A JSON value as a TypeScript expression on one line. */
export function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value)
  if (typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  let text = ''
  for (const [key, item] of Object.entries(value))
    if (item !== undefined) text += `${text === '' ? '' : ', '}${propertyKey(key)}: ${literal(item)}`
  return text === '' ? '{}' : `{ ${text} }`
}
