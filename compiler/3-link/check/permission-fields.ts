import { diagnose } from '../../diagnostics/diagnose.ts'
import { isJsonObject } from '../attributes.ts'
import type { FieldIndex } from '../field-index.ts'
import type { LinkedDocument } from '../model.ts'
import { pointerStep } from '../pointer.ts'
import type { Report } from '../report.ts'
import { notesOnField } from '../suggest-field.ts'

/** Blocks of a permission document whose keys are fields. */
const FIELD_BLOCKS = ['field_permissions', 'field_masking'] as const

/** A permission or mask on a misspelt field would protect nothing. */
export function checkPermissionFields({ body, name, spanOf }: LinkedDocument, fields: FieldIndex, report: Report): void {
  for (const block of FIELD_BLOCKS) {
    const permissions = isJsonObject(body) ? body[block] : undefined
    for (const field of isJsonObject(permissions) ? Object.keys(permissions) : []) {
      if (fields.resolve(field) !== undefined) continue
      const span = spanOf(pointerStep(block) + pointerStep(field))
      const notes = notesOnField(field, fields, span)
      report(diagnose('link/unknown-field', span, { what: `permission "${name}"`, object: fields.object, name: field }, { notes }))
    }
  }
}
