import type { BoundCondition, BoundMember, BoundQuery } from '../bound.ts'

export const ALWAYS: BoundCondition = Object.freeze({ kind: 'constant', holds: true })
export const NEVER: BoundCondition = Object.freeze({ kind: 'constant', holds: false })

type Change = (condition: BoundCondition) => BoundCondition

/** Every condition of a query, rewritten from the inside out: filters, those inside relations, of expands, aggregates and `having`. */
export function mapConditions(query: BoundQuery, change: Change): BoundQuery {
  const where = mapCondition(query.where, change)
  const record = query.record && mapList(query.record, (member) => mapMember(member, change))
  const group = query.group && mapGroup(query.group, change)
  if (where === query.where && record === query.record && group === query.group) return query
  return { ...query, where, ...(record ? { record } : {}), ...(group ? { group } : {}) }
}

/** A condition rewritten from the inside out. The same object where nothing changed. */
export function mapCondition(condition: BoundCondition, change: Change): BoundCondition {
  if (condition.kind === 'and' || condition.kind === 'or') {
    const parts = mapList(condition.parts, (part) => mapCondition(part, change))
    return change(parts === condition.parts ? condition : { ...condition, parts })
  }
  if (condition.kind === 'exists') {
    const where = mapCondition(condition.where, change)
    return change(where === condition.where ? condition : { ...condition, where })
  }
  return change(condition)
}

function mapMember(member: BoundMember, change: Change): BoundMember {
  if (member.kind === 'value') return member
  const record = member.record && mapList(member.record, (inner) => mapMember(inner, change))
  if (member.kind !== 'many') return record === member.record ? member : { ...member, record }
  const where = mapCondition(member.where, change)
  return record === member.record && where === member.where ? member : { ...member, record, where }
}

type Grouping = NonNullable<BoundQuery['group']>

function mapGroup(group: Grouping, change: Change): Grouping {
  const having = group.having && mapCondition(group.having, change)
  const aggregates = mapList(group.aggregates, (aggregate) => {
    if (!aggregate.filter) return aggregate
    const filter = mapCondition(aggregate.filter, change)
    return filter === aggregate.filter ? aggregate : { ...aggregate, filter }
  })
  if (having === group.having && aggregates === group.aggregates) return group
  return { ...group, aggregates, ...(having ? { having } : {}) }
}

/** The list itself when no item changed. */
export function mapList<Item>(items: readonly Item[], change: (item: Item) => Item): readonly Item[] {
  let changed: Item[] | undefined
  for (const [index, item] of items.entries()) {
    const next = change(item)
    if (next !== item) changed ??= items.slice(0, index)
    changed?.push(next)
  }
  return changed ?? items
}

/** `and` or `or` over parts, without needless levels. */
export function combined(kind: 'and' | 'or', parts: readonly BoundCondition[]): BoundCondition {
  const [first] = parts
  if (first === undefined) return kind === 'and' ? ALWAYS : NEVER
  return parts.length === 1 ? first : { kind, parts }
}

/** The conditions that must all hold. */
export const conjuncts = (condition: BoundCondition): readonly BoundCondition[] =>
  condition.kind === 'and' ? condition.parts : condition.kind === 'constant' && condition.holds ? [] : [condition]
