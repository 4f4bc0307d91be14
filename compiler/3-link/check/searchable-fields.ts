import { diagnose } from '../../diagnostics/diagnose.ts'
import { spanOfAttribute } from '../attributes.ts'
import type { FieldIndex } from '../field-index.ts'
import type { LinkedObject } from '../model.ts'
import type { Report } from '../report.ts'
import { namedSearchFields } from '../searchable-fields.ts'

/** Fields listed for full-text search exist. */
export function checkSearchableFields(object: LinkedObject, fields: FieldIndex, report: Report): void {
  const span = spanOfAttribute(object.attributes, 'searchableFields', spanOfAttribute(object.attributes, 'search', object.span))
  for (const name of namedSearchFields(object)) {
    if (fields.resolve(name) !== undefined) continue
    report(diagnose('link/unknown-field', span, { what: 'the search', object: object.name, name }))
  }
}
