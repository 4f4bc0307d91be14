import type { SqlValue } from '../../object/object-plan.ts'
import type { BoundCondition, BoundExpression, Parameter } from '../bound.ts'
import type { Arithmetic } from '../recipe.ts'
import { computed, knownGuard } from './parameters.ts'
import type { Pass } from './pass.ts'
import { ALWAYS, combined, mapConditions, mapList, NEVER } from './rewrite.ts'

/**
 * Conditions that always or never hold disappear, nested `and` and `or` become one, and arithmetic over values alone is done once when the
 * values are bound (`amount gt 12 mul 1000`), so that an index can serve the comparison.
 */
export const foldConstants: Pass = {
  name: 'fold-constants',
  description: 'computes what depends on values alone, removes conditions that always or never hold, flattens and/or',
  run: (query) => mapConditions(query, foldCondition),
}

export function foldCondition(condition: BoundCondition): BoundCondition {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return foldParts(condition)
    case 'exists':
      return condition.where.kind === 'constant' && !condition.where.holds ? (condition.isNegated ? ALWAYS : NEVER) : condition
    case 'in': {
      const left = foldExpression(condition.left)
      if (condition.values.length === 0 && condition.list === undefined) return condition.isNegated ? ALWAYS : NEVER
      return left === condition.left ? condition : { ...condition, left }
    }
    case 'compare': {
      const left = foldExpression(condition.left)
      const right = foldExpression(condition.right)
      if (left.kind === 'parameter' && right.kind === 'parameter' && left.parameter.kind === right.parameter.kind) {
        const known = knownGuard({ left: left.parameter, operator: condition.operator, right: right.parameter })
        if (known !== undefined) return known ? ALWAYS : NEVER
      }
      return left === condition.left && right === condition.right ? condition : { ...condition, left, right }
    }
    case 'match': {
      const left = foldExpression(condition.left)
      const right = foldExpression(condition.right)
      return left === condition.left && right === condition.right ? condition : { ...condition, left, right }
    }
    default:
      return condition
  }
}

function foldParts(condition: BoundCondition & { readonly kind: 'and' | 'or' }): BoundCondition {
  const { kind } = condition
  const parts: BoundCondition[] = []
  let isChanged = condition.parts.length < 2
  for (const part of condition.parts) {
    if (part.kind === 'constant') {
      if (part.holds === (kind === 'or')) return part
      isChanged = true
    } else if (part.kind === kind) {
      parts.push(...part.parts)
      isChanged = true
    } else parts.push(part)
  }
  return isChanged ? combined(kind, parts) : condition
}

/** Arithmetic in doubles is the same here and in every database. */
const ARITHMETIC: Readonly<Record<Arithmetic, (a: number, b: number) => number | null>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  divby: (a, b) => (b === 0 ? null : a / b),
  neg: (a) => -a,
}

export function foldExpression(expression: BoundExpression): BoundExpression {
  if (expression.kind !== 'call') return expression
  const args = mapList(expression.args, foldExpression)
  if (isArithmetic(expression.name) && args.every((arg) => arg.kind === 'parameter' && isNumeric(arg.parameter))) {
    const parameters = args.map((arg) => (arg as BoundExpression & { readonly kind: 'parameter' }).parameter)
    return { kind: 'parameter', parameter: calculated(expression.name, parameters), value: 'number' }
  }
  return args === expression.args ? expression : { ...expression, args }
}

const isArithmetic = (name: string): name is Arithmetic => Object.hasOwn(ARITHMETIC, name)

/** Arithmetic with values alone, done when they are bound. */
export const calculated = (name: Arithmetic, parameters: readonly Parameter[]): Parameter => ({
  ...computed(name, parameters, ([a, b]) => result(ARITHMETIC[name], a, b)),
  kind: 'real',
})

const isNumeric = ({ kind }: Parameter): boolean => kind === 'real' || kind === 'integer'

function result(compute: (a: number, b: number) => number | null, a: SqlValue | undefined, b: SqlValue | undefined): SqlValue {
  if (a === null || b === null) return null
  const value = compute(Number(a), Number(b ?? 0))
  // What leaves the range of doubles is no number in a database either.
  return value !== null && Number.isFinite(value) ? value : null
}
