import type { FieldIr, ValueIr } from '../../ir/object.ts'
import type { Json } from '../../source/json.ts'
import { isGivenOnce, isGuarded } from '../guarded-fields.ts'
import { compilePattern } from '../objects/value-check.ts'
import type { Components, JsonMap } from './components.ts'
import { describeField } from './description.ts'
import { hasExample } from './example-value.ts'
import { addressSchema, attachmentSchema, geoPointSchema, jsonObjectSchema, jsonValueSchema } from './value-schemas.ts'

/** What the schema of a field refers to. */
export interface FieldScope {
  readonly use: Components
  /** Component of the options of a field, if it has a list of them. */
  readonly optionOf: (fieldName: string) => string | undefined
  /** Component of the record of an object, if there is such an object. */
  readonly recordName: (objectName: string) => string | undefined
}

/** Largest id of a record, in characters. */
const MAX_ID_LENGTH = 255

export const ID_SCHEMA: JsonMap = { type: 'string', minLength: 1, maxLength: MAX_ID_LENGTH }

/** `HH:MM`, `HH:MM:SS` or with milliseconds. OpenAPI's `time` demands a zone, so the form is a pattern. */
const TIME_PATTERN = '^([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d{1,3})?)?$'

/** A field as clients read it: a lookup is an id or, expanded, a record. */
export function readSchema(field: FieldIr, scope: FieldScope): JsonMap {
  const target = field.reference?.object
  const record = target === undefined ? undefined : scope.recordName(target)
  const value =
    target !== undefined && record !== undefined ? { anyOf: [ID_SCHEMA, scope.use.record(target, record)] } : valueSchema(field, scope)
  const schema = nullable(listed(field, value), !field.isRequired && !field.isImplicit)
  return {
    ...schema,
    ...described(field, false),
    ...(field.isComputed || field.name === 'id' || (isGuarded(field) && !isGivenOnce(field)) ? { readOnly: true } : {}),
  }
}

/** A field as clients write it. */
export function writeSchema(field: FieldIr, scope: FieldScope, isCreate: boolean): JsonMap {
  const value = notEmpty(field, valueSchema(field, scope))
  return {
    ...nullable(listed(field, value), !field.isRequired),
    ...described(field, isCreate),
    ...(field.isWriteOnly ? { writeOnly: true } : {}),
  }
}

function described(field: FieldIr, isCreate: boolean): JsonMap {
  const description = describeField(field, isCreate)
  return description === '' ? {} : { description }
}

const listed = ({ isList, value: { kind } }: FieldIr, items: JsonMap): JsonMap =>
  isList ? { type: 'array', items, ...(kind === 'id' ? { uniqueItems: true } : {}) } : items

/** Required texts must not be empty. */
function notEmpty({ isRequired, isList, value }: FieldIr, schema: JsonMap): JsonMap {
  const isText = value.kind === 'string' || (value.kind === 'option' && schema['type'] === 'string')
  if (!isRequired || isList || !isText || schema['enum'] !== undefined) return schema
  return { ...schema, minLength: Math.max(1, Number(schema['minLength'] ?? 0)) }
}

function nullable(schema: JsonMap, isNullable: boolean): JsonMap {
  const { type, anyOf, $ref, ...rest } = schema
  if (!isNullable) return schema
  if (typeof type === 'string') return { type: [type, 'null'], ...rest }
  if (Array.isArray(anyOf)) return { anyOf: [...anyOf, { type: 'null' }], ...rest }
  // Free JSON includes null already.
  if (typeof $ref === 'string' && !$ref.endsWith('JsonValue')) return { anyOf: [{ $ref }, { type: 'null' }], ...rest }
  return schema
}

function valueSchema(field: FieldIr, scope: FieldScope): JsonMap {
  const { value } = field
  const { use } = scope
  switch (value.kind) {
    case 'string':
      return textSchema(field, value)
    case 'number':
      return {
        ...(value.isInteger ? { type: 'integer', format: 'int64' } : { type: 'number' }),
        ...(!hasExample(field) ? {} : numberLimits(value)),
      }
    case 'boolean':
      return { type: 'boolean' }
    case 'date':
      return { type: 'string', format: 'date' }
    case 'datetime':
      return { type: 'string', format: 'date-time' }
    case 'time':
      return { type: 'string', pattern: TIME_PATTERN }
    case 'option':
      return optionSchema(field, value, scope)
    case 'id':
      return ID_SCHEMA
    case 'attachment':
      return attachmentSchema(use, value.isImage)
    case 'location':
      return geoPointSchema(use)
    case 'address':
      return addressSchema(use)
    case 'json':
      return jsonValueSchema(use)
    case 'record':
      return jsonObjectSchema(use)
    case 'records':
      return { type: 'array', items: jsonObjectSchema(use) }
    case 'vector':
      return {
        type: 'array',
        items: { type: 'number' },
        ...(value.dimensions === undefined ? {} : { minItems: value.dimensions, maxItems: value.dimensions }),
      }
    default:
      return value satisfies never
  }
}

const numberLimits = ({ min, max }: Extract<ValueIr, { kind: 'number' }>): JsonMap => ({
  ...(min === undefined ? {} : { minimum: min }),
  ...(max === undefined ? {} : { maximum: max }),
})

function textSchema(field: FieldIr, { minLength, maxLength, pattern, format }: Extract<ValueIr, { kind: 'string' }>): JsonMap {
  const openApiFormat = format === 'url' ? 'uri' : format === 'email' ? 'email' : field.isWriteOnly ? 'password' : undefined
  if (!hasExample(field)) return { type: 'string' }
  // Readers of the document use the `u` flag: a pattern that needs the other reading stays out.
  const isShown = pattern !== undefined && compilePattern(pattern)?.flags === 'u'
  return {
    type: 'string',
    ...(openApiFormat === undefined ? {} : { format: openApiFormat }),
    ...(minLength === undefined || minLength === 0 ? {} : { minLength }),
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(isShown ? { pattern } : {}),
  }
}

/** Options are a component: reading, creating and changing refer to the same list. */
function optionSchema(field: FieldIr, value: Extract<ValueIr, { kind: 'option' }>, { use, optionOf }: FieldScope): JsonMap {
  const name = optionOf(field.name)
  if (name === undefined) return { type: value.base }
  return use.own('schemas', name, () => {
    const values: readonly Json[] = [
      ...new Set(value.options.map((option) => (value.base === 'number' ? Number(option.value) : String(option.value)))),
    ]
    const known: JsonMap = { type: value.base, enum: values }
    return JSON.stringify(value.isOpen ? { description: 'Other values are possible.', anyOf: [known, { type: value.base }] } : known)
  })
}
