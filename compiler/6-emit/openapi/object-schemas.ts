import type { FieldIr, ObjectIr } from '../../ir/object.ts'
import type { Json } from '../../source/json.ts'
import { isGivenOnce, isGuarded } from '../guarded-fields.ts'
import { readableFields } from '../objects/field-type-text.ts'
import { writableFields } from '../objects/validators.ts'
import type { JsonMap } from './components.ts'
import { sentence } from './description.ts'
import { exampleValue, hasExample, isBulky } from './example-value.ts'
import { type FieldScope, ID_SCHEMA, readSchema } from './field-schema.ts'
import { member, objectText } from './json-text.ts'
import { bodySchema, childProperties } from './nested-schemas.ts'

/** Bodies with a key named `__proto__` are refused before anything looks at them, and most tools for JSON Schema cannot name it. */
const isDocumented = (field: FieldIr): boolean => field.name !== '__proto__'

const readable = (object: ObjectIr): readonly FieldIr[] => readableFields(object).filter(isDocumented)
const writable = (object: ObjectIr): readonly FieldIr[] => writableFields(object).filter(isDocumented)

/** Where the schema of an object stands in the document: its members are this deep. */
const PAD = '        '

interface Property {
  readonly name: string
  readonly text: string
}

/** A line for each property: a change of one field is a change of a few lines. */
function schemaText(
  properties: readonly Property[],
  {
    description = '',
    required = [],
    isClosed,
  }: { readonly description?: string; readonly required?: readonly string[]; readonly isClosed: boolean },
): string {
  const members = properties.map(({ name, text }) => member(name, text, `${PAD}  `))
  return objectText(
    [
      member('type', '"object"', PAD),
      ...(description === '' ? [] : [member('description', JSON.stringify(description), PAD)]),
      member('properties', objectText(members, PAD), PAD),
      ...(required.length === 0 ? [] : [member('required', JSON.stringify(required), PAD)]),
      ...(isClosed ? [member('additionalProperties', 'false', PAD)] : []),
    ],
    PAD.slice(2),
  )
}

const property = (name: string, schema: JsonMap): Property => ({ name, text: JSON.stringify(schema) })

/** A record as it is read. All fields are there, unless the request selects some. */
export function recordSchema(object: ObjectIr, scope: FieldScope): string {
  const fields = readable(object)
  return schemaText(
    fields.map((field) => property(field.name, readSchema(field, scope))),
    { description: sentence(object.description ?? object.label), required: fields.map((field) => field.name), isClosed: false },
  )
}

const CHOSEN_ID = property('id', { ...ID_SCHEMA, description: 'Chosen by the server when it is absent.' })

/** Bodies of create and update, where the API has them. Many properties are the same in both, and printed once. */
export function inputSchemas(object: ObjectIr, scope: FieldScope): { readonly create: string; readonly update: string } {
  const fields = writable(object)
  const children = (isCreate: boolean): readonly Property[] =>
    childProperties(object, scope, isCreate).map(([name, schema]) => property(name, schema))
  const has = (method: 'create' | 'update'): boolean => object.methods.includes(method)
  const update = has('update') ? fields.map((field) => property(field.name, bodySchema(field, scope, false))) : []
  const createText = (): string => {
    const create = fields.map((field, index) => (isAlike(field) && update[index]) || property(field.name, bodySchema(field, scope, true)))
    const required = fields.filter((field) => field.isRequired && field.default === undefined).map((field) => field.name)
    return schemaText([CHOSEN_ID, ...create, ...children(true)], { required, isClosed: true })
  }
  const updateText = (): string =>
    schemaText([...update, ...children(false)], { description: 'What is absent stays, null clears.', isClosed: true })
  return { create: has('create') ? createText() : '', update: has('update') ? updateText() : '' }
}

/** Created and changed by the same values. */
const isAlike = ({ default: preset, reference, value }: FieldIr): boolean =>
  preset === undefined && reference === undefined && value.kind !== 'number'

/** One record as the examples show it. */
export const recordExample = (object: ObjectIr): JsonMap => example(readable(object))

/** A body that can be sent as it is: lookups that may be absent are, because no record has the id an example would name. */
export const createExample = (object: ObjectIr): JsonMap =>
  example(sendable(object).filter((field) => !isGuarded(field) || isGivenOnce(field) || isInherited(field)))

/** The first two fields that can be changed. Fields named like something every object inherits are there too, or checkers would find that. */
export const updateExample = (object: ObjectIr): JsonMap =>
  example(
    sendable(object)
      .filter((field) => !isGuarded(field) || isInherited(field))
      .filter((field, index) => index < 2 || isInherited(field)),
  )

/** Parameters that can be sent as they are: what has to be there, and what refers to no record. */
export const paramsExample = (params: readonly FieldIr[]): JsonMap =>
  example(params.filter((param) => param.isRequired || (param.reference === undefined && !isBulky(param))))

/** Checkers would find what every object inherits in a body without it. */
const isInherited = ({ name }: FieldIr): boolean => name in Object.prototype

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
