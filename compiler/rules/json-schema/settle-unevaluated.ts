import type { SchemaKeywords } from '../../ir/json-schema.ts'

/** Keywords by which other schemas look at the same value. */
const ALONGSIDE = ['ref', 'allOf', 'anyOf', 'oneOf', 'if', 'dependentSchemas'] as const

/** `unevaluated…` as the keyword that says the same without looking at other schemas, where there is one. */
export function settleUnevaluated(schema: SchemaKeywords): SchemaKeywords {
  const { unevaluatedProperties, unevaluatedItems, ...others } = schema
  if (unevaluatedProperties === undefined && unevaluatedItems === undefined) return schema
  const isAlone = ALONGSIDE.every((keyword) => others[keyword] === undefined)
  const found: { -readonly [Key in keyof SchemaKeywords]: SchemaKeywords[Key] } = others
  // Beside `additionalProperties` and `items` nothing is left to look at.
  if (unevaluatedProperties !== undefined && others.additionalProperties === undefined) {
    if (isAlone || unevaluatedProperties === true) found.additionalProperties = unevaluatedProperties
    else found.unevaluatedProperties = unevaluatedProperties
  }
  if (unevaluatedItems !== undefined && others.items === undefined) {
    if ((isAlone && others.contains === undefined) || unevaluatedItems === true) found.items = unevaluatedItems
    else found.unevaluatedItems = unevaluatedItems
  }
  return found
}
