import { queryError } from '../../problem/problem.ts'
import { nearestName } from '../../validate/nearest-name.ts'
import type { Comparison, Condition, Expression, Operand, TextMatch } from '../ast.ts'
import { dottedPath } from './dotted-path.ts'

/** A parameter that is a condition on a field: `status`, `amount[gt]`, `owner.name[in][]`. */
export interface FieldParameter {
  readonly field: string
  readonly operator: string
  /** `[]` at the end: may be given several times. */
  readonly isRepeated: boolean
}

export function fieldParameter(name: string): FieldParameter {
  const [, field = name, operator, repeated] = /^(.+?)(?:\[([a-z]+)\])?(\[\])?$/i.exec(name) ?? []
  return { field, operator: operator?.toLowerCase() ?? (repeated ? 'in' : 'eq'), isRepeated: repeated !== undefined }
}

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  eq: 'eq',
  ne: 'ne',
  gt: 'gt',
  gte: 'ge',
  ge: 'ge',
  lt: 'lt',
  lte: 'le',
  le: 'le',
}
const MATCHES: ReadonlySet<string> = new Set<TextMatch>(['contains', 'startswith', 'endswith', 'icontains', 'like', 'ilike'])
const NEGATED: Readonly<Record<string, TextMatch>> = { notcontains: 'contains', notlike: 'like' }
const OTHERS = ['in', 'nin', 'between', 'null', 'exists']

/**
 * `field[op]=value`. `values`: one operand; two for `between`; several for `field[in][]`, or none. Words (null, true, false) come as constants.
 * @throws ObjectQLError 400 INVALID_FILTER naming the parameter.
 */
export function fieldCondition(name: string, { field, operator }: FieldParameter, values: readonly Operand[]): Condition {
  const path = dottedPath(field)
  if (!path) throw queryError('INVALID_FILTER', name, `"${field.slice(0, 64)}" is not a field: write "field" or "relation.field".`)
  const left: Expression = { kind: 'field', path, parameter: name }
  if (operator === 'in' || operator === 'nin') {
    // Nothing is in a list of nothing: `field[in]=[]`.
    const list: Condition = { kind: 'in', left, values }
    return operator === 'in' ? list : { kind: 'not', part: list }
  }
  const [first] = values
  if (!first) throw queryError('INVALID_FILTER', name, `"${name}" takes a value.`)
  const word = first.kind === 'constant' ? first.value : undefined
  const expressionOf = (value: Operand): Expression => ({ kind: 'value', value, parameter: name })
  const compare = (comparison: Comparison, value: Operand): Condition => ({
    kind: 'compare',
    operator: comparison,
    left,
    right: expressionOf(value),
  })
  const match = (textMatch: TextMatch): Condition => ({ kind: 'match', operator: textMatch, left, right: expressionOf(first) })
  if (operator === 'null' || operator === 'exists') {
    if (word === 'true' || word === 'false') return { kind: 'null', of: left, isNull: (word === 'true') === (operator === 'null') }
    throw queryError('INVALID_FILTER', name, `"${name}" is true or false.`)
  }
  if (operator === 'between') {
    const [low, high, ...rest] = values
    if (!low || !high || rest.length > 0) throw queryError('INVALID_FILTER', name, `"${name}" takes two values with a comma between.`)
    return { kind: 'and', parts: [compare('ge', low), compare('le', high)] }
  }
  if (values.length > 1) throw queryError('INVALID_FILTER', name, `"${name}" takes one value.`)
  const comparison = own(COMPARISONS, operator)
  if (comparison) {
    if (word === 'null' && (comparison === 'eq' || comparison === 'ne')) return { kind: 'null', of: left, isNull: comparison === 'eq' }
    return compare(comparison, first)
  }
  if (MATCHES.has(operator)) return match(operator as TextMatch)
  const negated = own(NEGATED, operator)
  if (negated) return { kind: 'not', part: match(negated) }
  const known = [...Object.keys(COMPARISONS), ...OTHERS, ...MATCHES, ...Object.keys(NEGATED)]
  const guess = nearestName(operator, known)
  const help = guess ? `Did you mean "${guess}"?` : `Use ${known.join(', ')}.`
  throw queryError('INVALID_FILTER', name, `The operator "${operator.slice(0, 64)}" is not known. ${help}`)
}

const own = <Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined
