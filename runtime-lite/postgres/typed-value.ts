/** Numbers of types (`pg_type.oid`) whose values JavaScript has without loss. */
const BOOLEAN = 16
const NUMBERS: ReadonlySet<number> = new Set([21, 23, 26, 700, 701])
const BIGINT = 20

/** A value as the server sent it, with its type. Integers beyond 2^53, decimals, dates and JSON stay text. */
export function typedValue(text: string | null, type: number | undefined): string | number | boolean | null {
  if (text === null || type === undefined) return text
  if (type === BOOLEAN) return text === 't'
  if (NUMBERS.has(type)) return Number(text)
  if (type !== BIGINT) return text
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : text
}
