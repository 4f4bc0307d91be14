import type { LinkedObject } from '../3-link/model.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { nearest, replaceWith } from '../diagnostics/suggest.ts'
import { spanIn } from '../expression/place-of.ts'
import type { ExpressionSchema } from '../expression/schema.ts'
import { shownPaths } from '../expression/shown-paths.ts'
import { MESSAGE_KEYS, paramsOf } from './envelope.ts'
import type { RuleNode } from './rule-node.ts'

/** What the rules of a type fill in besides fields and parameters. */
const OF_TYPE: Readonly<Record<string, readonly string[]>> = {
  state_machine: ['old_status', 'new_status'],
  json_schema: ['problem', 'path'],
}

/** Types whose rules ask a function or an address. */
const ASKED: ReadonlySet<string> = new Set(['async', 'remote', 'custom'])

/** Fields that every record has. */
const OF_RECORDS = ['id', 'created_at', 'updated_at']

/** Placeholders in the messages of a rule that nothing fills in: they would stay empty. */
export function unknownPlaceholders(node: RuleNode, rule: string, object: LinkedObject, schema: ExpressionSchema): readonly Diagnostic[] {
  const type = String(node.member('type')?.value ?? '').toLowerCase()
  // Whoever is asked may answer with further values.
  if (ASKED.has(type) && node.member('handler', 'function', 'validatorFunction', 'validatorUrl', 'url')) return []
  const fields = object.fields.map(({ name }) => name)
  const params = Object.keys(paramsOf(node) ?? {})
  const names = [...new Set([...params, ...(OF_TYPE[type] ?? []), ...fields, ...OF_RECORDS])]
  const isKnown = (path: string): boolean => {
    if (names.includes(path)) return true
    const [first = '', ...rest] = path.replace(/^\$?record\./, '').split('.')
    if (rest.length === 0) return names.includes(first)
    const field = object.fields.find(({ name }) => name === first)
    // What stands in a value of the record is known to nobody; what a lookup leads to is.
    return field !== undefined && (field.reference === undefined || shownPaths(`{{${path}}}`, schema).length > 0)
  }
  return messages(node).flatMap((message) => {
    const text = message.text() ?? ''
    return [...text.matchAll(/\{\{\s*([^{}]*?)\s*\}\}/g)].flatMap(({ 0: whole, 1: path = '', index }) => {
      if (isKnown(path)) return []
      const start = index + whole.indexOf(path)
      const range = { start, end: start + path.length }
      const span = spanIn(message.span, text, range)
      const meant = nearest(path, names)
      const isExact = span.end - span.start === path.length
      return diagnose(
        'rule/unknown-placeholder',
        span,
        { rule, name: path },
        {
          notes: meant === undefined ? [] : [{ message: `Did you mean "${meant}"?` }],
          fixes: meant !== undefined && isExact ? [replaceWith(span, meant)] : [],
        },
      )
    })
  })
}

/** The texts that a rule may say: one, or one for each language. */
const messages = (node: RuleNode): readonly RuleNode[] =>
  MESSAGE_KEYS.flatMap((key) => {
    const message = node.member(key)
    if (!message) return []
    return message.text() === undefined ? message.members().map(([, one]) => one) : [message]
  })
