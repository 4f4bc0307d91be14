import { diagnose } from '../../diagnostics/diagnose.ts'
import { isFlagSet, spanOfAttribute } from '../attributes.ts'
import { authoredDeleteBehavior, DELETE_BEHAVIORS } from '../delete-behavior.ts'
import { RELATION_TYPES } from '../field-kinds.ts'
import type { LinkedField } from '../model.ts'
import type { Report } from '../report.ts'
import { suggestName } from '../suggest-name.ts'

/** What happens to a record when the one it points at goes: a known word, and not "empty a field that must not be empty". */
export function checkDeleteBehavior(field: LinkedField, report: Report): void {
  const behavior = RELATION_TYPES.has(field.type) ? authoredDeleteBehavior(field.attributes) : undefined
  if (behavior === undefined || behavior === 'cascade' || behavior === 'restrict') return
  const span = spanOfAttribute(field.attributes, 'deleteBehavior', field.span)
  if (behavior === 'unknown') {
    const value = field.attributes.get('deleteBehavior')?.value
    const name = typeof value === 'string' ? value : JSON.stringify(value)
    report(diagnose('link/unknown-delete-behavior', span, { value: name }, suggestName({ name, candidates: DELETE_BEHAVIORS, span })))
  } else if (isFlagSet(field.attributes, 'required')) report(diagnose('link/set-null-required', span, { field: field.name }))
}
