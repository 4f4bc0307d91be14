import type { SqlValue } from '../../runtime-lite/object/object-plan.ts'
import type { SlotValue } from '../../runtime-lite/query/ast.ts'
import type { BoundCondition, BoundExpression, BoundQuery } from '../../runtime-lite/query/bound.ts'

export type BoundRow = { readonly [column: string]: SqlValue }

/** Tables by object name, values of the request. */
export interface BoundWorld {
  readonly rows: ReadonlyMap<string, readonly BoundRow[]>
  readonly values: readonly SlotValue[]
}

/** Alias → the row it stands for. */
type Scope = ReadonlyMap<string, BoundRow>

/** The ids of the records a bound query finds, in order: numbers and ASCII text only, as slow and plain as can be. */
export function interpretBound(query: BoundQuery, world: BoundWorld): readonly SqlValue[] {
  for (const { left, operator, right } of query.guards) {
    const order = orderOf(left.bind(world.values, { now: 0 }), right.bind(world.values, { now: 0 }))
    if (order === undefined || !meets(operator, order)) return []
  }
  const scopeOf = (row: BoundRow): Scope => new Map([[query.alias, row]])
  const found = world.rows.get(query.plan.name)!.filter((row) => holds(query.where, scopeOf(row), world))
  const sorted = [...found].sort((a, b) => {
    for (const { by, isDescending, nullsFirst } of query.orderBy) {
      const left = evaluate(by, scopeOf(a), world)
      const right = evaluate(by, scopeOf(b), world)
      if (left === right) continue
      if (left === null || right === null) return (left === null) === nullsFirst ? -1 : 1
      const order = orderOf(left, right)!
      if (order !== 0) return isDescending ? -order : order
    }
    return 0
  })
  return sorted.map((row) => row['id']!)
}

function holds(condition: BoundCondition, scope: Scope, world: BoundWorld): boolean {
  switch (condition.kind) {
    case 'constant':
      return condition.holds
    case 'and':
      return condition.parts.every((part) => holds(part, scope, world))
    case 'or':
      return condition.parts.some((part) => holds(part, scope, world))
    case 'null':
      return (evaluate(condition.of, scope, world) === null) === condition.isNull
    case 'compare': {
      const left = evaluate(condition.left, scope, world)
      const order = orderOf(left, evaluate(condition.right, scope, world))
      if (order === undefined) return condition.operator === 'ne' || (condition.orNull && left === null)
      return meets(condition.operator, order)
    }
    case 'match': {
      const left = evaluate(condition.left, scope, world)
      const isMatch = left !== null && String(left).startsWith(String(evaluate(condition.right, scope, world)))
      return isMatch !== condition.isNegated
    }
    case 'in': {
      const left = evaluate(condition.left, scope, world)
      const isIn = condition.values.some((value) => orderOf(left, value.bind(world.values, { now: 0 })) === 0)
      return isIn !== condition.isNegated
    }
    case 'exists': {
      const { relation, where } = condition
      const outer = scope.get(relation.outerAlias)![relation.from]
      const isThere = world.rows
        .get(relation.target.name)!
        .some((row) => outer !== null && row[relation.to] === outer && holds(where, new Map([...scope, [relation.alias, row]]), world))
      return isThere !== condition.isNegated
    }
    default:
      throw new Error(`${condition.kind} is not interpreted here`)
  }
}

function evaluate(expression: BoundExpression, scope: Scope, world: BoundWorld): SqlValue {
  switch (expression.kind) {
    case 'column':
      return scope.get(expression.alias)![expression.column] ?? null
    case 'parameter':
      return expression.parameter.bind(world.values, { now: 0 })
    case 'call': {
      const args = expression.args.map((arg) => evaluate(arg, scope, world))
      if (args.some((arg) => arg === null)) return null
      const [a = 0, b = 0] = args.map(Number)
      const results: Readonly<Record<string, number | null>> = {
        add: a + b,
        sub: a - b,
        mul: a * b,
        neg: -a,
        divby: b === 0 ? null : a / b,
      }
      return results[expression.name]!
    }
    default:
      throw new Error(`${expression.kind} is not interpreted here`)
  }
}

function orderOf(left: SqlValue, right: SqlValue): number | undefined {
  if (left === null || right === null) return undefined
  return left < right ? -1 : left > right ? 1 : 0
}

function meets(operator: string, order: number): boolean {
  return { eq: order === 0, ne: order !== 0, gt: order > 0, ge: order >= 0, lt: order < 0, le: order <= 0 }[operator]!
}
