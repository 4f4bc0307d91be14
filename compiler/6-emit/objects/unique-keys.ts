import type { ObjectIr } from '../../ir/object.ts'

/** Field names of what no two records share, besides the id: in the order of the schema. */
export const uniqueKeys = (object: ObjectIr): readonly (readonly string[])[] => [
  ...object.fields.filter((field) => field.isUnique && field.name !== 'id' && field.column !== undefined).map((field) => [field.name]),
  ...object.indexes.filter((index) => index.isUnique && index.where === undefined).map((index) => index.fields),
]
