import { queryError } from '../../problem/problem.ts'
import type { Expand } from '../ast.ts'
import type { BoundMember } from '../bound.ts'
import { isPlainName, PLAIN_NAME } from '../names.ts'
import { bindCondition } from './bind-condition.ts'
import { relationNames } from './bind-related.ts'
import { type BindScope, COST_OF_MANY, COST_OF_ONE, planOf, scopeOf } from './bind-scope.ts'
import { bindSort } from './bind-sort.ts'
import { constant, wholeNumberParameter } from './bind-value.ts'
import { columnOf, idColumn, ownField, readableField, resolveField, scalarOf } from './resolve-field.ts'

/** The members of a record's JSON; undefined for a whole record without relations, for which plans have a constant. */
export function bindRecord(
  select: readonly string[] | undefined,
  expand: readonly Expand[],
  scope: BindScope,
): readonly BoundMember[] | undefined {
  if (!select && expand.length === 0 && !hasFormulas(scope.plan)) return undefined
  const { plan, shared } = scope
  const expanded = new Map(expand.flatMap((item) => exactExpands(item, plan)).map((item) => [item.field, item]))
  const names = select ? [...new Set([...select, ...expanded.keys()])] : readable(plan)
  for (const field of expanded.keys()) if (!names.includes(field)) names.push(field)
  shared.cost.spend(select?.length === undefined ? 0 : Math.ceil(select.length / 100))
  return names.map((name): BoundMember => {
    const item = expanded.get(name)
    return item ? bindExpand(item, scope) : bindMember(name, scope)
  })
}

/** Parsers take `a.b` for a path; where a relation has that very name, it is meant. */
function exactExpands(item: Expand, plan: BindScope['plan']): readonly Expand[] {
  const isKnown = (name: string): boolean =>
    ownField(plan, name) !== undefined || (plan.children !== undefined && Object.hasOwn(plan.children, name))
  if (isKnown(item.field) || item.select || item.expand.length === 0) return [item]
  return item.expand.map((inner) => {
    const name = ['.', '/'].map((separator) => item.field + separator + inner.field).find(isKnown)
    return name === undefined ? item : { ...inner, field: name }
  })
}

/** Their values are worked out where the record is read, with the time of the request. */
const hasFormulas = ({ fields }: BindScope['plan']): boolean => {
  for (const name in fields) if (fields[name]?.formula) return true
  return false
}

const readable = ({ fields }: BindScope['plan']): string[] => Object.keys(fields).filter((name) => !fields[name]?.isWriteOnly)

/** A field, or a path through relations or into JSON, under the key that was asked for. */
function bindMember(name: string, scope: BindScope): BoundMember {
  const own = ownField(scope.plan, name)
  // Most members are columns, and records have many.
  if (own && !own.formula && !own.isWriteOnly) return { kind: 'value', key: name, of: columnOf(scope, name, own) }
  const resolved = resolveField(scope, [name], 'INVALID_FIELD', { parameter: '$select' })
  scope.shared.cost.spend(resolved.hops.length)
  if (resolved.field.isInsideJson && !isPlainName(name))
    throw queryError('INVALID_FIELD', '$select', `"${name.slice(0, 64)}" cannot be selected: ${PLAIN_NAME}. Select the whole field.`)
  const of = scalarOf(resolved).expression
  // A field keeps its name; paths have dots, however they were written.
  return { kind: 'value', key: own ? name : of.kind === 'column' ? of.name : name.replaceAll('/', '.'), of }
}

function bindExpand(item: Expand, scope: BindScope): BoundMember {
  const { plan, alias: outerAlias, shared } = scope
  const key = item.field
  const own = ownField(plan, key)
  const children = !own && plan.children && Object.hasOwn(plan.children, key) ? plan.children[key] : undefined
  if (children) {
    const target = planOf(shared, children.object)
    const inner = scopeOf(scope, target)
    const to = target.fields[children.field]?.column ?? children.field
    const relation = { kind: 'children' as const, outerAlias, alias: inner.alias, target, from: idColumn(plan), to }
    return shared.cost.inside(COST_OF_MANY, () => ({
      kind: 'many',
      key,
      relation,
      record: bindRecord(item.select, item.expand, inner),
      where: item.where ? bindCondition(item.where, inner) : { kind: 'constant', holds: true },
      orderBy: bindSort(item.orderBy, inner, '$expand'),
      limit: item.limit ? limitOf(item.limit, shared.limits.maxPageSize) : constant('integer', shared.limits.defaultPageSize),
      ...(item.offset ? { offset: wholeNumberParameter(item.offset, { parameter: '$skip' }, MAX_OFFSET) } : {}),
    }))
  }
  const { plan: field } = readableField(plan, key, 'INVALID_FIELD', { parameter: '$expand' })
  if (field.target === undefined) {
    const relations = relationNames(plan)
    const choice = relations.length === 0 ? `"${plan.name}" has no relations.` : `Expandable: ${relations.slice(0, 10).join(', ')}.`
    throw queryError('INVALID_FIELD', '$expand', `"${key}" is not a relation that can be expanded. ${choice}`)
  }
  if (item.where || item.orderBy.length > 0 || item.limit || item.offset)
    throw queryError(
      'INVALID_QUERY',
      '$expand',
      `"${key}" names its records by their ids: filters, sorting and limits are for relations to many records that point back here.`,
    )
  const target = planOf(shared, field.target)
  const inner = scopeOf(scope, target)
  const isList = field.kind === 'list'
  const relation = {
    kind: isList ? ('list' as const) : ('lookup' as const),
    outerAlias,
    alias: inner.alias,
    target,
    from: columnOf(scope, key, field).column,
    to: idColumn(target),
  }
  return shared.cost.inside(COST_OF_ONE, () => ({
    kind: isList ? 'listed' : 'one',
    key,
    relation,
    record: bindRecord(item.select, item.expand, inner),
  }))
}

const limitOf = (operand: NonNullable<Expand['limit']>, max: number) => wholeNumberParameter(operand, { parameter: '$top' }, max)

export const MAX_OFFSET = 2_147_483_647
