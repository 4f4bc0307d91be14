import type { RawRecord } from '../object/object-plan.ts'
import { NONE_RELATED, type RelatedRecords } from '../related/related-plan.ts'
import { ownValue } from '../validate/plain-object.ts'

/** Characters of one value in a message. */
const MAX_VALUE = 200

/**
 * Fills `{{name}}` with the parameter of that name, else with the value at that path of the record, or beyond its lookups. What is missing is
 * empty.
 */
export const fillMessage = (
  text: string,
  record: RawRecord,
  params: Readonly<Record<string, unknown>>,
  related: RelatedRecords = NONE_RELATED,
): string =>
  text.replace(/\{\{\s*([^{}]*?)\s*\}\}/g, (_whole, path: string) => {
    if (Object.hasOwn(params, path)) return shown(params[path])
    const names = path.replace(/^record\./, '')
    const end = names.lastIndexOf('.')
    const beyond = end > 0 ? ownValue(related, names.slice(0, end)) : undefined
    return shown(beyond === undefined ? valueAt(record, names) : valueAt(beyond, names.slice(end + 1)))
  })

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
