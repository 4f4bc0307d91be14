import type { Issue } from '../problem/issue.ts'
import { addIssue } from './add-issue.ts'
import { type FieldRules, fieldCheck } from './field-check.ts'

/** Ids are kept in columns of this many characters. */
export const MAX_ID_LENGTH = 255

/** The id of another record. */
export const isReference = (value: unknown): boolean => typeof value === 'string' && value !== '' && value.length <= MAX_ID_LENGTH

/** Up to this many ids are compared pairwise, which allocates nothing. */
const PAIRWISE = 16

/** References to different records. */
export function isReferenceList(value: unknown): boolean {
  if (!Array.isArray(value)) return false
  const isShort = value.length <= PAIRWISE
  for (let index = 0; index < value.length; index++) {
    if (!isReference(value[index]) || (isShort && value.indexOf(value[index]) !== index)) return false
  }
  return isShort || new Set(value).size === value.length
}

export const checkReference = /* @__PURE__ */ fieldCheck<FieldRules>((found, value, pointer, label) => {
  if (typeof value !== 'string') addIssue(found, pointer, 'type', `${label} must be the id of a record.`)
  else if (value === '') addIssue(found, pointer, 'reference', `${label} must be the id of a record, not an empty text.`)
  else if (value.length > MAX_ID_LENGTH)
    addIssue(found, pointer, 'max_length', `${label} must be an id of at most ${MAX_ID_LENGTH} characters.`)
  return value
}, checkDuplicates)

function checkDuplicates(found: Issue[], list: readonly unknown[], pointer: string, label: string): void {
  const seen = new Set<unknown>()
  for (const [index, id] of list.entries()) {
    if (typeof id === 'string' && seen.has(id))
      addIssue(found, `${pointer}/${index}`, 'duplicate', `${label} must not name the same record twice.`)
    seen.add(id)
  }
}
