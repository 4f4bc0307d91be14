import type { Attributes } from '../2-parse/syntax.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { FieldType } from '../ir/field-type.ts'
import type { Span } from '../source/span.ts'
import { memberAttribute, spanOfAttribute } from './attributes.ts'
import type { FieldIndex } from './field-index.ts'
import { isListField } from './field-kinds.ts'
import type { LinkedField, LinkedSummary, SummaryFunction } from './model.ts'
import type { ObjectIndex } from './object-index.ts'
import type { Report } from './report.ts'
import { notesOnField } from './suggest-field.ts'
import { notesOnName } from './suggest-name.ts'
import { readSummaryFilter } from './summary-filter.ts'

const FUNCTIONS: readonly SummaryFunction[] = ['count', 'sum', 'min', 'max', 'avg']

interface SummarySite {
  readonly field: LinkedField
  /** The object that has the roll-up. */
  readonly owner: string
  readonly span: Span
  readonly report: Report
}

/** What a roll-up adds up, once every object has its fields. Undefined, with a warning, when something it names does not exist. */
export function linkSummary(
  field: LinkedField,
  owner: string,
  objects: ObjectIndex,
  fieldsOf: (object: string) => FieldIndex | undefined,
  report: Report,
): LinkedSummary | undefined {
  if (field.type !== 'summary') return undefined
  const site: SummarySite = { field, owner, span: spanOfAttribute(field.attributes, 'summaryOperations', field.span), report }
  const object = summaryObject(site, objects)
  const fields = object === undefined ? undefined : fieldsOf(object)
  if (object === undefined || fields === undefined) return undefined
  const operation = FUNCTIONS.find((name) => name === textMember(field.attributes, 'function')) ?? 'count'
  const summed = operation === 'count' ? undefined : summedField(site, fields)
  if (operation !== 'count' && summed === undefined) return undefined
  const named = { object, function: operation, ...(summed === undefined ? {} : { field: summed }) }
  const through = lookupBack(site, fields)
  const filter = readSummaryFilter(memberAttribute(field.attributes, 'summaryOperations', 'filter'), fields)
  if ('problem' in filter) report(diagnose('link/summary-filter', site.span, { field: field.name, problem: filter.problem }))
  const isSummable = summed === undefined || fitsFunction(site, operation, fields.get(summed))
  // What cannot be worked out keeps its type, and stays empty.
  if (through === undefined || 'problem' in filter || !isSummable) return named
  return { ...named, through, ...(filter.filter === undefined ? {} : { filter: filter.filter, filterFields: filter.fields }) }
}

function summaryObject({ field, span, report }: SummarySite, objects: ObjectIndex): string | undefined {
  const authored = textMember(field.attributes, 'object') ?? ''
  const resolution = objects.resolve(authored)
  if ('object' in resolution) return resolution.object
  const notes = notesOnName({ name: authored, candidates: objects.names, span, declaredAt: objects.spanOf })
  report(diagnose('link/unknown-summary-object', span, { field: field.name, name: authored }, { notes }))
  return undefined
}

function summedField({ field, span, report }: SummarySite, fields: FieldIndex): string | undefined {
  const authored = textMember(field.attributes, 'field') ?? ''
  const summed = fields.resolve(authored)
  if (summed !== undefined) return summed
  const notes = notesOnField(authored, fields, span)
  report(diagnose('link/unknown-summary-field', span, { field: field.name, object: fields.object, name: authored }, { notes }))
  return undefined
}

/** The lookup of the other object that leads back: the one that is named, else the first, master-detail before others. */
function lookupBack({ field, owner, span, report }: SummarySite, fields: FieldIndex): string | undefined {
  const leadsBack = (name: string): boolean => {
    const candidate = fields.get(name)
    return (
      candidate?.reference?.authored.length === 1 &&
      candidate.reference.objects[0] === owner &&
      !isListField(candidate.type, candidate.attributes)
    )
  }
  const authored = textMember(field.attributes, 'relationshipField')
  const lookups = authored === undefined ? fields.names.filter(leadsBack) : [fields.resolve(authored) ?? ''].filter(leadsBack)
  const through = lookups.find((name) => fields.get(name)?.type === 'master_detail') ?? lookups[0]
  if (through === undefined)
    report(diagnose('link/summary-without-lookup', span, { field: field.name, object: fields.object, owner, name: authored ?? 'a lookup' }))
  return through
}

const NUMBERS: readonly FieldType[] = ['number', 'currency', 'percent', 'rating', 'slider', 'progress', 'summary', 'formula']
const MOMENTS: readonly FieldType[] = ['date', 'datetime', 'time']

function fitsFunction({ field, span, report }: SummarySite, operation: SummaryFunction, summed: LinkedField | undefined): boolean {
  // Only `created_at` and `updated_at` are there without being declared.
  const type: FieldType = summed?.type ?? 'datetime'
  const isMoment = MOMENTS.includes(type) && (operation === 'min' || operation === 'max')
  if (operation === 'count' || NUMBERS.includes(type) || isMoment) return true
  report(diagnose('link/summary-type', span, { field: field.name, function: operation, name: summed?.name ?? '', type }))
  return false
}

function textMember(attributes: Attributes, member: string): string | undefined {
  const value = memberAttribute(attributes, 'summaryOperations', member)
  return typeof value === 'string' ? value : undefined
}
