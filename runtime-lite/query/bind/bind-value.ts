import type { FieldPlan, SqlValue } from '../../object/object-plan.ts'
import { queryError } from '../../problem/problem.ts'
import type { Comparison, Operand, SlotValue } from '../ast.ts'
import type { Parameter, ParameterKind } from '../bound.ts'
import type { ComparedRecipe, Recipe } from '../recipe.ts'
import type { BindShared } from './bind-scope.ts'
import { type ComparedField, type Converter, converterFor, jsonList, listItems } from './converter.ts'
import type { Place } from './place.ts'
import { parameterKindOf } from './typed-expression.ts'

/** What values are bound with. */
export type ValueScope = Pick<BindShared, 'values' | 'dialect'>

/** The parameter for a literal that is compared with a field. */
export function valueParameter(operand: Operand, compared: ComparedField, shared: ValueScope): Parameter {
  shared.values.count()
  const kind = operand.type === 'list' ? 'list' : parameterKindOf(compared.field)
  const recipe: Recipe = { op: 'value', operand, ...comparedRecipe(compared) }
  return parameterOf(operand, kind, converterFor(compared, operand.type), conversionKey(compared.field), recipe)
}

/**
 * A list of literals as one parameter with a JSON array. Numbers that a whole-number column cannot hold are left out, and so is what is not
 * of the type `only` where that is given.
 */
export function listParameter(
  operands: readonly Operand[],
  compared: ComparedField,
  shared: ValueScope,
  only?: 'string' | 'number',
): Parameter {
  const columns = operands.map((operand) => {
    shared.values.count()
    const isList = operand.type === 'list' || operand.type === 'parameter'
    const convert = isList ? listItems(compared) : single(converterFor(compared, operand.type))
    return { operand, convert }
  })
  const keep = hasExactIntegers(compared.field, shared) ? isInt64 : () => true
  const read = (values: readonly SlotValue[]): string =>
    jsonList(columns.flatMap(({ operand, convert }) => wantedOf(operandValue(operand, values), only).flatMap(convert)).filter(keep))
  const key = `list(${operands.map((operand) => operandKey(operand)).join()}) ${only ?? ''} ${conversionKey(compared.field)}`
  if (operands.every(({ kind }) => kind === 'constant')) return constant('list', read([]), key)
  return { kind: 'list', bind: read, key, recipe: { op: 'list', operands, ...(only ? { only } : {}), ...comparedRecipe(compared) } }
}

/** The value, when it is wanted; of a list the items that are. */
function wantedOf(value: SlotValue, only: 'string' | 'number' | undefined): readonly SlotValue[] {
  if (only === undefined) return [value]
  if (typeof value === 'object') return [value.filter((item) => typeof item === only)]
  return typeof value === only ? [value] : []
}

const single =
  (convert: Converter) =>
  (value: SlotValue): readonly SqlValue[] => [convert(value)]

/**
 * The parameter for a number that a whole-number column is compared with. SQLite compares integers with doubles exactly; elsewhere `gt 1.5`
 * becomes `gt 1`, and a fraction that `eq` or `ne` compares with becomes null, a value that no record has.
 */
export function integerParameter(operator: Comparison, operand: Operand, compared: ComparedField, shared: ValueScope): Parameter {
  if (!hasExactIntegers(compared.field, shared)) return valueParameter(operand, compared, shared)
  shared.values.count()
  const convert = converterFor(compared, operand.type)
  const round = operator === 'gt' || operator === 'le' ? Math.floor : operator === 'ge' || operator === 'lt' ? Math.ceil : undefined
  const whole: Converter = (value) => {
    const number = convert(value)
    if (typeof number !== 'number' || Number.isSafeInteger(number)) return number
    if (Number.isInteger(number)) return clamped(number, round !== undefined)
    return round ? clamped(round(number), true) : null
  }
  const recipe: Recipe = { op: 'integer', operand, operator, ...comparedRecipe(compared) }
  return parameterOf(operand, 'integer', whole, `integer ${round?.name ?? 'exact'}`, recipe)
}

/** Columns of 64 bits hold nothing beyond them. */
function clamped(number: number, isRange: boolean): SqlValue {
  if (number >= 2 ** 63) return isRange ? 2n ** 63n - 1n : null
  if (number < -(2 ** 63)) return isRange ? -(2n ** 63n) : null
  return BigInt(number)
}

const isInt64 = (value: SqlValue): boolean =>
  typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value) && value < 2 ** 63 && value >= -(2 ** 63))

/** Databases whose integer columns are compared with integers only. */
export const hasExactIntegers = ({ kind }: Pick<FieldPlan, 'kind'>, { dialect }: Pick<BindShared, 'dialect'>): boolean =>
  kind === 'integer' && dialect.name !== 'sqlite'

function comparedRecipe({ field: { kind, options, shape, dimensions }, name, place }: ComparedField): ComparedRecipe {
  const field = { kind, ...(options ? { options } : {}), ...(shape ? { shape } : {}), ...(dimensions ? { dimensions } : {}) }
  return { field, name, at: place.parameter }
}

/** A slot's value through a converter. */
export function parameterOf(operand: Operand, kind: ParameterKind, convert: Converter, conversion: string, recipe: Recipe): Parameter {
  const key = `${operandKey(operand)} ${conversion}`
  if (operand.kind === 'constant') return constant(kind, convert(operand.value), key)
  const { index } = operand
  return { kind, key, bind: (values) => convert(slotValue(values[index])), recipe }
}

/** What a value that was known while planning is bound to. */
export function constant(kind: ParameterKind, value: SqlValue, key = `${kind} ${typeof value} ${String(value)}`): Parameter {
  return { kind, key: `constant ${key}`, constant: value, bind: () => value }
}

/** The markers of a shape key are control characters: a target that holds them itself is no URL. */
export function slotValue(value: SlotValue | undefined): SlotValue {
  if (value === undefined) throw queryError('INVALID_QUERY', 'query', 'The query string is not a valid URL.')
  return value
}

export const operandValue = (operand: Operand, values: readonly SlotValue[]): SlotValue =>
  operand.kind === 'slot' ? slotValue(values[operand.index]) : operand.value

const operandKey = (operand: Operand): string =>
  operand.kind === 'slot' ? `${operand.index} ${operand.type}` : `${operand.type} ${JSON.stringify(operand.value)}`

/** Equal for fields that convert literals in the same way. */
const conversionKey = ({ kind, shape, dimensions, options }: FieldPlan): string =>
  options ? `${kind} ${JSON.stringify(options)}` : shape ? `${kind} ${shape}${dimensions ?? ''}` : kind

/** A whole number such as a page size. */
export function wholeNumberParameter(operand: Operand, place: Place, max: number): Parameter {
  const convert = (value: SlotValue): number => {
    const number = typeof value === 'number' ? value : typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : -1
    if (Number.isInteger(number) && number >= 0 && number <= max) return number
    throw queryError('INVALID_QUERY', place.parameter, `"${place.parameter}" must be a whole number from 0 to ${max}.`, place.position)
  }
  return parameterOf(operand, 'integer', convert, `0 to ${max}`, { op: 'whole', operand, max, at: place.parameter })
}
