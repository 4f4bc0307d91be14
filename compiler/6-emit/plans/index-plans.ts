import type { FieldIr, ObjectIr } from '../../ir/object.ts'

/** An index as queries see it: the generated side of IndexPlan in runtime-lite/object/object-plan.ts. */
export interface IndexEntry {
  readonly fields: readonly string[]
  readonly isUnique: boolean
}

/**
 * Indexes that every database of the generated schema has and that a filter or a sort can use: plain ones over all rows.
 * Columns alone decide: an index that begins another one is not listed beside it.
 */
export function indexPlans(object: ObjectIr, objectNames: Pick<ReadonlySet<string>, 'has'>): readonly IndexEntry[] {
  const stored = object.fields.filter((field) => field.column !== undefined && field.name !== 'id')
  const storedNames = new Set(stored.map(({ name }) => name))
  const authored = object.indexes.filter(
    ({ fields, type, where }) =>
      where === undefined && (type === undefined || type === 'btree') && fields.length > 0 && fields.every((name) => storedNames.has(name)),
  )
  const candidates: readonly IndexEntry[] = [
    ...stored.filter(({ isUnique }) => isUnique).map(({ name }) => ({ fields: [name], isUnique: true })),
    ...authored.filter(({ isUnique }) => isUnique).map(({ fields }) => ({ fields, isUnique: true })),
    ...authored.filter(({ isUnique }) => !isUnique).map(({ fields }) => ({ fields, isUnique: false })),
    ...stored.filter((field) => field.annotations['index'] === true && !isJson(field)).map(plain),
    ...stored.filter((field) => isForeignKey(field, objectNames)).map(plain),
  ]
  return candidates.filter(
    (index, position) =>
      !candidates.some(
        (other, place) =>
          place !== position &&
          startsWith(other.fields, index.fields) &&
          (other.fields.length > index.fields.length ? !index.isUnique : place < position),
      ),
  )
}

const plain = ({ name }: FieldIr): IndexEntry => ({ fields: [name], isUnique: false })

const isJson = (field: FieldIr): boolean =>
  field.isList || ['attachment', 'location', 'address', 'json', 'records', 'record', 'vector'].includes(field.value.kind)

const isForeignKey = ({ isList, reference }: FieldIr, objectNames: Pick<ReadonlySet<string>, 'has'>): boolean =>
  !isList && reference?.object !== undefined && objectNames.has(reference.object)

const startsWith = (fields: readonly string[], start: readonly string[]): boolean => start.every((name, index) => fields[index] === name)
