import type { Condition } from '../ast.ts'
import { ALL, allOf, anyOf } from './combine.ts'
import { parseCriterion } from './criterion.ts'
import { fieldExpression } from './json-expression.ts'
import { infixOperator, unknownInfix } from './operators.ts'
import { filterError, type ParseScope } from './parse-scope.ts'

export interface ArrayContext {
  readonly scope: ParseScope
  readonly depth: number
  readonly most: number
  /** Parses what stands inside a list: another list, or an object. */
  readonly parse: (value: unknown, scope: ParseScope, at: string, depth: number) => Condition
}

/**
 * `[field, op, value]`, `['and' | 'or', …]`, `['not', …]`, or criteria with joiners between them: evaluated left to right, a missing joiner
 * is `and`. A lone triplet is told from a list of criteria by its operator.
 */
export function parseArrayDialect(items: readonly unknown[], at: string, context: ArrayContext): Condition {
  const { scope, depth, parse } = context
  const [first, second, value] = items
  if (typeof first === 'string' && typeof second === 'string') {
    const operator = infixOperator(second)
    if (operator && items.length <= 3 && operator.kind !== 'not' && operator.kind !== 'quantifier') {
      if (items.length < 3 && operator.kind !== 'null') throw filterError(at, `"${second}" needs a value.`)
      return parseCriterion({ left: fieldExpression(first, `${at}[0]`), name: second, operator, value, at: `${at}[2]` }, scope)
    }
    if (joinerOf(first) === undefined && joinerOf(second) === undefined)
      throw operator ? filterError(`${at}[3]`, 'A criterion is [field, operator, value].') : filterError(`${at}[1]`, unknownInfix(second))
  }
  const each = (from: number): readonly Condition[] =>
    items.slice(from).map((item, index) => parse(item, scope, `${at}[${index + from}]`, depth + 1))
  const prefix = joinerOf(first)
  if (prefix) return prefix === 'and' ? allOf(each(1)) : anyOf(each(1))
  if (typeof first === 'string' && first.toLowerCase() === 'not' && items.length === 2) return { kind: 'not', part: allOf(each(1)) }
  return parseInfix(items, at, context)
}

function parseInfix(items: readonly unknown[], at: string, { scope, depth, most, parse }: ArrayContext): Condition {
  /** What is joined so far: groups of one joiner grow, another joiner puts them into a group of its own. */
  let parts: Condition[] = []
  let joined: 'and' | 'or' = 'and'
  let joiner: 'and' | 'or' | undefined
  let levels = 0
  for (const [index, item] of items.entries()) {
    const word = joinerOf(item)
    if (word) {
      if (joiner || parts.length === 0) throw filterError(`${at}[${index}]`, `A criterion is expected before "${word}".`)
      joiner = word
      continue
    }
    const part = parse(item, scope, `${at}[${index}]`, depth + 1)
    const wanted = joiner ?? 'and'
    if (parts.length > 1 && wanted !== joined) {
      if (depth + ++levels > most) throw filterError(`${at}[${index}]`, `The filter is nested deeper than ${most} levels.`)
      parts = [combined(joined, parts)]
    }
    joined = wanted
    parts.push(part)
    joiner = undefined
  }
  if (joiner) throw filterError(`${at}[${items.length - 1}]`, `A criterion is expected after "${joiner}".`)
  return parts.length === 0 ? ALL : combined(joined, parts)
}

const combined = (joiner: 'and' | 'or', parts: readonly Condition[]): Condition => (joiner === 'or' ? anyOf(parts) : allOf(parts))

function joinerOf(item: unknown): 'and' | 'or' | undefined {
  if (typeof item !== 'string') return undefined
  const word = item.toLowerCase()
  return word === 'and' || word === 'or' ? word : undefined
}
