import type { FieldPlan, ObjectPlan } from '../../runtime-lite/object/object-plan.ts'
import type { BoundExpression, BoundMember, BoundQuery } from '../../runtime-lite/query/bound.ts'
import type { QueryMemberIr, QueryRowIr } from '../ir/query-plan.ts'

/** What a row of the answer looks like. */
export function rowShape({ plan, record, group, isDistinct }: BoundQuery): QueryRowIr {
  if (group === undefined) return recordShape(plan, record)
  const by = group.by.map(
    ({ alias, of, granularity }): QueryMemberIr =>
      granularity ? { key: alias, type: { kind: 'plain', type: 'string' }, isNullable: true } : { key: alias, ...typeOf(plan, of) },
  )
  const aggregates = group.aggregates.map(({ alias, function: name, of }): QueryMemberIr => {
    if (name === 'count' || name === 'count_distinct') return { key: alias, type: { kind: 'plain', type: 'number' }, isNullable: false }
    if (name === 'sum' || name === 'avg' || of === undefined)
      return { key: alias, type: { kind: 'plain', type: 'number' }, isNullable: true }
    return { key: alias, ...typeOf(plan, of), isNullable: true }
  })
  return { kind: 'members', isDistinct, members: [...by, ...aggregates] }
}

function recordShape(plan: ObjectPlan, members: readonly BoundMember[] | undefined): QueryRowIr {
  if (members === undefined || isWhole(plan, members)) return { kind: 'record', object: plan.name }
  return { kind: 'members', isDistinct: false, members: members.map((member) => memberShape(plan, member)) }
}

/** A record with formulas is put together from its members even where nothing was chosen. */
const isWhole = ({ fields }: ObjectPlan, members: readonly BoundMember[]): boolean => {
  const names = Object.keys(fields).filter((name) => !fields[name]?.isWriteOnly)
  return names.length === members.length && members.every(({ kind, key }, index) => kind === 'value' && key === names[index])
}

function memberShape(plan: ObjectPlan, member: BoundMember): QueryMemberIr {
  const { key } = member
  if (member.kind === 'value') return { key, ...typeOf(plan, member.of) }
  const row = recordShape(member.relation.target, member.record)
  switch (member.kind) {
    case 'one':
      return { key, type: { kind: 'one', row, object: plan.name, field: key }, isNullable: false }
    case 'listed':
      return { key, type: { kind: 'listed', row, object: plan.name, field: key }, isNullable: false }
    default:
      return { key, type: { kind: 'many', row }, isNullable: false }
  }
}

/** `isNullable`: null besides what the field itself may be. */
function typeOf(plan: ObjectPlan, of: BoundExpression): Pick<QueryMemberIr, 'type' | 'isNullable'> {
  switch (of.kind) {
    case 'column': {
      const name = fieldOf(plan, of.field)
      return name === undefined ? ANYTHING : { type: { kind: 'field', object: plan.name, field: name }, isNullable: false }
    }
    case 'lookup':
      return { ...typeOf(of.target, of.of), isNullable: true }
    case 'json-path':
      return ANYTHING
    default:
      // What is computed.
      return { type: { kind: 'plain', type: PLAIN[of.value] ?? 'string' }, isNullable: true }
  }
}

const fieldOf = ({ fields }: ObjectPlan, field: FieldPlan): string | undefined => Object.keys(fields).find((name) => fields[name] === field)

const PLAIN: Readonly<Record<string, 'number' | 'boolean' | 'json'>> = {
  number: 'number',
  boolean: 'boolean',
  any: 'json',
  location: 'json',
  vector: 'json',
}

const ANYTHING: Pick<QueryMemberIr, 'type' | 'isNullable'> = { type: { kind: 'plain', type: 'json' }, isNullable: false }
