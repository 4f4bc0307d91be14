import type { Json } from '../source/json.ts'

export type JsonType = 'string' | 'number' | 'integer' | 'boolean' | 'null' | 'array' | 'object'

/** A JSON Schema, checked, in one spelling for all drafts. */
export interface JsonSchemaIr {
  readonly root: SchemaIr
  /** What `$ref` leads to, by its pointer; `#` is the whole. */
  readonly definitions: Readonly<Record<string, SchemaIr>>
}

/** True: anything; false: nothing. */
export type SchemaIr = boolean | SchemaKeywords

type Named<Value> = readonly (readonly [name: string, value: Value])[]

/** What is absent demands nothing. Keywords about one type say nothing about values of others. */
export interface SchemaKeywords {
  readonly types?: readonly JsonType[]
  /** `enum`, and `const` as a list of one. */
  readonly oneValueOf?: readonly Json[]
  readonly ref?: string

  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly multipleOf?: number

  /** In code points. */
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly format?: JsonFormat

  readonly first?: readonly SchemaIr[]
  /** Of the items behind the first ones. */
  readonly items?: SchemaIr
  readonly minItems?: number
  readonly maxItems?: number
  readonly uniqueItems?: true
  readonly contains?: SchemaIr
  readonly minContains?: number
  readonly maxContains?: number
  /** Of items that no other keyword, and no other schema that holds, looks at. */
  readonly unevaluatedItems?: SchemaIr

  readonly properties?: Named<SchemaIr>
  readonly patternProperties?: Named<SchemaIr>
  readonly additionalProperties?: SchemaIr
  readonly propertyNames?: SchemaIr
  readonly required?: readonly string[]
  readonly minProperties?: number
  readonly maxProperties?: number
  readonly dependentRequired?: Named<readonly string[]>
  readonly dependentSchemas?: Named<SchemaIr>
  /** Of members that no other keyword, and no other schema that holds, looks at. */
  readonly unevaluatedProperties?: SchemaIr

  readonly allOf?: readonly SchemaIr[]
  readonly anyOf?: readonly SchemaIr[]
  readonly oneOf?: readonly SchemaIr[]
  readonly not?: SchemaIr
  readonly if?: SchemaIr
  readonly then?: SchemaIr
  readonly else?: SchemaIr
}

/** Formats that are checked; all others are remarks. */
export const JSON_FORMATS = [
  'date',
  'time',
  'date-time',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'uri',
  'uri-reference',
  'uuid',
  'json-pointer',
  'regex',
] as const

export type JsonFormat = (typeof JSON_FORMATS)[number]
