import { diagnose } from '../../diagnostics/diagnose.ts'
import { spanOfAttribute, textAttribute } from '../attributes.ts'
import { TEXT_TYPES } from '../field-kinds.ts'
import type { LinkedField } from '../model.ts'
import type { Report } from '../report.ts'

/** A pattern must be a regular expression, or no value could ever be checked against it. */
export function checkPattern(field: LinkedField, report: Report): void {
  const pattern = TEXT_TYPES.has(field.type) ? textAttribute(field.attributes, 'pattern') : undefined
  if (pattern === undefined || isRegularExpression(pattern)) return
  report(diagnose('link/invalid-pattern', spanOfAttribute(field.attributes, 'pattern', field.span), { pattern, field: field.name }))
}

function isRegularExpression(pattern: string): boolean {
  try {
    return new RegExp(pattern) instanceof RegExp
  } catch {
    return false
  }
}
