import { isPlainObject } from '../../validate/plain-object.ts'
import type { Expression, FunctionName, Operand } from '../ast.ts'
import { FUNCTIONS } from '../functions.ts'
import { dottedPath } from './dotted-path.ts'
import { filterError, maxFilterDepth, type ParseScope } from './parse-scope.ts'

/** Longer lists travel as one value, so that the statement does not grow with them. */
const MAX_LISTED = 16

/** A string, number, boolean or date. */
export function operandOf(value: unknown, scope: ParseScope, at: string): Operand {
  if (typeof value === 'boolean') return { kind: 'constant', value, type: 'boolean' }
  // Whole numbers that no double holds go as they are written.
  if (typeof value === 'bigint' && !isSafe(value)) return scope.sink.take(String(value), 'bare', at)
  const plain = plainOf(value)
  if (typeof plain !== 'string' && !(typeof plain === 'number' && Number.isFinite(plain)))
    throw filterError(at, 'A filter value is a string, a number, true or false.')
  return scope.sink.take(plain, typeof plain === 'string' ? 'string' : 'number', at)
}

/** In process, values may be dates and big integers. */
function plainOf(value: unknown): unknown {
  if (typeof value === 'bigint' && isSafe(value)) return Number(value)
  return value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : value
}

const isSafe = (value: bigint): boolean => value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER

/** A parameter of a named query stands for its value in a list of any length. */
const isNamed = (item: unknown, { sink }: ParseScope, at: string): boolean => typeof item === 'string' && sink.named(item, at) !== undefined

/** The values of `$in`. */
export function listOperands(items: readonly unknown[], scope: ParseScope, at: string): readonly Operand[] {
  if (items.length > MAX_LISTED && items.every((item) => typeof item === 'boolean')) return listOperands([...new Set(items)], scope, at)
  if (items.length <= MAX_LISTED || items.some((item) => isNamed(item, scope, at) || (typeof item === 'bigint' && !isSafe(item))))
    return Array.from(items, (item, index) => operandOf(item, scope, `${at}[${index}]`))
  const values = items.map(plainOf).map((item, index) => {
    if (typeof item === 'string' || (typeof item === 'number' && Number.isFinite(item))) return item
    throw filterError(`${at}[${index}]`, 'A list in a filter holds strings or numbers.')
  })
  return [scope.sink.take(values, 'list', at)]
}

/** The field of a path (`owner.name`). */
export function fieldExpression(name: string, at: string): Expression {
  const path = dottedPath(name)
  if (!path) throw filterError(at, `"${name.slice(0, 64)}" is not a field: write "field" or "relation.field".`)
  return { kind: 'field', path, parameter: at }
}

/**
 * A value, `{ $field: 'owner.name' }`, `{ $call: ['year', { $field: 'closed_on' }] }`, a list of numbers (a vector) or
 * `{ latitude, longitude }`.
 * @throws ObjectQLError 400 INVALID_FILTER naming the place.
 */
export function parseExpression(value: unknown, scope: ParseScope, at: string, depth = 0): Expression {
  if (depth > maxFilterDepth(scope)) throw filterError(at, `The filter is nested deeper than ${maxFilterDepth(scope)} levels.`)
  if (Array.isArray(value)) return { kind: 'value', value: vectorOperand(value, scope, at), parameter: at }
  if (!isPlainObject(value)) return { kind: 'value', value: operandOf(value, scope, at), parameter: at }
  const { $field: field, $call: call, ...rest } = value
  const others = Object.keys(rest)
  if (others.length === 0 && typeof field === 'string' && call === undefined) return fieldExpression(field, `${at}.$field`)
  if (others.length === 0 && field === undefined && Array.isArray(call)) return parseCall(call, scope, `${at}.$call`, depth)
  if (field === undefined && call === undefined && 'latitude' in value && 'longitude' in value)
    return { kind: 'value', value: pointOperand(value, scope, at), parameter: at }
  throw filterError(at, 'Expected a value, { "$field": "name" } or { "$call": ["function", …] }.')
}

function parseCall(call: readonly unknown[], scope: ParseScope, at: string, depth: number): Expression {
  const [name, ...args] = call
  if (typeof name !== 'string' || !Object.hasOwn(FUNCTIONS, name))
    throw filterError(
      `${at}[0]`,
      `The function ${JSON.stringify(name)?.slice(0, 64)} is not known. Use ${Object.keys(FUNCTIONS).join(', ')}.`,
    )
  const signature: { readonly args: readonly unknown[]; readonly required?: number } = FUNCTIONS[name as FunctionName]
  const required = signature.required ?? signature.args.length
  if (args.length < required || args.length > signature.args.length)
    throw filterError(at, `"${name}" takes ${countText(required, signature.args.length)}, not ${args.length}.`)
  return {
    kind: 'call',
    name: name as FunctionName,
    args: args.map((arg, index) => parseExpression(arg, scope, `${at}[${index + 1}]`, depth + 1)),
    parameter: at,
  }
}

const countText = (required: number, most: number): string =>
  required === most ? `${most === 1 ? '1 argument' : `${most} arguments`}` : `${required} to ${most} arguments`

/** `{ latitude, longitude }` as text `POINT(longitude latitude)`, in one value. */
export function pointOperand(value: Readonly<Record<string, unknown>>, scope: ParseScope, at: string): Operand {
  const { latitude, longitude } = value
  const isDegrees = (degrees: unknown, most: number): boolean => typeof degrees === 'number' && Math.abs(degrees) <= most
  if (!isDegrees(latitude, 90)) throw filterError(`${at}.latitude`, '"latitude" is a number from -90 to 90.')
  if (!isDegrees(longitude, 180)) throw filterError(`${at}.longitude`, '"longitude" is a number from -180 to 180.')
  return scope.sink.take(`POINT(${longitude} ${latitude})`, 'string', at)
}

/** A list of numbers as JSON text, in one value. */
export function vectorOperand(value: unknown, scope: ParseScope, at: string): Operand {
  if (typeof value === 'string') return scope.sink.take(value, 'string', at)
  if (!Array.isArray(value) || value.length === 0 || !value.every((item) => typeof item === 'number' && Number.isFinite(item)))
    throw filterError(at, 'A vector is a list of numbers.')
  return scope.sink.take(JSON.stringify(value), 'string', at)
}
