import type { ColumnKind, FieldPlan } from '../../object/object-plan.ts'
import type { BoundExpression, ParameterKind } from '../bound.ts'
import type { ValueKind } from '../functions.ts'
import type { Place } from './place.ts'

/** An expression with what its values are, so that what it is compared with can be converted. */
export interface TypedExpression {
  readonly expression: BoundExpression
  /** The field it comes from, or what stands for one: `{ kind: 'real' }` for a result of arithmetic. */
  readonly field: FieldPlan
  /** As the client wrote it, for messages. */
  readonly name: string
  readonly place: Place
  /** A place inside JSON: of which kind it is, what it is compared with decides. */
  readonly isInsideJson: boolean
}

/** True when the field's options are numbers, which are stored as numbers. */
export const hasNumericOptions = ({ options = [] }: Pick<FieldPlan, 'options'>): boolean =>
  options.length > 0 && options.every((option) => typeof option === 'number')

/** What the values of a field are in functions and comparisons; undefined for structured ones. */
export function valueKindOf(field: FieldPlan): ValueKind | undefined {
  if (field.shape) return field.shape
  switch (field.kind) {
    case 'text':
    case 'id':
      return 'text'
    case 'option':
      return hasNumericOptions(field) ? 'number' : 'text'
    case 'integer':
    case 'real':
      return 'number'
    case 'boolean':
    case 'date':
    case 'datetime':
    case 'time':
      return field.kind
    default:
      return undefined
  }
}

/** The field that stands for results of a kind. */
export const fieldOfKind = (kind: ValueKind): FieldPlan => FIELD_OF_KIND[kind]

const TEXT: FieldPlan = { kind: 'text' }
const FIELD_OF_KIND: Readonly<Record<ValueKind, FieldPlan>> = {
  text: TEXT,
  any: TEXT,
  number: { kind: 'real' },
  boolean: { kind: 'boolean' },
  date: { kind: 'date' },
  time: { kind: 'time' },
  datetime: { kind: 'datetime' },
  moment: { kind: 'datetime' },
  location: { kind: 'json', shape: 'location' },
  vector: { kind: 'json', shape: 'vector' },
}

export function parameterKindOf(field: FieldPlan): ParameterKind {
  switch (field.kind) {
    case 'option':
      return hasNumericOptions(field) ? 'real' : 'text'
    case 'id':
      return 'text'
    default:
      return field.kind
  }
}

export const isStructured = ({ kind }: { readonly kind: ColumnKind }): boolean => kind === 'json' || kind === 'list'

/** The same place in JSON, read as text, number or boolean. */
export function insideJsonAs(typed: TypedExpression, value: 'text' | 'number' | 'boolean'): TypedExpression {
  return { ...typed, expression: retyped(typed.expression, value), field: fieldOfKind(value), isInsideJson: false }
}

function retyped(expression: BoundExpression, value: 'text' | 'number' | 'boolean'): BoundExpression {
  if (expression.kind === 'lookup') return { ...expression, of: retyped(expression.of, value) }
  return expression.kind === 'json-path' ? { ...expression, value } : expression
}
