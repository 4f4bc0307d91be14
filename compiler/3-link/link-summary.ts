import type { Attributes } from '../2-parse/syntax.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { Span } from '../source/span.ts'
import { memberAttribute, spanOfAttribute } from './attributes.ts'
import type { FieldIndex } from './field-index.ts'
import type { LinkedField, LinkedSummary, SummaryFunction } from './model.ts'
import type { ObjectIndex } from './object-index.ts'
import type { Report } from './report.ts'
import { notesOnField } from './suggest-field.ts'
import { notesOnName } from './suggest-name.ts'

const FUNCTIONS: readonly SummaryFunction[] = ['count', 'sum', 'min', 'max', 'avg']

/** What a roll-up adds up, once every object has its fields. Undefined, with a warning, when something it names does not exist. */
export function linkSummary(
  field: LinkedField,
  objects: ObjectIndex,
  fieldsOf: (object: string) => FieldIndex | undefined,
  report: Report,
): LinkedSummary | undefined {
  if (field.type !== 'summary') return undefined
  const span = spanOfAttribute(field.attributes, 'summaryOperations', field.span)
  const object = summaryObject(field, span, objects, report)
  const fields = object === undefined ? undefined : fieldsOf(object)
  if (object === undefined || fields === undefined) return undefined
  const operation = FUNCTIONS.find((name) => name === textMember(field.attributes, 'function')) ?? 'count'
  if (operation === 'count') return { object, function: operation }
  const authored = textMember(field.attributes, 'field') ?? ''
  const summed = fields.resolve(authored)
  if (summed !== undefined) return { object, field: summed, function: operation }
  const notes = notesOnField(authored, fields, span)
  report(diagnose('link/unknown-summary-field', span, { field: field.name, object, name: authored }, { notes }))
  return undefined
}

function summaryObject(field: LinkedField, span: Span, objects: ObjectIndex, report: Report): string | undefined {
  const authored = textMember(field.attributes, 'object') ?? ''
  const resolution = objects.resolve(authored)
  if ('object' in resolution) return resolution.object
  const notes = notesOnName({ name: authored, candidates: objects.names, span, declaredAt: objects.spanOf })
  report(diagnose('link/unknown-summary-object', span, { field: field.name, name: authored }, { notes }))
  return undefined
}

function textMember(attributes: Attributes, member: string): string | undefined {
  const value = memberAttribute(attributes, 'summaryOperations', member)
  return typeof value === 'string' ? value : undefined
}
