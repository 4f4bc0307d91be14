import type { AppIr, FieldIr, ObjectIr } from '../../ir/object.ts'
import { uniqueKeys } from '../objects/unique-keys.ts'
import { deletedColumn, quotedTable } from './plan-constants.ts'

/** What deleting has to look at: the generated side of TrashPlan in runtime-lite/object/trash/trash-plan.ts. */
interface TrashEntry {
  readonly column: string
  readonly by?: string
  readonly hasKeys?: true
  readonly retentionDays?: number
  readonly referring?: readonly { readonly object: string; readonly field: string; readonly onDelete: 'cascade' | 'restrict' }[]
}

export interface TrashPlans {
  readonly trash?: TrashEntry
  /** Lookups that lead to objects with a trash. */
  readonly trashTargets?: Readonly<Record<string, { readonly table: string; readonly column: string; readonly isOwner?: true }>>
}

const NONE: TrashPlans = Object.freeze({})

/** By object, for those that have something to do with a trash. */
export function trashPlans({ objects }: Pick<AppIr, 'objects'>): ReadonlyMap<string, TrashPlans> {
  if (!objects.some(({ trash }) => trash)) return new Map()
  const objectByName = new Map(objects.map((object) => [object.name, object]))
  const links = objects.flatMap((child) => child.fields.flatMap((field) => linkOf(child, field, objectByName)))
  return new Map(
    objects.map((object) => {
      const targets = links.filter((link) => link.child === object && link.target.trash)
      const plans: TrashPlans = {
        ...(object.trash ? { trash: trashOf(object, links) } : {}),
        ...(targets.length === 0
          ? {}
          : {
              trashTargets: Object.fromEntries(
                targets.map(({ field, target, onDelete }) => [
                  field,
                  {
                    table: quotedTable(target.table),
                    column: deletedColumn(target),
                    ...(onDelete === 'cascade' && object.trash ? { isOwner: true as const } : {}),
                  },
                ]),
              ),
            }),
      }
      return [object.name, plans]
    }),
  )
}

export const trashPlansOf = (name: string, plans: Pick<ReadonlyMap<string, TrashPlans>, 'get'>): TrashPlans => plans.get(name) ?? NONE

interface Link {
  readonly child: ObjectIr
  readonly field: string
  readonly target: ObjectIr
  readonly onDelete: 'cascade' | 'restrict' | 'set-null'
}

function linkOf(child: ObjectIr, field: FieldIr, objectByName: ReadonlyMap<string, ObjectIr>): readonly Link[] {
  const { reference } = field
  const target = reference?.object === undefined || field.isList ? undefined : objectByName.get(reference.object)
  if (!target || !reference || field.column === undefined || target.datasource !== child.datasource) return []
  const onDelete = reference.onDelete === 'set-null' && field.isRequired ? 'restrict' : reference.onDelete
  return [{ child, field: field.name, target, onDelete }]
}

function trashOf(object: ObjectIr, links: readonly Link[]): TrashEntry {
  const { by, retentionDays } = object.trash ?? {}
  const referring = links.flatMap(({ child, field, target, onDelete }) => {
    if (target !== object || onDelete === 'set-null' || (onDelete === 'cascade' && !child.trash)) return []
    return [{ object: child.name, field, onDelete }]
  })
  return {
    column: deletedColumn(object),
    ...(by === undefined ? {} : { by: object.fields.find(({ name }) => name === by)?.column ?? by }),
    ...(uniqueKeys(object).length > 0 ? { hasKeys: true as const } : {}),
    ...(retentionDays === undefined ? {} : { retentionDays }),
    ...(referring.length === 0 ? {} : { referring }),
  }
}
