import type { Issue } from '../problem/issue.ts'
import { addIssue } from './add-issue.ts'
import { type FieldRules, fieldCheck } from './field-check.ts'
import { explainJson, isJson } from './json-value.ts'
import { isPlainObject } from './plain-object.ts'
import { isUrl } from './url.ts'

export interface AttachmentRules extends FieldRules {
  /** Bytes. */
  readonly maxSize?: number
}

const TEXT_KEYS = ['id', 'url', 'name', 'type'] as const

/** A file: `{ url, name, size, type, … }`, of which `url` or `id` must be there and everything else may be any JSON. */
export function isAttachment(value: unknown, maxSize = Number.POSITIVE_INFINITY): boolean {
  if (!isPlainObject(value)) return false
  const { id, url, name, type, size } = value
  return (
    isTextOrAbsent(id) &&
    isTextOrAbsent(url) &&
    isTextOrAbsent(name) &&
    isTextOrAbsent(type) &&
    Boolean(url || id) &&
    (size === undefined || (typeof size === 'number' && size >= 0 && size <= maxSize)) &&
    isJson(value)
  )
}

const isTextOrAbsent = (value: unknown): boolean => value === undefined || typeof value === 'string'

/** A text is accepted too, the address of a file or its id where files are kept elsewhere, and becomes `{ url }` or `{ id }`. */
export const checkAttachment = /* @__PURE__ */ fieldCheck<AttachmentRules>((found, value, pointer, label, { maxSize }) => {
  if (typeof value === 'string' && value !== '') return value.startsWith('/') || isUrl(value) ? { url: value } : { id: value }
  if (value === '') addIssue(found, pointer, 'min_length', `${label} must be a file, not an empty text.`)
  else if (!isPlainObject(value)) addIssue(found, pointer, 'type', `${label} must be a file: an object with a url, or the id of one.`)
  else if (!explainJson(found, value, pointer, label)) checkParts(found, value, pointer, label, maxSize)
  return value
})

function checkParts(found: Issue[], file: Record<string, unknown>, pointer: string, label: string, maxSize: number | undefined): void {
  for (const key of TEXT_KEYS) {
    if (!isTextOrAbsent(file[key])) addIssue(found, `${pointer}/${key}`, 'type', `${label}: ${key} must be text.`)
  }
  if (!file['url'] && !file['id']) addIssue(found, `${pointer}/url`, 'required', `${label} must have a url.`)
  const { size } = file
  if (size === undefined) return
  if (typeof size !== 'number') addIssue(found, `${pointer}/size`, 'type', `${label}: size must be a number of bytes.`)
  else if (size < 0) addIssue(found, `${pointer}/size`, 'min', `${label}: size must be at least 0.`)
  else if (maxSize !== undefined && size > maxSize)
    addIssue(found, `${pointer}/size`, 'max_size', `${label} must have at most ${maxSize} bytes.`)
}
