import { LOCK_VERSION, type Lock, type LockedField, type LockedObject } from './lock.ts'

/** Text of the lock file: sorted by name, one line per field, so that two branches that add fields seldom touch the same line. */
export function printLock(lock: Lock): string {
  return `{\n  "version": ${LOCK_VERSION},\n  "objects": ${printMap(lock.objects, '  ', printObject)},\n  "reserved": ${printMap(lock.reserved, '  ', printObject)}\n}\n`
}

/** Objects stand at one depth only. Kept because a watching compiler prints the same ones again and again. */
const textByObject = new WeakMap<LockedObject, string>()

function printObject(object: LockedObject, pad: string): string {
  const known = textByObject.get(object)
  if (known !== undefined) return known
  const text = printWhole(object, pad)
  textByObject.set(object, text)
  return text
}

function printWhole(object: LockedObject, pad: string): string {
  const { id, rest, table, type, plural, file } = object
  return [
    '{',
    `${pad}  ${printPairs({ id, rest, table })},`,
    `${pad}  ${printPairs({ type, plural, file })},`,
    `${pad}  "fields": ${printMap(object.fields, `${pad}  `, printField)},`,
    `${pad}  "reserved": ${printMap(object.reserved, `${pad}  `, printField)}`,
    `${pad}}`,
  ].join('\n')
}

const printField = ({ id, column }: LockedField): string =>
  column === undefined ? `{ "id": ${id} }` : `{ "id": ${id}, "column": ${JSON.stringify(column)} }`

const printPairs = (pairs: { readonly [key: string]: string | number }): string =>
  Object.entries(pairs)
    .map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
    .join(', ')

function printMap<Value>(map: ReadonlyMap<string, Value>, pad: string, print: (value: Value, pad: string) => string): string {
  if (map.size === 0) return '{}'
  const entries = [...map].sort(([a], [b]) => (a < b ? -1 : 1))
  return `{\n${entries.map(([name, value]) => `${pad}  ${JSON.stringify(name)}: ${print(value, `${pad}  `)}`).join(',\n')}\n${pad}}`
}
