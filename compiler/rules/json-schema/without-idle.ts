import type { JsonType, SchemaKeywords } from '../../ir/json-schema.ts'
import type { Json } from '../../source/json.ts'

type Keyword = keyof SchemaKeywords

const OF_NUMBERS: readonly Keyword[] = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']
const OF_TYPE: Readonly<Partial<Record<JsonType, readonly Keyword[]>>> = {
  number: OF_NUMBERS,
  string: ['minLength', 'maxLength', 'pattern', 'format'],
  array: ['first', 'items', 'minItems', 'maxItems', 'uniqueItems', 'contains', 'minContains', 'maxContains', 'unevaluatedItems'],
  object: [
    ...(['properties', 'patternProperties', 'additionalProperties', 'propertyNames', 'required'] as const),
    ...(['minProperties', 'maxProperties', 'dependentRequired', 'dependentSchemas', 'unevaluatedProperties'] as const),
  ],
}

/** Without keywords about types that the value cannot have, and without values of such types. */
export function withoutIdle(schema: SchemaKeywords): SchemaKeywords {
  const { types } = schema
  if (!types) return schema
  const idle = new Set(
    Object.entries(OF_TYPE).flatMap(([type, keywords]) =>
      types.includes(type as JsonType) || (type === 'number' && types.includes('integer')) ? [] : keywords,
    ),
  )
  const left = Object.fromEntries(Object.entries(schema).filter(([keyword]) => !idle.has(keyword as Keyword))) as SchemaKeywords
  return left.oneValueOf ? { ...left, oneValueOf: left.oneValueOf.filter((value) => types.some((type) => isOf(type, value))) } : left
}

function isOf(type: JsonType, value: Json): boolean {
  switch (type) {
    case 'null':
      return value === null
    case 'array':
      return Array.isArray(value)
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
    case 'integer':
      return Number.isInteger(value)
    default:
      return typeof value === type
  }
}
