import type { Issue } from '../problem/issue.ts'
import { addIssue, escapeToken } from './add-issue.ts'
import { MAX_ID_LENGTH } from './check-id.ts'
import { nearestName } from './nearest-name.ts'

/** Guesses cost more than everything else here; a body with this many strange keys is not a typing mistake. */
const MAX_GUESSES = 10

/** Input that is no object at all. */
export const notAnObject = (at: string, label: string, what: 'fields' | 'parameters' = 'fields'): Issue[] => [
  {
    pointer: at,
    code: 'type',
    message: what === 'fields' ? `${label} must be an object with fields.` : `${label} takes an object with parameters.`,
  },
]

/** An id that a client chose: 1 to 255 characters, none of them a control character, and none of the API's own paths. */
export function isRecordId(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= MAX_ID_LENGTH && !hasControlCharacter(value) && value !== COUNT
}

/** `GET /api/account/count` counts. */
const COUNT = 'count'

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 32 || (unit > 126 && unit < 160)) return true
  }
  return false
}

/** Explains an id that is none. `name` is `id`, or `_id` where that spelling was used. */
export function checkRecordId(issues: Issue[] | undefined, id: unknown, at: string, name = 'id'): Issue[] {
  const found = issues ?? []
  const pointer = `${at}/${name}`
  if (typeof id !== 'string') addIssue(found, pointer, 'type', 'Id must be text.')
  else if (id === '') addIssue(found, pointer, 'min_length', 'Id must have at least 1 character.')
  else {
    if (id.length > MAX_ID_LENGTH) addIssue(found, pointer, 'max_length', `Id must have at most ${MAX_ID_LENGTH} characters.`)
    if (hasControlCharacter(id)) addIssue(found, pointer, 'format', 'Id must not contain control characters.')
    if (id === COUNT) addIssue(found, pointer, 'format', 'Id must not be "count": the API counts records under that path.')
  }
  return found
}

/** What an object takes from clients and what it does not. */
export interface KeyRules {
  readonly label: string
  /** Fields a client can write, without `id`. */
  readonly fields: readonly string[]
  /** Label by field of what the server alone sets. */
  readonly computed: Readonly<Record<string, string>>
}

/**
 * The keys of an input that are not writable fields. Compiled validators call it only when an input has other keys than the fields
 * they saw. `_id`, which older clients send, is moved to `id`.
 */
export function checkKeys(
  issues: Issue[] | undefined,
  input: Record<string, unknown>,
  at: string,
  isCreate: boolean,
  rules: KeyRules,
): Issue[] | undefined {
  const found = issues ?? []
  let guesses = 0
  for (const key of Object.keys(input)) {
    if (input[key] === undefined || rules.fields.includes(key)) continue
    const pointer = `${at}/${escapeToken(key)}`
    if (key === 'id' || key === '_id') checkIdKey(found, input, key, at, isCreate)
    else if (Object.hasOwn(rules.computed, key)) addIssue(found, pointer, 'read_only', `${rules.computed[key]} is set by the server.`)
    else {
      const guess = guesses++ < MAX_GUESSES ? nearestName(key, rules.fields) : undefined
      const message = `${rules.label} has no field named ${JSON.stringify(key.slice(0, 64))}.${guess === undefined ? '' : ` Did you mean ${JSON.stringify(guess)}?`}`
      addIssue(found, pointer, 'unknown_field', message)
    }
  }
  return found.length > 0 ? found : undefined
}

/** The keys of an input that are no parameters. */
export function checkParameterNames(
  issues: Issue[] | undefined,
  input: Record<string, unknown>,
  at: string,
  { label, fields }: Pick<KeyRules, 'label' | 'fields'>,
): Issue[] | undefined {
  const found = issues ?? []
  let guesses = 0
  for (const key of Object.keys(input)) {
    if (input[key] === undefined || fields.includes(key)) continue
    const guess = guesses++ < MAX_GUESSES ? nearestName(key, fields) : undefined
    const hint = guess === undefined ? '' : ` Did you mean ${JSON.stringify(guess)}?`
    addIssue(
      found,
      `${at}/${escapeToken(key)}`,
      'unknown_field',
      `${label} has no parameter named ${JSON.stringify(key.slice(0, 64))}.${hint}`,
    )
  }
  return found.length > 0 ? found : undefined
}

function checkIdKey(found: Issue[], input: Record<string, unknown>, key: 'id' | '_id', at: string, isCreate: boolean): void {
  const id = input[key]
  if (!isCreate) addIssue(found, `${at}/${key}`, 'read_only', 'Id cannot be changed.')
  else if (key === 'id') return
  else if (input['id'] !== undefined) addIssue(found, `${at}/_id`, 'duplicate', 'Id is given twice, as id and as _id.')
  else if (isRecordId(id)) {
    input['id'] = id
    delete input['_id']
  } else checkRecordId(found, id, at, '_id')
}
