import type { FieldIr, ObjectIr } from '../../ir/object.ts'
import type { Json } from '../../source/json.ts'
import { readableFields } from '../objects/field-type-text.ts'
import { writableFields } from '../objects/validators.ts'
import type { JsonMap } from './components.ts'
import { sentence } from './description.ts'
import type { DocumentContext } from './document-context.ts'
import { exampleValue, hasExample, isBulky } from './example-value.ts'
import { ID_SCHEMA, readSchema, writeSchema } from './field-schema.ts'

/** Bodies with a key named `__proto__` are refused before anything looks at them, and most tools for JSON Schema cannot name it. */
const isDocumented = (field: FieldIr): boolean => field.name !== '__proto__'

const readable = (object: ObjectIr): readonly FieldIr[] => readableFields(object).filter(isDocumented)
const writable = (object: ObjectIr): readonly FieldIr[] => writableFields(object).filter(isDocumented)

type Reference = { readonly $ref: string }

/** A record as it is read. All fields are there, unless the request selects some. */
export const recordSchema = (object: ObjectIr, context: DocumentContext): Reference =>
  context.components.use('schemas', context.namesOf(object).record, () => {
    const fields = readable(object)
    return {
      type: 'object',
      ...described(object),
      properties: properties(fields, (field) => readSchema(object, field, context)),
      required: fields.map((field) => field.name),
    }
  })

export const createSchema = (object: ObjectIr, context: DocumentContext): Reference =>
  context.components.use('schemas', context.namesOf(object).create, () => {
    const fields = writable(object)
    const required = fields.filter((field) => field.isRequired && field.default === undefined).map((field) => field.name)
    return {
      type: 'object',
      properties: {
        id: { ...ID_SCHEMA, description: 'Chosen by the server when it is absent.' },
        ...properties(fields, (field) => writeSchema(object, field, context, true)),
      },
      ...(required.length > 0 ? { required } : {}),
      additionalProperties: false,
    }
  })

export const updateSchema = (object: ObjectIr, context: DocumentContext): Reference =>
  context.components.use('schemas', context.namesOf(object).update, () => ({
    type: 'object',
    description: 'What is absent stays, null clears.',
    properties: properties(writable(object), (field) => writeSchema(object, field, context, false)),
    additionalProperties: false,
  }))

const properties = (fields: readonly FieldIr[], schemaOf: (field: FieldIr) => JsonMap): JsonMap =>
  Object.fromEntries(fields.map((field) => [field.name, schemaOf(field)]))

function described({ label, description }: ObjectIr): JsonMap {
  const text = sentence(description ?? label)
  return text === '' ? {} : { description: text }
}

/** One record as the examples show it. */
export const recordExample = (object: ObjectIr): JsonMap => example(readable(object))

/** A body that can be sent as it is: lookups that may be absent are, because no record has the id an example would name. */
export const createExample = (object: ObjectIr): JsonMap => example(sendable(object))

/** The first two fields that can be changed. Fields named like something every object inherits are there too, or checkers would find that. */
export const updateExample = (object: ObjectIr): JsonMap =>
  example(sendable(object).filter((field, index) => index < 2 || field.name in Object.prototype))

const sendable = (object: ObjectIr): readonly FieldIr[] =>
  writable(object).filter(
    (field) => !isBulky(field) && (field.isRequired || field.reference === undefined || field.name in Object.prototype),
  )

const example = (fields: readonly FieldIr[]): JsonMap =>
  Object.fromEntries(
    fields.map((field): [string, Json] => [
      field.name,
      isBulky(field) || !(hasExample(field) || field.isRequired || field.isImplicit) ? null : exampleValue(field),
    ]),
  )
