import type { JsonSchemaIr, SchemaIr, SchemaKeywords } from '../../../ir/json-schema.ts'

/** Schemas that say what they look at, because `unevaluatedProperties` or `unevaluatedItems` of another for the same value asks them. */
export function askedSchemas({ root, definitions }: JsonSchemaIr): ReadonlySet<SchemaIr> {
  const asked = new Set<SchemaIr>()
  const askOthers = (schema: SchemaKeywords): void => {
    const { ref, allOf = [], anyOf = [], oneOf = [], dependentSchemas = [] } = schema
    const chosen = [schema.if, schema.then, schema.else, ref === undefined ? undefined : definitions[ref]]
    for (const one of [...allOf, ...anyOf, ...oneOf, ...dependentSchemas.map(([, part]) => part), ...chosen]) {
      if (typeof one !== 'object' || asked.has(one)) continue
      asked.add(one)
      askOthers(one)
    }
  }
  const walk = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return
    if (isAsking(part)) askOthers(part)
    // Values of an enum are no schemas, whatever they look like.
    for (const [keyword, inner] of Object.entries(part)) if (keyword !== 'oneValueOf') walk(inner)
  }
  walk(root)
  walk(definitions)
  return asked
}

export const isAsking = ({ unevaluatedProperties, unevaluatedItems }: SchemaKeywords): boolean =>
  unevaluatedProperties !== undefined || unevaluatedItems !== undefined
