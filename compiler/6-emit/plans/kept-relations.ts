import type { SummaryIr } from '../../ir/kept.ts'
import type { AppIr, FieldIr, ObjectIr } from '../../ir/object.ts'

/** What the writes of one object have to do for roll-ups: the generated side of KeptPlan in runtime-lite/object/kept-plan.ts. */
export interface KeptRelations {
  /** Roll-ups of other objects that its records count for. */
  readonly rollups: readonly { readonly through: string; readonly object: string }[]
  /** Its own, by field. */
  readonly summaries: Readonly<Record<string, SummaryIr>>
  readonly dependents: readonly { readonly object: string; readonly field: string; readonly onDelete: 'cascade' | 'set-null' }[]
}

const NOTHING: KeptRelations = Object.freeze({ rollups: [], summaries: {}, dependents: [] })

/** By object, for the objects that have to do something. */
export function keptRelations({ objects }: Pick<AppIr, 'objects'>): ReadonlyMap<string, KeptRelations> {
  const objectByName = new Map(objects.map((object) => [object.name, object]))
  const summariesOf = (object: ObjectIr): readonly (readonly [string, SummaryIr])[] =>
    object.fields.flatMap((field) =>
      field.summary && isPossible(object, field, objectByName) ? [[field.name, field.summary] as const] : [],
    )
  const summariesByObject = new Map(objects.map((object) => [object.name, summariesOf(object)]))
  if (![...summariesByObject.values()].some((summaries) => summaries.length > 0)) return new Map()

  const countedBy = new Map<string, { readonly object: string; readonly summary: SummaryIr }[]>()
  for (const [object, summaries] of summariesByObject)
    for (const [, summary] of summaries) countedBy.set(summary.object, [...(countedBy.get(summary.object) ?? []), { object, summary }])
  const rollupsOf = (name: string): KeptRelations['rollups'] => {
    const rollups = (countedBy.get(name) ?? []).map(({ object, summary: { through } }) => ({ through, object }))
    return rollups.filter(
      ({ through, object }, index) => rollups.findIndex((other) => other.through === through && other.object === object) === index,
    )
  }

  const links = objects.flatMap((child) => child.fields.flatMap((field) => linkOf(child, field, objectByName)))
  const dependentsByObject = relevantLinks(links, countedBy)
  return new Map(
    objects.flatMap(({ name }) => {
      const relations: KeptRelations = {
        rollups: rollupsOf(name),
        summaries: Object.fromEntries(summariesByObject.get(name) ?? []),
        dependents: (dependentsByObject.get(name) ?? []).map(({ child, field, onDelete }) => ({ object: child, field, onDelete })),
      }
      const isEmpty = relations.rollups.length + relations.dependents.length + Object.keys(relations.summaries).length === 0
      return isEmpty ? [] : [[name, relations] as const]
    }),
  )
}

export const relationsOf = (name: string, relations: Pick<ReadonlyMap<string, KeptRelations>, 'get'>): KeptRelations =>
  relations.get(name) ?? NOTHING

/** Both are in one database, and what is summed up is stored or worked out there. */
function isPossible(owner: ObjectIr, field: FieldIr, objectByName: ReadonlyMap<string, ObjectIr>): boolean {
  const child = objectByName.get(field.summary?.object ?? '')
  const named = (name: string | undefined): FieldIr | undefined => child?.fields.find((candidate) => candidate.name === name)
  const summed = named(field.summary?.field)
  return (
    field.column !== undefined &&
    child?.datasource === owner.datasource &&
    named(field.summary?.through)?.column !== undefined &&
    (field.summary?.function === 'count' || summed?.column !== undefined || summed?.formula !== undefined)
  )
}

interface Link {
  readonly child: string
  readonly field: string
  readonly target: string
  readonly onDelete: 'cascade' | 'set-null'
}

/** A foreign key that changes or deletes records by itself. */
function linkOf(child: ObjectIr, field: FieldIr, objectByName: ReadonlyMap<string, ObjectIr>): readonly Link[] {
  const { reference } = field
  const target = reference?.object === undefined || field.isList ? undefined : objectByName.get(reference.object)
  if (!target || !reference || field.column === undefined || target.datasource !== child.datasource) return []
  const { onDelete } = reference
  if (onDelete === 'restrict' || (onDelete === 'set-null' && field.isRequired)) return []
  return [{ child: child.name, field: field.name, target: target.name, onDelete }]
}

/** Links through which deleting a record changes a roll-up of some record that stays. */
function relevantLinks(
  links: readonly Link[],
  countedBy: ReadonlyMap<string, readonly { readonly summary: SummaryIr }[]>,
): ReadonlyMap<string, readonly Link[]> {
  const mentions = (summary: SummaryIr, field: string): boolean =>
    summary.field === field || JSON.stringify(summary.filter ?? null).includes(JSON.stringify(field))
  const relevant = new Set(
    links.filter(({ child, field, onDelete }) =>
      (countedBy.get(child) ?? []).some(({ summary }) => (onDelete === 'cascade' ? summary.through !== field : mentions(summary, field))),
    ),
  )
  // What goes with a record takes others along.
  for (let size = -1; size !== relevant.size; ) {
    size = relevant.size
    const targets = new Set([...relevant].map(({ target }) => target))
    for (const link of links) if (link.onDelete === 'cascade' && targets.has(link.child)) relevant.add(link)
  }
  return Map.groupBy(relevant, ({ target }) => target)
}
