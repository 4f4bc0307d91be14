import type { RuleSyntax } from '../../2-parse/syntax.ts'
import { diagnose } from '../../diagnostics/diagnose.ts'
import type { Json } from '../../source/json.ts'
import { isJsonObject } from '../attributes.ts'
import type { FieldIndex } from '../field-index.ts'
import { pointerStep } from '../pointer.ts'
import type { Report } from '../report.ts'
import { suggestField } from '../suggest-field.ts'

/** Keys whose value is a field of the rule's object, or a list of them. */
const FIELD_KEYS: ReadonlySet<string> = new Set(['field', 'fields', 'compare_to', 'compareTo', 'if_field'])

/** Parts that speak of other objects' fields, or of no fields at all. */
const FOREIGN_KEYS: ReadonlySet<string> = new Set([
  ...[
    'lookup',
    'has_related',
    'relationships',
    'value',
    'transitions',
    'schema',
    'headers',
    'message',
    'params',
    'message_params',
    'ai_context',
  ],
])

/** Every field that a validation rule names must exist: a rule on a misspelt field would pass everything. */
export function checkRuleFields(rule: RuleSyntax, fields: FieldIndex, report: Report): void {
  for (const { name, pointer } of fieldNamesIn(rule.body, '')) {
    const [first = ''] = name.split('.')
    if (fields.resolve(first) !== undefined) continue
    const span = rule.spanOf(pointer)
    const suggestion = suggestField(first, fields, span)
    const what = rule.name === '' ? 'a rule' : `rule "${rule.name}"`
    report(diagnose('link/unknown-field', span, { what, object: fields.object, name: first }, suggestion))
  }
}

interface NamedField {
  readonly name: string
  readonly pointer: string
}

function fieldNamesIn(body: Json, pointer: string): readonly NamedField[] {
  if (Array.isArray(body)) return body.flatMap((item, index) => fieldNamesIn(item, pointer + pointerStep(index)))
  if (!isJsonObject(body)) return []
  return Object.entries(body).flatMap(([key, value]) => {
    if (FOREIGN_KEYS.has(key)) return []
    const at = pointer + pointerStep(key)
    if (!FIELD_KEYS.has(key)) return fieldNamesIn(value, at)
    if (typeof value === 'string') return [{ name: value, pointer: at }]
    if (!Array.isArray(value)) return fieldNamesIn(value, at)
    return value.flatMap((item, index) => (typeof item === 'string' ? [{ name: item, pointer: at + pointerStep(index) }] : []))
  })
}
