import { diagnose } from '../../diagnostics/diagnose.ts'
import { numberAttribute, spanOfAttribute } from '../attributes.ts'
import type { LinkedField } from '../model.ts'
import type { Report } from '../report.ts'

/** A default outside the field's own limits would make every create without that field fail. */
export function checkDefaultRange(field: LinkedField, report: Report): void {
  if (field.default?.kind !== 'literal') return
  const { value } = field.default
  const limit = typeof value === 'number' ? brokenLimit(field, value, 'min', 'max') : textLimit(field, value)
  if (limit === undefined) return
  const span = spanOfAttribute(field.attributes, 'defaultValue', field.span)
  report(diagnose('link/default-out-of-range', span, { value: JSON.stringify(value), field: field.name, limit }))
}

const textLimit = (field: LinkedField, value: unknown): string | undefined =>
  typeof value === 'string' ? brokenLimit(field, value.length, 'minLength', 'maxLength') : undefined

function brokenLimit({ attributes }: LinkedField, size: number, lower: string, upper: string): string | undefined {
  const least = numberAttribute(attributes, lower)
  const most = numberAttribute(attributes, upper)
  if (least !== undefined && size < least) return `${lower} ${least}`
  return most !== undefined && size > most ? `${upper} ${most}` : undefined
}
