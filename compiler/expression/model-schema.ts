import { isFlagSet } from '../3-link/attributes.ts'
import { isListField } from '../3-link/field-kinds.ts'
import type { LinkedField, LinkedObject } from '../3-link/model.ts'
import type { FieldType } from '../ir/field-type.ts'
import type { ExpressionField, ExpressionSchema } from './schema.ts'
import type { ValueType } from './typed.ts'

/** What expressions may name, looked up in the linked model. `formulaType` says what a formula that states no type is. */
export interface ModelSchema extends Pick<ExpressionSchema, 'field' | 'fieldNames' | 'parentsOf' | 'userObject'> {}

export function modelSchema(
  objects: readonly LinkedObject[],
  formulaType: (object: LinkedObject, field: LinkedField) => ValueType,
): ModelSchema {
  const objectByName = new Map(objects.map((object) => [object.name, object]))
  const fieldsByObject = new Map<string, ReadonlyMap<string, LinkedField>>()
  const fieldsOf = (name: string): ReadonlyMap<string, LinkedField> => {
    let fields = fieldsByObject.get(name)
    if (!fields) {
      fields = new Map((objectByName.get(name)?.fields ?? []).map((field) => [field.name, field]))
      fieldsByObject.set(name, fields)
    }
    return fields
  }
  const userObject = ['user', 'users', 'sys_user'].find((name) => objectByName.has(name))
  return {
    ...(userObject === undefined ? {} : { userObject }),
    fieldNames: (object) => [...new Set([...fieldsOf(object).keys(), ...Object.keys(IMPLICIT)])],
    parentsOf: (object) =>
      [...fieldsOf(object).values()].flatMap(({ name, type, reference }) =>
        type === 'master_detail' && reference?.objects.length === 1 ? [name] : [],
      ),
    field(objectName, name) {
      const object = objectByName.get(objectName)
      const field = fieldsOf(objectName).get(name)
      if (!object || !field || Object.hasOwn(IMPLICIT, name)) return object && Object.hasOwn(IMPLICIT, name) ? IMPLICIT[name] : undefined
      const isOne = field.reference !== undefined && !isListField(field.type, field.attributes)
      const target = isOne && field.reference.objects.length === 1 ? field.reference.objects[0] : undefined
      const options = field.options?.map(({ value }) => value.value)
      const isClosed = options !== undefined && options.length > 1 && field.type !== 'tags'
      const type = field.type === 'formula' ? formulaType(object, field) : typeOf(field, fieldsOf)
      return {
        type,
        ...(target === undefined ? {} : { target }),
        ...(isOne && target === undefined ? { isOpen: true } : {}),
        ...(isSecret(field) ? { isSecret: true } : {}),
        ...(isClosed && type !== 'list' ? { options } : {}),
      }
    },
  }
}

const isSecret = ({ type, attributes }: LinkedField): boolean =>
  type === 'password' || type === 'secret' || isFlagSet(attributes, 'internal')

const IMPLICIT: Readonly<Record<string, ExpressionField>> = {
  id: { type: 'text' },
  created_at: { type: 'datetime' },
  updated_at: { type: 'datetime' },
}

function typeOf(field: LinkedField, fieldsOf: (object: string) => ReadonlyMap<string, LinkedField>): ValueType {
  const { type, attributes, options = [], summary } = field
  if (isListField(type, attributes)) return 'list'
  if (type === 'select' || type === 'radio')
    return options.length > 0 && options.every(({ value }) => typeof value.value === 'number') ? 'number' : 'text'
  if (type === 'summary' && summary && (summary.function === 'min' || summary.function === 'max') && summary.field !== undefined) {
    const summed = fieldsOf(summary.object).get(summary.field)
    return summed && summed.type !== 'summary' && summed.type !== 'formula' ? typeOf(summed, fieldsOf) : 'number'
  }
  return TYPES[type] ?? 'text'
}

/** Types that are no text. */
const TYPES: Readonly<Partial<Record<FieldType, ValueType>>> = {
  number: 'number',
  currency: 'number',
  percent: 'number',
  rating: 'number',
  slider: 'number',
  progress: 'number',
  summary: 'number',
  boolean: 'boolean',
  date: 'date',
  datetime: 'datetime',
  time: 'time',
  image: 'structure',
  file: 'structure',
  avatar: 'structure',
  video: 'structure',
  audio: 'structure',
  location: 'structure',
  address: 'structure',
  json: 'structure',
  array: 'structure',
  composite: 'structure',
  vector: 'structure',
}
