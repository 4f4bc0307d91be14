import type { Condition } from '../ast.ts'
import type { BoundCondition, BoundRelation } from '../bound.ts'
import { below } from './below.ts'
import { type BindScope, COST_OF_MANY, COST_OF_ONE, planOf, scopeOf } from './bind-scope.ts'
import { filterError, placeOf } from './place.ts'
import { idColumn, ownField, readableField } from './resolve-field.ts'

type Related = Condition & { readonly kind: 'related' }
type Bind = (part: Condition, scope: BindScope, isNegated: boolean) => BoundCondition

/** `contacts/any(…)`, `owner/contacts/all(…)`. `all` is: there is none for which it does not hold. */
export function bindRelated(condition: Related, scope: BindScope, isNegated: boolean, bind: Bind): BoundCondition {
  const path = splitPath(condition.path, scope)
  if (condition.isNested && condition.part && isJson(path, scope)) return bind(below(path, condition.part), scope, isNegated)
  if (path.length > scope.shared.limits.maxExpandDepth + 1)
    throw filterError(placeOf(condition, '$filter'), `"${path.join('.').slice(0, 64)}" goes through too many relations.`)
  const [first = '', ...rest] = path
  // What comes behind a relation may be JSON of the related object.
  if (condition.isNested && rest.length > 0)
    return bindRelated({ ...condition, path: [first], part: { ...condition, path: rest } }, scope, isNegated, bind)
  const isAll = condition.quantifier === 'all'
  return someOf(condition, path, scope, isAll !== isNegated, (inner) => {
    if (!condition.part) return { kind: 'constant', holds: !isAll }
    return bind(condition.part, inner, isAll)
  })
}

/** True when the first field of a path holds JSON, so that the rest of it leads into a value. */
function isJson([name = '']: readonly string[], { plan }: BindScope): boolean {
  const field = ownField(plan, name)
  return field?.kind === 'json'
}

function someOf(
  condition: Related,
  [name = '', ...rest]: readonly string[],
  scope: BindScope,
  isNegated: boolean,
  innermost: (scope: BindScope) => BoundCondition,
): BoundCondition {
  const { relation, scope: inner } = relate(name, scope, condition)
  return scope.shared.cost.inside(relation.kind === 'lookup' ? COST_OF_ONE : COST_OF_MANY, () => {
    const where = rest.length > 0 ? someOf(condition, rest, inner, false, innermost) : innermost(inner)
    return { kind: 'exists', relation, where, isNegated }
  })
}

/** A relation of an object by name, with the scope of its table. A field wins over a to-many relation of the same name. */
export function relate(
  name: string,
  scope: BindScope,
  condition: Pick<Related, 'at' | 'parameter'>,
): { readonly relation: BoundRelation; readonly scope: BindScope } {
  const { plan, alias: outerAlias, shared } = scope
  const field = ownField(plan, name)
  const children = field === undefined && plan.children && Object.hasOwn(plan.children, name) ? plan.children[name] : undefined
  if (children) {
    const target = planOf(shared, children.object)
    const inner = scopeOf(scope, target)
    const to = target.fields[children.field]?.column ?? children.field
    return { relation: { kind: 'children', outerAlias, alias: inner.alias, target, from: idColumn(plan), to }, scope: inner }
  }
  const place = placeOf(condition, name)
  const { plan: known } = field ? readableField(plan, name, 'INVALID_FILTER', place) : { plan: undefined }
  if (known?.target === undefined) throw filterError(place, notRelated(plan, name))
  const target = planOf(shared, known.target)
  const inner = scopeOf(scope, target)
  const kind = known.kind === 'list' ? 'list' : 'lookup'
  return { relation: { kind, outerAlias, alias: inner.alias, target, from: known.column ?? name, to: idColumn(target) }, scope: inner }
}

export function relationNames({ fields, children = {} }: BindScope['plan']): readonly string[] {
  const lookups = Object.entries(fields).flatMap(([name, { target }]) => (target === undefined ? [] : [name]))
  return [...lookups, ...Object.keys(children).filter((name) => !Object.hasOwn(fields, name))]
}

function notRelated(plan: BindScope['plan'], name: string): string {
  const names = relationNames(plan)
  const choice = names.length === 0 ? `"${plan.name}" has no relations.` : `Relations: ${names.slice(0, 10).join(', ')}.`
  return `"${plan.name}" has no relation "${name.slice(0, 64)}". ${choice}`
}

/** Names may hold dots: an exact one wins. */
function splitPath(path: readonly string[], { plan }: BindScope): readonly string[] {
  const whole = path.join('.')
  const isName = ownField(plan, whole) !== undefined || (plan.children !== undefined && Object.hasOwn(plan.children, whole))
  return isName ? [whole] : path.flatMap((segment) => (ownField(plan, segment) ? [segment] : segment.split('.')))
}
