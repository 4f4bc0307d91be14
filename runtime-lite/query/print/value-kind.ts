import type { ColumnKind, FieldPlan } from '../../object/object-plan.ts'
import type { BoundExpression } from '../bound.ts'
import type { ValueKind } from '../functions.ts'
import { hasNumbers } from './names-of.ts'

/** What an expression is. */
export function valueKindOf(expression: BoundExpression): ValueKind {
  switch (expression.kind) {
    case 'column':
      return fieldValueKind(expression.field)
    case 'lookup':
      return valueKindOf(expression.of)
    default:
      return expression.value
  }
}

/** What the values of a field are. */
export function fieldValueKind(field: FieldPlan): ValueKind {
  switch (field.kind) {
    case 'integer':
    case 'real':
      return 'number'
    case 'boolean':
    case 'date':
    case 'datetime':
    case 'time':
      return field.kind
    case 'option':
      return hasNumbers(field) ? 'number' : 'text'
    case 'json':
      return field.shape ?? 'any'
    case 'list':
      return 'any'
    default:
      return 'text'
  }
}

/** The field whose value an expression is as it stands in the column, if it is one. */
export function fieldOf(expression: BoundExpression): FieldPlan | undefined {
  if (expression.kind === 'lookup') return fieldOf(expression.of)
  return expression.kind === 'column' ? expression.field : undefined
}

/** How a list of values that are compared with an expression is read. */
export function columnKindOf(expression: BoundExpression): ColumnKind {
  const field = fieldOf(expression)
  if (field) return field.kind === 'option' && hasNumbers(field) ? 'real' : field.kind
  const kind = valueKindOf(expression)
  if (kind === 'number') return 'real'
  return kind === 'boolean' || kind === 'date' || kind === 'datetime' || kind === 'time' ? kind : 'text'
}

/** False only where it is certain that there is always a value. */
export const mayBeNull = (expression: BoundExpression): boolean =>
  !((expression.kind === 'parameter' && !expression.isNullable) || (expression.kind === 'column' && expression.field.isNotNull === true))
