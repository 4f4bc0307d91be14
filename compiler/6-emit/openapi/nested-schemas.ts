import type { FieldIr, ObjectIr } from '../../ir/object.ts'
import type { Components, JsonMap, Reference } from './components.ts'
import { type FieldScope, writeSchema } from './field-schema.ts'

/** Ids, or values of a unique key. */
const WHICH: JsonMap = { anyOf: [{ type: 'string' }, { type: 'object' }], description: 'An id, or values of a unique key.' }
const NEW: JsonMap = { type: 'object', description: 'A new record, as for POST.' }

const oneOrMore = (one: JsonMap): JsonMap => ({ anyOf: [one, { type: 'array', items: one }] })

const nestedRecord = (use: Components, isCreate: boolean): Reference =>
  use.shared('schemas', use.sharedName(isCreate ? 'NestedRecord' : 'NestedRecordChange'), () => ({
    type: 'object',
    description: 'A record that is created or connected along, in the same transaction. One of these.',
    properties: { create: NEW, connect: WHICH, ...(isCreate ? {} : { disconnect: { const: true } }) },
    minProperties: 1,
    additionalProperties: false,
  }))

const nestedChildren = (use: Components, isCreate: boolean): Reference =>
  use.shared('schemas', use.sharedName(isCreate ? 'NestedChildren' : 'NestedChildrenChange'), () => ({
    type: 'object',
    description: 'Records that point here, written along in the same transaction.',
    properties: {
      create: oneOrMore(NEW),
      connect: oneOrMore(WHICH),
      ...(isCreate ? {} : { disconnect: oneOrMore(WHICH), delete: oneOrMore(WHICH), update: oneOrMore(CHILD_UPDATE) }),
    },
    additionalProperties: false,
  }))

const CHILD_UPDATE: JsonMap = {
  type: 'object',
  properties: { id: { type: 'string' }, changes: { type: 'object', description: 'As for PATCH.' } },
  required: ['id', 'changes'],
  additionalProperties: false,
}

const increment = (use: Components): Reference =>
  use.shared('schemas', use.sharedName('Increment'), () => ({
    type: 'object',
    description: 'An amount: works on the number as it is by then. One of these.',
    properties: { $inc: { type: 'number' }, $dec: { type: 'number' }, $mul: { type: 'number' } },
    minProperties: 1,
    maxProperties: 1,
    additionalProperties: false,
  }))

/** A field as clients write it in a body: lookups take records to write along, numbers of a change take amounts. */
export function bodySchema(field: FieldIr, scope: FieldScope, isCreate: boolean): JsonMap {
  const plain = writeSchema(field, scope, isCreate)
  const target = field.reference?.object
  if (field.isList) return plain
  if (target !== undefined && scope.recordName(target) !== undefined) return orElse(plain, nestedRecord(scope.use, isCreate))
  return field.value.kind === 'number' && !isCreate ? orElse(plain, increment(scope.use)) : plain
}

/** Descriptions stay where viewers look for them: beside the choice. */
function orElse({ description, writeOnly, ...value }: JsonMap, other: Reference): JsonMap {
  return {
    anyOf: [value, other],
    ...(description === undefined ? {} : { description }),
    ...(writeOnly === undefined ? {} : { writeOnly }),
  }
}

/** Relations to many, by the names that bodies use. */
export const childProperties = (
  { children }: ObjectIr,
  { use, recordName }: FieldScope,
  isCreate: boolean,
): readonly (readonly [name: string, schema: JsonMap])[] =>
  children
    .filter(({ name, object }) => name !== '__proto__' && recordName(object) !== undefined)
    .map(({ name }) => [name, nestedChildren(use, isCreate)] as const)
