import { diagnose } from '../../diagnostics/diagnose.ts'
import { TEXT_TYPES } from '../field-kinds.ts'
import type { LinkedField, LinkedObject } from '../model.ts'
import type { Report } from '../report.ts'
import { authoredTrash } from '../trash.ts'

/** `id`, `created_at`, `updated_at` and the field of the trash may be declared, for a label say, but their type is fixed. */
export function checkImplicitFields({ fields, attributes }: LinkedObject, report: Report): void {
  const trash = authoredTrash(attributes) || undefined
  for (const field of fields) {
    const expected = field.name === trash?.field ? (field.type === 'datetime' ? undefined : 'datetime') : expectedType(field)
    if (expected !== undefined) report(diagnose('link/implicit-field', field.span, { field: field.name, type: field.type, expected }))
  }
}

function expectedType({ name, type }: LinkedField): string | undefined {
  if (name === 'id') return TEXT_TYPES.has(type) ? undefined : 'text'
  return (name === 'created_at' || name === 'updated_at') && type !== 'datetime' ? 'datetime' : undefined
}
