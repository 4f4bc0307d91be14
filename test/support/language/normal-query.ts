import type { Condition, Expression, Operand, Query, SlotValue } from '../../../runtime-lite/query/ast.ts'

/**
 * A query as data that is equal for equal queries, however they were written: values stand in place of their slots, positions are gone,
 * and so are spellings, groups of one condition are that condition, groups in groups of the same kind are one.
 */
export function normalQuery(query: Query, values: readonly SlotValue[]): unknown {
  return plain(query, values)
}

/** The same for one condition. */
export const normalCondition = (condition: Condition, values: readonly SlotValue[]): unknown => plain(condition, values)

function plain(value: unknown, values: readonly SlotValue[]): unknown {
  if (Array.isArray(value)) return value.map((item) => plain(item, values))
  if (typeof value !== 'object' || value === null) return value
  if (isOperand(value)) return valueText(value, values)
  if (isGroup(value)) {
    const parts = value.parts.flatMap((part) => {
      const normal = plain(part, values)
      return isGroup(normal) && normal.kind === value.kind ? (normal.parts as unknown[]) : [normal]
    })
    return parts.length === 1 ? parts[0] : { kind: value.kind, parts }
  }
  const members = Object.entries(value).flatMap(([key, item]) =>
    key === 'at' || key === 'parameter' || key === 'isNested' || item === undefined ? [] : [[key, plain(item, values)] as const],
  )
  const result = Object.fromEntries(members)
  return result['kind'] === 'in' ? { ...result, values: (result['values'] as unknown[]).flat() } : result
}

const isGroup = (value: unknown): value is Condition & { readonly kind: 'and' | 'or' } =>
  typeof value === 'object' && value !== null && 'kind' in value && (value.kind === 'and' || value.kind === 'or')

const isOperand = (value: object): value is Operand =>
  'kind' in value && (value.kind === 'slot' || (value.kind === 'constant' && 'value' in value))

/** Values as text: the dialects say in different ways what is a number. */
function valueText(operand: Operand, values: readonly SlotValue[]): unknown {
  const value = operand.kind === 'slot' ? values[operand.index] : operand.value
  if (value === undefined) throw new Error(`There is no value in slot ${operand.kind === 'slot' ? operand.index : '?'}.`)
  if (typeof value === 'object') return value.map(String)
  return operand.type === 'quoted' ? String(value).replaceAll("''", "'") : String(value)
}

/** The value of a literal, for those who write queries. */
export function literalOf(expression: Expression & { readonly kind: 'value' }, values: readonly SlotValue[]): SlotValue {
  const { value } = expression
  return operandValue(value, values)
}

export function operandValue(operand: Operand, values: readonly SlotValue[]): SlotValue {
  const value = operand.kind === 'slot' ? values[operand.index] : operand.value
  if (value === undefined) throw new Error('A slot has no value.')
  return value
}
