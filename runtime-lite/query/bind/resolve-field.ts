import type { FieldPlan, ObjectPlan } from '../../object/object-plan.ts'
import { type ProblemCode, queryError } from '../../problem/problem.ts'
import { nearestName } from '../../validate/nearest-name.ts'
import type { Expression } from '../ast.ts'
import type { BoundCondition, BoundExpression, BoundRelation } from '../bound.ts'
import { type BindScope, COST_OF_ONE, createCostMeter, planOf, scopeOf } from './bind-scope.ts'
import { constant } from './bind-value.ts'
import type { Place } from './place.ts'
import type { TypedExpression } from './typed-expression.ts'

type Column = BoundExpression & { readonly kind: 'column' }

/** A lookup on the way to a field. */
export interface Hop {
  readonly through: Column
  readonly relation: BoundRelation
}

/** What a path names: a field of the object, or of a related one, or a place inside JSON. */
export interface ResolvedField {
  readonly hops: readonly Hop[]
  /** In the scope of the last hop. */
  readonly field: TypedExpression
  /** The lookup table's scope, or the outer one when there is no hop. */
  readonly scope: BindScope
}

/**
 * Resolves a path: an exact field name first (names may hold dots and slashes), then a path through lookups, then one into JSON.
 * @throws ObjectQLError 400 with a suggestion.
 */
export function resolveField(scope: BindScope, path: readonly string[], code: ProblemCode, place: Place): ResolvedField {
  const name = path.join('.')
  const exact = exactField(scope.plan, path)
  if (exact !== undefined) return { hops: NO_HOPS, scope, field: ownValue(scope, exact, name, code, place) }
  const hops: Hop[] = []
  let inner = scope
  let rest = segmentsOf(path)
  for (;;) {
    const head = longestField(inner.plan, rest)
    const written = rest.slice(0, head).join('.')
    const field = readableField(inner.plan, head === 0 ? unknownName(path, rest, hops) : fieldName(inner.plan, rest, head), code, place)
    const column = columnOf(inner, field.name, field.plan)
    rest = rest.slice(head)
    if (field.plan.formula && rest.length === 0) return { hops, scope: inner, field: formulaOf(field.plan, inner, name, code, place) }
    if (rest.length === 0) return { hops, scope: inner, field: typed(column, field.plan, name, place, false) }
    if (field.plan.kind === 'json' || field.plan.kind === 'list') {
      const isReference = field.plan.target !== undefined && !/^\d+$/.test(rest[0] as string)
      if (isReference)
        throw queryError(code, place.parameter, `"${written}" holds a list of records: use any or all with it.`, place.position)
      const keys = rest.map((segment) => (/^(0|[1-9]\d{0,8})$/.test(segment) ? Number(segment) : segment))
      const expression: BoundExpression = { kind: 'json-path', of: column, path: constant('path', JSON.stringify(keys)), value: 'any' }
      return { hops, scope: inner, field: typed(expression, { kind: 'json' }, name, place, true) }
    }
    if (field.plan.target === undefined)
      throw queryError(
        code,
        place.parameter,
        `"${written}" is no lookup: "${name.slice(0, 64)}" does not name anything below it.`,
        place.position,
      )
    if (hops.length >= scope.shared.limits.maxExpandDepth && !scope.isFormula)
      throw queryError(
        code,
        place.parameter,
        `"${name.slice(0, 64)}" goes through more than ${scope.shared.limits.maxExpandDepth} relations.`,
        place.position,
      )
    const target = planOf(scope.shared, field.plan.target)
    const next = scopeOf(inner, target)
    hops.push({
      through: column,
      relation: { kind: 'lookup', outerAlias: inner.alias, alias: next.alias, target, from: column.column, to: idColumn(target) },
    })
    inner = next
  }
}

const NO_HOPS: readonly Hop[] = []

/** Names may hold dots and slashes. */
function exactField(plan: ObjectPlan, path: readonly string[]): string | undefined {
  const [only] = path
  if (path.length === 1) return only !== undefined && ownField(plan, only) ? only : undefined
  return [path.join('.'), path.join('/')].find((one) => ownField(plan, one))
}

function ownValue(scope: BindScope, field: string, name: string, code: ProblemCode, place: Place): TypedExpression {
  const { plan } = readableField(scope.plan, field, code, place)
  return plan.formula ? formulaOf(plan, scope, name, code, place) : typed(columnOf(scope, field, plan), plan, name, place, false)
}

/** The formula in place of the field, over the columns of its own table. */
function formulaOf(field: FieldPlan, scope: BindScope, name: string, code: ProblemCode, place: Place): TypedExpression {
  const { plan, alias, shared } = scope
  // What a formula costs is up to its author, not to the client who names it.
  const inside: BindScope = { plan, alias, shared: { ...shared, cost: createCostMeter() }, isFormula: true }
  const { expression } = shared.bind.expression(field.formula as Expression, inside, code, name)
  // What is worked out has no column whose whole numbers could be compared exactly.
  const kind = field.kind === 'integer' ? 'real' : field.kind
  return typed(expression, { kind, ...(field.scale === undefined ? {} : { scale: field.scale }) }, name, place, false)
}

/** The field as one value: null where a record on the way is missing. */
export function scalarOf({ hops, field }: ResolvedField): TypedExpression {
  let { expression } = field
  for (const { through, relation } of hops.toReversed())
    expression = { kind: 'lookup', through, target: relation.target, alias: relation.alias, of: expression }
  return expression === field.expression ? field : { ...field, expression }
}

/** A condition on a field behind lookups as a semi-join: `condition` must not hold for null. */
export function semiJoin({ hops }: ResolvedField, condition: BoundCondition, isNegated: boolean): BoundCondition {
  let where = condition
  for (const [index, { relation }] of [...hops.entries()].toReversed())
    where = { kind: 'exists', relation, where, isNegated: index === 0 && isNegated }
  return where
}

/** Semi-joins count by their depth. */
export const costOfHops = ({ hops }: ResolvedField): number => COST_OF_ONE ** hops.length

export const idColumn = (plan: ObjectPlan): string => plan.fields['id']?.column ?? 'id'

export function columnOf(scope: BindScope, name: string, field: FieldPlan): Column {
  return { kind: 'column', alias: scope.alias, name, field, column: field.column ?? name }
}

/** @throws ObjectQLError 400 with a suggestion when there is no such field or when it can never be read. */
export function readableField(
  plan: ObjectPlan,
  name: string,
  code: ProblemCode,
  place: Place,
): { readonly name: string; readonly plan: FieldPlan } {
  const field = ownField(plan, name)
  if (!field) {
    if (plan.children && Object.hasOwn(plan.children, name))
      throw queryError(
        code,
        place.parameter,
        `"${name.slice(0, 64)}" leads to many records: use any or all with it in filters, and expand to read them.`,
        place.position,
      )
    const guess = nearestName(name, [...Object.keys(plan.fields), ...Object.keys(plan.children ?? {})])
    throw queryError(
      code,
      place.parameter,
      `"${plan.name}" has no field "${name.slice(0, 64)}".${guess ? ` Did you mean "${guess}"?` : ''}`,
      place.position,
    )
  }
  if (field.isWriteOnly)
    throw queryError(code, place.parameter, `"${name}" is write-only: it cannot be read, filtered or sorted by.`, place.position)
  return { name, plan: field }
}

export const ownField = (plan: ObjectPlan, name: string): FieldPlan | undefined =>
  Object.hasOwn(plan.fields, name) ? plan.fields[name] : undefined

const typed = (expression: BoundExpression, field: FieldPlan, name: string, place: Place, isInsideJson: boolean): TypedExpression => ({
  expression,
  field,
  name,
  place,
  isInsideJson,
})

/** `['owner.name']` and `['owner', 'name']` say the same. */
function segmentsOf(path: readonly string[]): readonly string[] {
  const segments: string[] = []
  for (const segment of path) {
    if (!segment.includes('.') && !segment.includes('/')) segments.push(segment)
    else segments.push(...segment.split(/(?<=[^./])[./](?=[^./])/))
  }
  return segments
}

/** How many segments the longest field name at the start has; 0 when there is none. */
function longestField(plan: ObjectPlan, segments: readonly string[]): number {
  for (let count = segments.length; count > 0; count--) if (fieldName(plan, segments, count) !== '') return count
  return 0
}

function fieldName(plan: ObjectPlan, segments: readonly string[], count: number): string {
  if (count === 1) return ownField(plan, segments[0] as string) ? (segments[0] as string) : ''
  for (const separator of ['.', '/']) {
    const name = segments.slice(0, count).join(separator)
    if (ownField(plan, name)) return name
  }
  return ''
}

/** The name to complain about. */
const unknownName = (path: readonly string[], rest: readonly string[], hops: readonly Hop[]): string =>
  hops.length === 0 && path.length === 1 && rest.length === 1 ? (path[0] as string) : (rest[0] ?? '')
