import { diagnose } from '../../diagnostics/diagnose.ts'
import { spanOfAttribute } from '../attributes.ts'
import { isListField } from '../field-kinds.ts'
import type { LinkedField } from '../model.ts'
import type { Report } from '../report.ts'
import { isMarkedUnique, JSON_TYPES } from '../uniqueness.ts'

/** Only single stored values can be unique. */
export function checkUniqueField(field: LinkedField, report: Report): void {
  if (!isMarkedUnique(field.attributes)) return
  if (field.type !== 'formula' && !JSON_TYPES.has(field.type) && !isListField(field.type, field.attributes)) return
  report(diagnose('link/not-unique', spanOfAttribute(field.attributes, 'unique', field.span), { field: field.name, type: field.type }))
}
