import { diagnose } from '../../diagnostics/diagnose.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { IMPLICIT_FIELDS } from '../field-kinds.ts'
import type { LinkedField, LinkedObject } from '../model.ts'
import type { Report } from '../report.ts'
import { replaceName } from '../suggest-name.ts'
import { isLegalName } from './legal-name.ts'

/** Field names must be legal and differ in more than case: columns do not tell `Name` from `name`. */
export function checkFieldNames({ fields }: LinkedObject, report: Report): void {
  const fieldByFold = new Map<string, LinkedField>()
  for (const field of fields) {
    if (!isLegalName(field.name)) report(diagnose('link/illegal-name', field.span, { what: 'field', name: field.name }))
    const folded = field.name.toLowerCase()
    const implicit = IMPLICIT_FIELDS.find((name) => name === folded)
    const twin = fieldByFold.get(folded)
    if (twin !== undefined) reportTwin(field, twin.name, [{ message: `"${twin.name}" is declared here.`, span: twin.span }], report)
    else if (implicit !== undefined && implicit !== field.name) {
      reportTwin(field, implicit, [{ message: `Every object has a field "${implicit}".` }], report)
    } else fieldByFold.set(folded, field)
  }
}

function reportTwin(field: LinkedField, other: string, notes: Diagnostic['notes'], report: Report): void {
  report(
    diagnose('link/duplicate-field', field.span, { name: field.name, other }, { notes, fixes: replaceName(field.span, field.name, other) }),
  )
}
