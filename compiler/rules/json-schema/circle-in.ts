import type { JsonSchemaIr, SchemaIr } from '../../ir/json-schema.ts'

/** A definition that leads back to itself without a step into the value: nobody could ever answer it. Undefined: there is none. */
export function circleIn({ root, definitions }: JsonSchemaIr): string | undefined {
  const done = new Set<string>()
  const visit = (schema: SchemaIr, way: readonly string[]): string | undefined => {
    if (typeof schema === 'boolean') return undefined
    const { ref, allOf = [], anyOf = [], oneOf = [], dependentSchemas = [] } = schema
    if (ref !== undefined) {
      if (way.includes(ref)) return ref
      const found = done.has(ref) ? undefined : visit(definitions[ref] ?? true, [...way, ref])
      if (found !== undefined) return found
      done.add(ref)
    }
    const parts = [...allOf, ...anyOf, ...oneOf, ...dependentSchemas.map(([, part]) => part)]
    for (const part of [schema.not, schema.if, schema.then, schema.else]) if (part !== undefined) parts.push(part)
    for (const part of parts) {
      const found = visit(part, way)
      if (found !== undefined) return found
    }
    return undefined
  }
  const starts: readonly (readonly [string, SchemaIr])[] = [['#', root], ...Object.entries(definitions)]
  for (const [name, schema] of starts) {
    const found = visit(schema, [name])
    if (found !== undefined) return found
  }
  return undefined
}
