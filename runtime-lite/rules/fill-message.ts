import type { RawRecord } from '../object/object-plan.ts'

/** Characters of one value in a message. */
const MAX_VALUE = 200

/** Fills `{{name}}` with the parameter of that name, else with the value at that path of the record. What is missing is empty. */
export const fillMessage = (text: string, record: RawRecord, params: Readonly<Record<string, unknown>>): string =>
  text.replace(/\{\{\s*([^{}]*?)\s*\}\}/g, (_whole, path: string) =>
    shown(Object.hasOwn(params, path) ? params[path] : valueAt(record, path.replace(/^record\./, ''))),
  )

function valueAt(record: unknown, path: string): unknown {
  let value = record
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as RawRecord)[name]
  }
  return value
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return ''
  const text = Array.isArray(value) ? value.map(shown).join(', ') : typeof value === 'object' ? JSON.stringify(value) : String(value)
  return text.length <= MAX_VALUE ? text : `${text.slice(0, MAX_VALUE).toWellFormed()}…`
}
