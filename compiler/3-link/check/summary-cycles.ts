import { diagnose } from '../../diagnostics/diagnose.ts'
import { spanOfAttribute } from '../attributes.ts'
import type { LinkedField, LinkedObject, LinkedSummary } from '../model.ts'
import type { Report } from '../report.ts'

/** The objects without the roll-ups that count themselves, through whichever others: they would never come to an end. */
export function withoutSummaryCycles(objects: readonly LinkedObject[], report: Report): readonly LinkedObject[] {
  const fieldByKey = new Map(objects.flatMap((object) => object.fields.map((field) => [keyOf(object.name, field.name), field] as const)))
  const isCircular = (start: string): boolean => {
    const seen = new Set<string>()
    const pending = [start]
    for (let key = pending.pop(); key !== undefined; key = pending.pop())
      for (const next of readsOf(fieldByKey.get(key)?.summary)) {
        if (next === start) return true
        if (seen.has(next)) continue
        seen.add(next)
        pending.push(next)
      }
    return false
  }
  const checked = (object: LinkedObject, field: LinkedField): LinkedField => {
    if (!field.summary?.through || !isCircular(keyOf(object.name, field.name))) return field
    const span = spanOfAttribute(field.attributes, 'summaryOperations', field.span)
    report(diagnose('link/summary-cycle', span, { field: field.name, object: object.name }))
    const { through: _through, filter: _filter, ...summary } = field.summary
    return { ...field, summary }
  }
  return objects.map((object) =>
    object.fields.some(({ summary }) => summary) ? { ...object, fields: object.fields.map((field) => checked(object, field)) } : object,
  )
}

const keyOf = (object: string, field: string): string => `${object}\0${field}`

const readsOf = (summary: LinkedSummary | undefined): readonly string[] =>
  summary?.through === undefined
    ? []
    : [summary.field, ...(summary.filterFields ?? [])].flatMap((name) => (name === undefined ? [] : keyOf(summary.object, name)))
