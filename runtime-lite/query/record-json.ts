import type { FieldPlan, ObjectPlan } from '../object/object-plan.ts'
import { queryError } from '../problem/problem.ts'
import { fieldOf, quoteName, quoteText } from './names.ts'
import type { Expand } from './query.ts'

/** The plans of another object, when they are loaded. */
export type LoadedPlan = (objectName: string) => ObjectPlan | undefined

/** A key and its value for json_object: JSON that the database builds, so that no row is decoded on the way out. */
function pair(name: string, field: FieldPlan): string {
  const column = quoteName(field.column ?? name)
  const value =
    field.kind === 'json' || field.kind === 'list'
      ? `json(${column})`
      : field.kind === 'boolean'
        ? `json(case ${column} when 1 then 'true' when 0 then 'false' end)`
        : column
  return `${quoteText(name)}, ${value}`
}

/**
 * SQL text of a record's JSON with some fields only and relations expanded. Column names are unqualified: inside a nested
 * select they mean its own table; the outer row is reached through its alias.
 */
export function recordJson(
  plan: ObjectPlan,
  select: readonly string[] | undefined,
  expand: readonly Expand[],
  loadedPlan: LoadedPlan,
  depth = 0,
): string {
  if (!select && expand.length === 0) return plan.json
  const expanded = new Map(expand.map((item) => [item.field, item]))
  const names = select ? [...new Set([...select, ...expanded.keys()])] : readable(plan)
  for (const field of expanded.keys()) if (!names.includes(field)) names.push(field)
  return jsonObject(
    names.map((name) => {
      const item = expanded.get(name)
      const field = fieldOf(plan, name, 'INVALID_FIELD', item ? '$expand' : '$select')
      return item ? `${quoteText(name)}, ${expandedJson(plan, item, field, loadedPlan, depth)}` : pair(name, field)
    }),
  )
}

const readable = (plan: ObjectPlan): string[] => Object.keys(plan.fields).filter((name) => !plan.fields[name]?.isWriteOnly)

/** SQLite's functions take at most 1,000 arguments: longer records are joined from pieces. */
const MAX_PAIRS = 500

function jsonObject(pairs: readonly string[]): string {
  if (pairs.length <= MAX_PAIRS) return `json_object(${pairs.join(', ')})`
  const head = `json_object(${pairs.slice(0, MAX_PAIRS).join(', ')})`
  return `json(substr(${head}, 1, length(${head}) - 1)||','||substr(${jsonObject(pairs.slice(MAX_PAIRS))}, 2))`
}

function expandedJson(plan: ObjectPlan, item: Expand, field: FieldPlan, loadedPlan: LoadedPlan, depth: number): string {
  if (field.target === undefined) {
    const relations = Object.entries(plan.fields).flatMap(([name, { target }]) => (target === undefined ? [] : [name]))
    const choice = relations.length === 0 ? `"${plan.name}" has no relations.` : `Expandable: ${relations.slice(0, 10).join(', ')}.`
    throw queryError('INVALID_FIELD', '$expand', `"${item.field}" is not a relation that can be expanded. ${choice}`)
  }
  const target = loadedPlan(field.target)
  if (!target) throw new Error(`The plans of "${field.target}" are not loaded.`)
  const inner = recordJson(target, item.select, item.expand, loadedPlan, depth + 1)
  const outer = `t${depth}.${quoteName(field.column ?? item.field)}`
  const alias = `t${depth + 1}`
  // json_object takes the JSON of a subquery as it is, also through coalesce. A reference to a record that is gone keeps the id.
  const record = (id: string): string => `coalesce((select ${inner} from ${target.table} as ${alias} where ${alias}."id" = ${id}), ${id})`
  if (field.kind !== 'list') return record(outer)
  // json_group_array of no rows is [], so null has to be kept apart.
  return `case when ${outer} is not null then (select json_group_array(${record(`i${depth}.value`)} order by i${depth}.key) from json_each(${outer}) as i${depth}) end`
}
