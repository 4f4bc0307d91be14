import type { LinkedObject } from '../3-link/model.ts'
import { type AuthoredTrash, authoredTrash, TRASH_FIELD } from '../3-link/trash.ts'
import type { FieldIr, ObjectIr, TrashIr } from '../ir/object.ts'

/**
 * Objects whose deleted records stay, with the fields that say so. What is deleted along with a record that stays has to stay, too, or restoring
 * the record would bring back a part of it: objects below another by a cascade follow it, unless their author says no.
 */
export function withTrash(objects: readonly ObjectIr[], linked: readonly LinkedObject[]): readonly ObjectIr[] {
  const authored = new Map(linked.map(({ name, attributes }) => [name, authoredTrash(attributes)]))
  const trashByObject = new Map<string, AuthoredTrash>()
  for (const { name } of objects) {
    const said = authored.get(name)
    if (said) trashByObject.set(name, said)
  }
  if (trashByObject.size === 0) return objects
  const datasourceOf = new Map(objects.map(({ name, datasource }) => [name, datasource]))
  for (let size = -1; size !== trashByObject.size; ) {
    size = trashByObject.size
    for (const object of objects) {
      const above = object.fields.some(
        ({ reference, isList }) =>
          !isList &&
          reference?.onDelete === 'cascade' &&
          reference.object !== undefined &&
          trashByObject.has(reference.object) &&
          datasourceOf.get(reference.object) === object.datasource,
      )
      if (above && authored.get(object.name) === undefined && !trashByObject.has(object.name))
        trashByObject.set(object.name, { field: TRASH_FIELD })
    }
  }
  return objects.map((object) => {
    const trash = trashByObject.get(object.name)
    return trash ? keepingDeleted(object, trash) : object
  })
}

const DELETED_BY = 'deleted_by'

function keepingDeleted(object: ObjectIr, { field, retentionDays }: AuthoredTrash): ObjectIr {
  const named = (name: string): FieldIr | undefined => object.fields.find((candidate) => candidate.name === name)
  const at = kept(field, { type: 'datetime', value: DATETIME, label: 'Deleted At' }, named(field), object)
  const declaredBy = named(DELETED_BY)
  const by =
    declaredBy && !holdsOneId(declaredBy)
      ? undefined
      : declaredBy
        ? fixed(declaredBy)
        : kept(DELETED_BY, { type: 'text', value: ID, label: 'Deleted By' }, undefined, object)
  const made = [at, ...(by ? [by] : [])]
  const trash: TrashIr = Object.freeze({
    field,
    ...(by ? { by: by.name } : {}),
    ...(retentionDays === undefined ? {} : { retentionDays }),
  })
  return Object.freeze({
    ...object,
    fields: Object.freeze([
      ...object.fields.map((one) => made.find(({ name }) => name === one.name) ?? one),
      ...made.filter(({ name }) => named(name) === undefined),
    ]),
    trash,
  })
}

const DATETIME: FieldIr['value'] = Object.freeze({ kind: 'datetime' })
const ID: FieldIr['value'] = Object.freeze({ kind: 'id' })

const holdsOneId = ({ column, isList, isComputed, value }: FieldIr): boolean =>
  column !== undefined && !isList && !isComputed && (value.kind === 'id' || value.kind === 'string')

/** Only deleting and restoring write it. */
function fixed(field: FieldIr): FieldIr {
  const { default: _, ...rest } = field
  return Object.freeze({ ...rest, isRequired: false, isComputed: true, isReadonly: true })
}

const kept = (
  name: string,
  { type, value, label }: Pick<FieldIr, 'type' | 'value' | 'label'>,
  authored: FieldIr | undefined,
  object: ObjectIr,
): FieldIr =>
  Object.freeze({
    kind: 'field',
    name,
    type,
    label: authored?.label ?? label,
    ...(authored?.description === undefined ? {} : { description: authored.description }),
    value,
    isList: false,
    column: authored?.column ?? name,
    isRequired: false,
    isComputed: true,
    isReadonly: true,
    isWriteOnly: false,
    isUnique: false,
    isImplicit: false,
    annotations: authored?.annotations ?? {},
    span: authored?.span ?? object.span,
  })
