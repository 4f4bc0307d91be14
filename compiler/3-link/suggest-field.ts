import type { DiagnosticExtras } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Span } from '../source/span.ts'
import type { FieldIndex } from './field-index.ts'
import { notesOnName, suggestName } from './suggest-name.ts'

/**
 * Columns that other platforms add by themselves. Whoever names one means it: `created_by` is not a misspelt `created_at`.
 */
const PLATFORM_FIELDS: ReadonlySet<string> = new Set([
  ...['created_by', 'updated_by', 'modified_by', 'modified_at', 'deleted_at', 'deleted_by', 'owner', 'owner_id', 'space', 'space_id'],
  ...['tenant_id', 'organization_id', 'owning_business_unit_id', 'is_deleted', 'version'],
])

const NOT_ADDED = { message: 'It is not added by itself: declare the field to use it.' }

/** The field the author may have meant by a name the object does not have. */
export function suggestField(name: string, fields: FieldIndex, span: Span): DiagnosticExtras {
  if (PLATFORM_FIELDS.has(name)) return { notes: [NOT_ADDED] }
  return suggestName({ name, candidates: fields.names, span, declaredAt: fields.spanOf })
}

/** The same in notes alone, for a span that holds something else than the name. */
export function notesOnField(name: string, fields: FieldIndex, span: Span): Diagnostic['notes'] {
  if (PLATFORM_FIELDS.has(name)) return [NOT_ADDED]
  return notesOnName({ name, candidates: fields.names, span, declaredAt: fields.spanOf })
}
