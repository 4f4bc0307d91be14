import type { Attributes } from '../2-parse/syntax.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { FieldIndex } from './field-index.ts'
import type { Report } from './report.ts'
import { suggestField } from './suggest-field.ts'

/** The field that names a record: the one the author chose, else `name`, `title` or `subject`. */
export function linkNameField(attributes: Attributes, fields: FieldIndex, report: Report): string | undefined {
  const authored = attributes.get('nameField')
  if (typeof authored?.value === 'string') {
    const name = fields.resolve(authored.value)
    if (name !== undefined) return name
    const suggestion = suggestField(authored.value, fields, authored.span)
    report(diagnose('link/unknown-name-field', authored.span, { object: fields.object, field: authored.value }, suggestion))
  }
  return ['name', 'title', 'subject'].find((name) => fields.get(name) !== undefined)
}
