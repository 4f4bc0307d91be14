import type { IndexSyntax } from '../2-parse/syntax.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { Located } from '../source/span.ts'
import type { FieldIndex } from './field-index.ts'
import type { LinkedIndex } from './model.ts'
import type { Report } from './report.ts'
import { suggestField } from './suggest-field.ts'

/** The indexes whose fields all exist and are stored. The others are left out with a warning: a missing index changes no result. */
export function linkIndexes(indexes: readonly IndexSyntax[], fields: FieldIndex, report: Report): readonly LinkedIndex[] {
  return indexes.flatMap((index) => {
    const names = index.fields.map((field) => linkIndexField(index, field, fields, report))
    const known = names.filter((name) => name !== undefined)
    if (known.length < names.length || known.length === 0) return []
    return [{ ...index, fields: [...new Set(known)] }]
  })
}

function linkIndexField(index: IndexSyntax, { value, span }: Located<string>, fields: FieldIndex, report: Report): string | undefined {
  const name = fields.resolve(value)
  const label = index.name?.value ?? index.fields.map((field) => field.value).join(', ')
  if (name === undefined) {
    const suggestion = suggestField(value, fields, span)
    report(diagnose('link/unknown-index-field', span, { index: label, object: fields.object, field: value }, suggestion))
    return undefined
  }
  if (fields.isStored(name)) return name
  report(diagnose('link/index-on-formula', span, { index: label, field: name }))
  return undefined
}
