import type { FieldSyntax } from '../2-parse/syntax.ts'
import type { FieldType } from '../ir/field-type.ts'

/** The type of a field, inferred after the merge when no declaration gave one (an extension may leave it out). */
export function inferType({ type, attributes, options }: FieldSyntax): FieldType {
  if (type !== undefined) return type.value
  if (attributes.has('reference')) return 'lookup'
  if (options !== undefined) return 'select'
  if (attributes.has('expression')) return 'formula'
  if (attributes.has('summaryOperations')) return 'summary'
  return 'text'
}
