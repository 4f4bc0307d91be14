import type { FieldSyntax } from '../2-parse/syntax.ts'
import type { LinkContext } from './context.ts'
import { inferType } from './infer-type.ts'
import { linkDefault } from './link-default.ts'
import { linkOptions } from './link-options.ts'
import { linkReference } from './link-reference.ts'
import type { LinkedField } from './model.ts'

/** A field with its type settled, its options cleaned, its default mapped and its relation resolved. `owner` is the object it stands in. */
export function linkField(field: FieldSyntax, owner: string, context: LinkContext): LinkedField {
  const type = inferType(field)
  const options = linkOptions(field, type, context.report)
  const reference = linkReference(field, type, owner, context)
  const initial = linkDefault(field, type, options, context.report)
  return {
    name: field.name.value,
    type,
    ...(field.typeAlias === undefined ? {} : { typeAlias: field.typeAlias }),
    attributes: field.attributes,
    ...(options === undefined ? {} : { options }),
    ...(initial === undefined ? {} : { default: initial }),
    ...(reference === undefined ? {} : { reference }),
    span: field.name.span,
  }
}
