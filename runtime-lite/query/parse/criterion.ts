import { isPlainObject } from '../../validate/plain-object.ts'
import type { Comparison, Condition, Expression } from '../ast.ts'
import { listOperands, operandOf, parseExpression, pointOperand, vectorOperand } from './json-expression.ts'
import type { Operator } from './operators.ts'
import { filterError, type ParseScope } from './parse-scope.ts'

/** What an operator of one value or of a list asks for. */
export type PlainOperator = Exclude<Operator, { readonly kind: 'not' | 'quantifier' }>

/** A field or a calculation, an operator, a value. `name` is the operator as it was written. */
export interface Criterion {
  readonly left: Expression
  readonly name: string
  readonly operator: PlainOperator
  readonly value: unknown
  readonly at: string
}

/** @throws ObjectQLError 400 INVALID_FILTER naming the place. */
export function parseCriterion(criterion: Criterion, scope: ParseScope): Condition {
  const { left, name, operator, value, at } = criterion
  const right = (item: unknown, itemAt: string): Expression => {
    if (Array.isArray(item)) throw filterError(itemAt, `"${name}" takes one value, not a list.`)
    return parseExpression(item, scope, itemAt)
  }
  const compare = (comparison: Comparison, item: unknown, itemAt: string): Condition => ({
    kind: 'compare',
    operator: comparison,
    left,
    right: right(item, itemAt),
  })
  switch (operator.kind) {
    case 'negated':
      return { kind: 'not', part: parseCriterion({ ...criterion, operator: operator.operator as PlainOperator }, scope) }
    case 'null':
      if (value !== undefined && typeof value !== 'boolean') throw filterError(at, `"${name}" is true or false.`)
      return { kind: 'null', of: left, isNull: value === false ? !operator.isNull : operator.isNull }
    case 'compare':
      if (value !== null) return compare(operator.operator, value, at)
      if (operator.operator === 'eq' || operator.operator === 'ne') return { kind: 'null', of: left, isNull: operator.operator === 'eq' }
      throw filterError(at, 'null can be compared with $eq and $ne only.')
    case 'match':
      return { kind: 'match', operator: operator.operator, left, right: right(value, at) }
    case 'in': {
      const named = typeof value === 'string' ? scope.sink.named(value, at) : undefined
      if (named) return { kind: 'in', left, values: [named] }
      if (!Array.isArray(value)) throw filterError(at, `"${name}" takes a list of values.`)
      return { kind: 'in', left, values: listOperands(value, scope, at) }
    }
    case 'between':
      if (!Array.isArray(value) || value.length !== 2) throw filterError(at, `"${name}" takes a list of two values.`)
      return { kind: 'and', parts: [compare('ge', value[0], `${at}[0]`), compare('le', value[1], `${at}[1]`)] }
    case 'all':
      if (!Array.isArray(value) || value.length === 0) throw filterError(at, `"${name}" takes a list of values.`)
      return {
        kind: 'and',
        parts: value.map((item, index) => ({ kind: 'match', operator: 'contains', left, right: right(item, `${at}[${index}]`) })),
      }
    case 'near':
      return parseNear(left, value, scope, at)
    case 'similar':
      return parseSimilar(left, value, scope, at)
    default:
      return operator satisfies never
  }
}

/** `{ latitude, longitude, distance }`: no farther than so many metres. */
function parseNear(left: Expression, value: unknown, scope: ParseScope, at: string): Condition {
  if (!isPlainObject(value)) throw filterError(at, '"$near" is { "latitude": …, "longitude": …, "distance": metres }.')
  refuseOthers(value, ['latitude', 'longitude', 'distance'], at)
  const point: Expression = { kind: 'value', value: pointOperand(value, scope, at), parameter: at }
  const distanceAt = `${at}.distance`
  if (typeof value['distance'] !== 'number' && typeof value['distance'] !== 'string')
    throw filterError(distanceAt, '"distance" is a number of metres.')
  return {
    kind: 'compare',
    operator: 'le',
    left: { kind: 'call', name: 'geo.distance', args: [left, point], parameter: at },
    right: { kind: 'value', value: operandOf(value['distance'], scope, distanceAt), parameter: distanceAt },
  }
}

/** `{ to: [0.1, …], minScore: 0.8 }`: at least so similar, by cosine. */
function parseSimilar(left: Expression, value: unknown, scope: ParseScope, at: string): Condition {
  if (!isPlainObject(value)) throw filterError(at, '"$similar" is { "to": [numbers], "minScore": -1 to 1 }.')
  refuseOthers(value, ['to', 'minScore'], at)
  const vector: Expression = { kind: 'value', value: vectorOperand(value['to'], scope, `${at}.to`), parameter: `${at}.to` }
  const scoreAt = `${at}.minScore`
  if (typeof value['minScore'] !== 'number' && typeof value['minScore'] !== 'string')
    throw filterError(scoreAt, '"minScore" is a number from -1 to 1.')
  return {
    kind: 'compare',
    operator: 'ge',
    left: { kind: 'call', name: 'vector.cosine', args: [left, vector], parameter: at },
    right: { kind: 'value', value: operandOf(value['minScore'], scope, scoreAt), parameter: scoreAt },
  }
}

function refuseOthers(value: Readonly<Record<string, unknown>>, known: readonly string[], at: string): void {
  for (const key of Object.keys(value))
    if (!known.includes(key)) throw filterError(`${at}.${key}`, `"${key}" is not known here. Use ${known.join(', ')}.`)
}
