import type { Draft } from './draft.ts'

/** What demands something, in both drafts. */
const COMMON = [
  ...['type', 'enum', 'const', '$ref', '$id', 'definitions', '$defs', 'allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength', 'pattern', 'format'],
  ...['items', 'minItems', 'maxItems', 'uniqueItems', 'contains', 'minProperties', 'maxProperties'],
  ...['properties', 'patternProperties', 'additionalProperties', 'propertyNames', 'required'],
]
const OF_DRAFT_7 = ['additionalItems', 'dependencies']
const OF_2020 = [
  ...['prefixItems', 'minContains', 'maxContains', 'dependentRequired', 'dependentSchemas'],
  ...['unevaluatedItems', 'unevaluatedProperties', '$dynamicRef'],
]

export const KEYWORDS: Readonly<Record<Draft, ReadonlySet<string>>> = {
  'draft-07': new Set([...COMMON, ...OF_DRAFT_7]),
  '2020-12': new Set([...COMMON, ...OF_2020]),
  any: new Set([...COMMON, ...OF_DRAFT_7, ...OF_2020]),
}

/** What says something to people and tools. */
export const REMARKS: ReadonlySet<string> = new Set([
  ...['$schema', '$comment', '$anchor', '$vocabulary', '$dynamicAnchor', 'title', 'description', 'default', 'examples', 'example'],
  ...['deprecated', 'readOnly', 'writeOnly', 'contentEncoding', 'contentMediaType', 'contentSchema', 'nullable'],
])

/** What would demand something, and is not translated. */
export const UNSUPPORTED: ReadonlySet<string> = new Set(['$recursiveRef', '$recursiveAnchor'])
