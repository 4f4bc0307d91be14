import type { SqlValue } from '../../object/object-plan.ts'
import { queryError } from '../../problem/problem.ts'
import type { Comparison } from '../ast.ts'
import type { Guard, Parameter } from '../bound.ts'
import type { Arithmetic, RecipeOf } from '../recipe.ts'

/** A parameter computed from others when values are bound; a constant when all of them are. */
export function computed(
  name: 'max' | 'min' | Arithmetic,
  parts: readonly Parameter[],
  compute: (values: readonly SqlValue[]) => SqlValue,
): Parameter {
  const [first] = parts as readonly [Parameter, ...Parameter[]]
  const key = `${name}(${parts.map((part) => part.key).join()})`
  const constants = parts.map(({ constant }) => constant)
  if (constants.every((value) => value !== undefined)) {
    const constant = compute(constants)
    return { kind: first.kind, key, constant, bind: () => constant }
  }
  return {
    kind: first.kind,
    key,
    bind: (values, context) => compute(parts.map((part) => part.bind(values, context))),
    ...(parts.every(({ constant, recipe }) => recipe || constant !== undefined)
      ? { recipe: { op: name, parts: parts.map(recipeOf) } }
      : {}),
  }
}

/** @throws Error for a value that comes with the call: it has no recipe. */
export function recipeOf({ kind, constant, recipe }: Parameter): RecipeOf {
  if (typeof constant === 'bigint') return { kind, recipe: { op: 'big', value: String(constant) } }
  if (constant !== undefined && !(constant instanceof Uint8Array)) return { kind, recipe: { op: 'constant', value: constant } }
  if (recipe) return { kind, recipe }
  throw new Error('A value of a statement cannot be described.')
}

/** The larger (or smaller) of two parameters of one kind. */
export const extreme = (which: 'max' | 'min', left: Parameter, right: Parameter): Parameter =>
  computed(which, [left, right], ([a, b]) => {
    const order = compareValues(a as SqlValue, b as SqlValue)
    return (which === 'max' ? order >= 0 : order <= 0) ? (a as SqlValue) : (b as SqlValue)
  })

/** How the databases order two values of one kind: numbers by size, text by code point. */
export function compareValues(left: SqlValue, right: SqlValue): number {
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right)
  if (isNumber(left) && isNumber(right)) return left < right ? -1 : left > right ? 1 : 0
  throw queryError('INVALID_QUERY', 'query', 'Two values of different kinds are compared with one field.')
}

const isNumber = (value: SqlValue): value is number | bigint => typeof value === 'number' || typeof value === 'bigint'

/** JavaScript orders by UTF-16 unit, which puts U+E000…U+FFFF behind what stands beyond them. */
function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let at = 0; at < length; at++) {
    const a = left.charCodeAt(at)
    const b = right.charCodeAt(at)
    if (a !== b) return rank(a) - rank(b)
  }
  return left.length - right.length
}

/** Surrogates come after all other units. */
const rank = (unit: number): number => (unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit)

/** Parameters whose values can be compared here as the database would. */
export const isComparable = (left: Parameter, right: Parameter): boolean => left.kind === right.kind && COMPARABLE.has(left.kind)

const COMPARABLE: ReadonlySet<Parameter['kind']> = new Set(['text', 'integer', 'real', 'boolean', 'date', 'datetime', 'time'])

export function guardHolds(
  { left, operator, right }: Guard,
  values: Parameters<Parameter['bind']>[0],
  context: Parameters<Parameter['bind']>[1],
): boolean {
  const a = left.bind(values, context)
  const b = right.bind(values, context)
  // Null is a value that no record can have, such as 1.5 for a whole number.
  return a !== null && b !== null && holds(operator, compareValues(a, b))
}

/** Undefined: it depends on the request. */
export function knownGuard({ left, operator, right }: Guard): boolean | undefined {
  if (left.key === right.key && holds(operator, 0) === false) return false
  if (left.constant === undefined || right.constant === undefined) return undefined
  if (left.constant === null || right.constant === null) return false
  return holds(operator, compareValues(left.constant, right.constant))
}

function holds(operator: Comparison, order: number): boolean {
  switch (operator) {
    case 'eq':
      return order === 0
    case 'ne':
      return order !== 0
    case 'gt':
      return order > 0
    case 'ge':
      return order >= 0
    case 'lt':
      return order < 0
    case 'le':
      return order <= 0
    default:
      return operator satisfies never
  }
}
