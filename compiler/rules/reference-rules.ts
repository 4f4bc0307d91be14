import { textAttribute } from '../3-link/attributes.ts'
import type { LinkedField, LinkedObject } from '../3-link/model.ts'
import { compare, isNull } from '../expression/build.ts'
import { fieldsOf } from '../expression/map-fields.ts'
import type { ExpressionSchema } from '../expression/schema.ts'
import type { Typed } from '../expression/typed.ts'
import type { CompiledRule } from '../ir/rule.ts'
import type { Json } from '../source/json.ts'
import { readFilter } from './read-filter.ts'
import { RuleProblem } from './rule-problem.ts'

const HERE = { start: 0, end: 0 } as const

/** Before the rules of the author: what a lookup offers is part of the field. */
const PRIORITY = 0

/**
 * What lookups offer, as rules: a record that is referred to meets `referenceFilters`, `lookupFilters` and `dependsOn` of the field.
 * `attempt` runs what may throw RuleProblem and reports it.
 */
export function referenceRules(
  object: LinkedObject,
  schema: ExpressionSchema,
  attempt: (name: string, work: () => readonly CompiledRule[]) => readonly CompiledRule[],
): readonly CompiledRule[] {
  return object.fields.flatMap((field) => {
    const [target, ...others] = field.reference?.objects ?? []
    if (target === undefined || others.length > 0) return []
    const name = `${field.name}_reference`
    return attempt(name, () => {
      const parts = lenient(() => [...filtersOf(field, schema, target), ...dependencies(field, schema, target)])
      return parts.length === 0 ? [] : [ruleOf(name, field, target, parts)]
    })
  })
}

/** What user interfaces were told until now keeps no application from compiling. */
function lenient<Result>(read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof RuleProblem) || error.kind !== 'unknown-field') throw error
    throw new RuleProblem('unknown-filter-field', error.span, error.message.replace(/\.$/, ''), {
      ...(error.meant === undefined ? {} : { meant: error.meant }),
      isExact: error.isExact,
    })
  }
}

interface Part {
  readonly typed: Typed
  readonly words: string
}

const FILTER_KEYS = ['referenceFilters', 'lookupFilters'] as const

function filtersOf({ attributes }: LinkedField, schema: ExpressionSchema, target: string): readonly Part[] {
  return FILTER_KEYS.flatMap((key) => {
    const attribute = attributes.get(key)
    if (!attribute || attribute.value === null || attribute.value === '') return []
    const { value, span } = attribute
    const items = Array.isArray(value) && value.every((item) => typeof item === 'object' || isText(item)) ? value : [value]
    return items.map((item): Part => ({ typed: readFilter(withUser(ofRecord(item)), span, schema, target, true), words: wordsOf(item) }))
  })
}

/** A list of texts is a list of conditions, but for one condition in three parts. */
const isText = (value: Json): boolean => typeof value === 'string' && /\W/.test(value.trim())

/** In the text of a filter, `record` is the one that is written: names alone are those of the record that is looked for. */
const ofRecord = (value: Json): Json => (typeof value === 'string' ? value.replaceAll(/(?<![\w$.])record\.(?=\w)/g, '$record.') : value)

/** Spellings of whoever asks, in the text of a filter or as one of its values, are those that conditions know. */
function withUser(value: Json): Json {
  if (typeof value === 'string') return value.replaceAll(USER, (_text, ...paths: readonly unknown[]) => `$current_user.${pathIn(paths)}`)
  if (Array.isArray(value)) return value.map(withUser)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withUser(part)]))
}

/** `{current_user.region}`, `{{ $user.region }}`, `$current_user.region`, `$currentUser`: without a field its id is meant. */
const USER =
  /\{\{?\s*\$?(?:current_user|currentUser|user(?=\.))((?:\.\w+)*)\s*\}?\}|(?<![\w$.])\$(?:current_user|currentUser|user(?=\.))((?:\.\w+)*)(?!\w)/g

const pathIn = ([braced, bare]: readonly unknown[]): string => String(braced ?? bare ?? '').slice(1) || 'id'

function wordsOf(value: Json): string {
  if (typeof value === 'string') return value.trim()
  if (Array.isArray(value)) return value.map(wordsOf).join(' ')
  if (typeof value !== 'object' || value === null) return String(value)
  const { field, operator, value: compared } = value as { readonly [key: string]: Json }
  return field === undefined ? JSON.stringify(value) : `${wordsOf(field)} ${wordsOf(operator ?? '=')} ${wordsOf(compared ?? null)}`
}

/** `dependsOn: account` offers records that have the same account, once the record has one. */
function dependencies({ attributes }: LinkedField, schema: ExpressionSchema, target: string): readonly Part[] {
  const value = attributes.get('dependsOn')?.value
  const items = value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]
  return items.flatMap((item): readonly Part[] => {
    const { own, theirs } = pairOf(item)
    const mine = schema.field(schema.object, own)
    const other = schema.field(target, theirs)
    // Many name a field for their user interface alone.
    if (!mine || !other || mine.type !== other.type || mine.type === 'list' || mine.type === 'structure') return []
    const written: Typed = { kind: 'field', root: 'previous', path: [own], type: mine.type, ...HERE }
    const found: Typed = { kind: 'field', root: 'record', path: [theirs], type: other.type, ...HERE }
    const parts = [isNull(written, HERE), compare('eq', found, written, HERE)]
    return [{ typed: { kind: 'or', type: 'boolean', parts, ...HERE }, words: `${theirs} = {${own}}` }]
  })
}

function pairOf(item: Json): { readonly own: string; readonly theirs: string } {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return { own: String(item), theirs: String(item) }
  const { field, param } = item as { readonly [key: string]: Json }
  return { own: String(field), theirs: String(param ?? field) }
}

function ruleOf(name: string, field: LinkedField, target: string, parts: readonly Part[]): CompiledRule {
  const label = textAttribute(field.attributes, 'label') ?? field.name
  const words = parts.map((part) => part.words.replaceAll(/\{\{|\}\}/g, '')).join(' and ')
  const isOfUser = ({ typed }: Part): boolean => fieldsOf(typed).some(({ root }) => root === 'current_user')
  const filter = together(parts.filter((part) => !isOfUser(part)))
  const ofUser = together(parts.filter(isOfUser))
  return {
    kind: 'related',
    name,
    code: 'reference',
    severity: 'error',
    message: `${label}: the record it refers to does not meet ${words}.`,
    on: ['create', 'update'],
    about: [field.name],
    priority: PRIORITY,
    span: FILTER_KEYS.map((key) => field.attributes.get(key)?.span).find((span) => span !== undefined) ?? field.span,
    object: target,
    field: 'id',
    matches: field.name,
    ...(filter ? { filter } : {}),
    ...(ofUser ? { ofUser } : {}),
    expects: 'some',
  }
}

function together(parts: readonly Part[]): Typed | undefined {
  const [first, ...others] = parts.map(({ typed }) => typed)
  return first && others.length > 0 ? { kind: 'and', type: 'boolean', parts: [first, ...others], ...HERE } : first
}
