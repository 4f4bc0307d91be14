import type { Attributes, FieldSyntax, OptionSyntax } from '../2-parse/syntax.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { FieldType } from '../ir/field-type.ts'
import type { DefaultIr } from '../ir/object.ts'
import type { Json } from '../source/json.ts'
import type { Located, Span } from '../source/span.ts'
import { convertDefault } from './convert-default.ts'
import { acceptsToken, type DefaultToken, defaultToken } from './default-token.ts'
import { COMPUTED_TYPES, isListField, TEXT_TYPES } from './field-kinds.ts'
import type { Report } from './report.ts'
import { replaceName, suggestName } from './suggest-name.ts'

/**
 * The default of a field: a literal that fits its type, or a token. A default that cannot work is left out with a warning: it
 * never did anything upstream, so it must not stop the compile.
 */
export function linkDefault(
  field: FieldSyntax,
  type: FieldType,
  options: readonly OptionSyntax[] | undefined,
  report: Report,
): DefaultIr | undefined {
  const authored = field.attributes.get('defaultValue') ?? defaultOption(options, isListField(type, field.attributes))
  if (authored === undefined || authored.value === null || COMPUTED_TYPES.has(type)) return undefined
  const token = options === undefined ? defaultToken(authored.value) : undefined
  if (token !== undefined && !isPlainText(authored.value, type)) return linkToken(field, type, token, authored, report)
  return linkLiteral(field, type, options, authored, report)
}

/** `today()` may be the very text a text field should hold; a `$` never is. */
const isPlainText = (value: Json, type: FieldType): boolean => TEXT_TYPES.has(type) && typeof value === 'string' && !value.startsWith('$')

/** `default: true` on options is a second way to give a default. */
function defaultOption(options: readonly OptionSyntax[] | undefined, isList: boolean): Located<Json> | undefined {
  const chosen = (options ?? []).filter((option) => option.isDefault)
  const [first] = chosen
  if (first === undefined) return undefined
  return isList ? { value: chosen.map((option) => option.value.value), span: first.value.span } : first.value
}

function linkToken(
  field: FieldSyntax,
  type: FieldType,
  token: DefaultToken | 'unknown',
  authored: Located<Json>,
  report: Report,
): DefaultIr | undefined {
  if (token === 'unknown' || !acceptsToken(type, token, authored.value) || isListField(type, field.attributes)) {
    const value = typeof authored.value === 'string' ? authored.value : JSON.stringify(authored.value)
    report(diagnose('link/default-token', authored.span, { value, field: field.name.value, type }))
    return undefined
  }
  if (token === 'current-user') return { kind: token }
  return { kind: type === 'date' ? 'today' : 'now' }
}

function linkLiteral(
  field: FieldSyntax,
  type: FieldType,
  options: readonly OptionSyntax[] | undefined,
  authored: Located<Json>,
  report: Report,
): DefaultIr | undefined {
  if (options !== undefined && options.length > 0) return linkOptionDefault(field, type, options, authored, report)
  const converted = convertList(authored.value, type, field.attributes)
  // A date and time is brought into one form without a word about it.
  if (converted === undefined || (type !== 'datetime' && !isSame(converted, authored.value))) {
    const consequence = converted === undefined ? 'It is left out' : `It becomes ${JSON.stringify(converted)}`
    report(diagnose('link/default-type', authored.span, { value: JSON.stringify(authored.value), type, consequence }))
  }
  return converted === undefined ? undefined : { kind: 'literal', value: converted }
}

/** A single value is the default of a list, too. */
function convertList(value: Json, type: FieldType, attributes: Attributes): Json | undefined {
  if (!isListField(type, attributes)) return convertDefault(value, type)
  const items = (Array.isArray(value) ? value : [value]).map((item) => convertDefault(item, type))
  return items.some((item) => item === undefined) ? undefined : items.filter((item) => item !== undefined)
}

function isSame(converted: Json, authored: Json): boolean {
  const text = JSON.stringify(converted)
  return text === JSON.stringify(authored) || text === JSON.stringify([authored])
}

function linkOptionDefault(
  field: FieldSyntax,
  type: FieldType,
  options: readonly OptionSyntax[],
  { value, span }: Located<Json>,
  report: Report,
): DefaultIr | undefined {
  const isList = isListField(type, field.attributes)
  const authored = (isList && Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string' || typeof item === 'number')
  if (authored.length === 0 && !(isList && Array.isArray(value) && value.length === 0)) {
    report(diagnose('link/default-type', span, { value: JSON.stringify(value), type, consequence: 'It is left out' }))
    return undefined
  }
  const values = authored.map((item) => matchOption(item, options, { field, span, isOpen: type === 'tags' }, report))
  return { kind: 'literal', value: isList ? values : (values[0] ?? null) }
}

interface OptionSite {
  readonly field: FieldSyntax
  readonly span: Span
  readonly isOpen: boolean
}

/** The option's own spelling where only case differs, else the value as it is. */
function matchOption(value: string | number, options: readonly OptionSyntax[], site: OptionSite, report: Report): string | number {
  const spellings = options.map((option) => option.value.value)
  if (spellings.includes(value)) return value
  const folded = String(value).toLowerCase()
  const option = spellings.find((spelling) => String(spelling).toLowerCase() === folded)
  const name = site.field.name.value
  if (option !== undefined) {
    const fixes = replaceName(site.span, String(value), String(option))
    // A number and its text are one spelling.
    if (String(option) !== String(value)) report(diagnose('link/default-option-case', site.span, { value, option, field: name }, { fixes }))
    return option
  }
  if (site.isOpen) return value
  const suggestion = suggestName({ name: String(value), candidates: spellings.map(String), span: site.span })
  report(diagnose('link/default-option', site.span, { value, field: name }, suggestion))
  return value
}
