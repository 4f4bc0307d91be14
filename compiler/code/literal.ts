/** Text that needs no escape between single quotes: nearly all of it. */
const PLAIN = /^[^'"\\\p{Cc}\u2028\u2029\p{Cs}]*$/u

/** A string literal: single quotes, double ones when that saves escapes. */
export function quote(text: string): string {
  if (PLAIN.test(text)) return `'${text}'`
  const json = JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
  if (text.split("'").length > text.split('"').length) return json
  return `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

/**
 * ASCII, and the letters of scripts that every tool's tables have known for decades: Latin, Greek, Cyrillic, Chinese, Japanese,
 * Korean. Other names are quoted, which is always right.
 */
const LETTER = [
  'A-Za-z_$',
  '\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u024f',
  '\\u0391-\\u03a1\\u03a3-\\u03ce',
  '\\u0400-\\u0481',
  '\\u3041-\\u3096\\u30a1-\\u30fa',
  '\\u4e00-\\u9fa5',
  '\\uac00-\\ud7a3',
].join('')
const IDENTIFIER = new RegExp(`^[${LETTER}][${LETTER}0-9]*$`)

export const isIdentifier = (name: string): boolean => IDENTIFIER.test(name)

const WHOLE_NUMBER = /^(?:0|[1-9][0-9]{0,14})$/

/** `name` or `'odd name'`: a key of an object literal or an interface. `__proto__` is computed so that it is a plain key. */
export function propertyKey(name: string): string {
  if (name === '__proto__') return "['__proto__']"
  return isIdentifier(name) || WHOLE_NUMBER.test(name) ? name : quote(name)
}

/** `.name` or `['odd name']`. */
export const propertyAccess = (name: string): string => (isIdentifier(name) ? `.${name}` : `[${quote(name)}]`)

/** A JSON value as a TypeScript expression on one line. */
export function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value).replace('e+', 'e')
  if (typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  let text = ''
  for (const [key, item] of Object.entries(value))
    if (item !== undefined) text += `${text === '' ? '' : ', '}${propertyKey(key)}: ${literal(item)}`
  return text === '' ? '{}' : `{ ${text} }`
}
