import { nearestName } from '../../validate/nearest-name.ts'
import type { Comparison, TextMatch } from '../ast.ts'

/** What an operator of the object dialect or of the array dialect asks for. */
export type Operator =
  | { readonly kind: 'compare'; readonly operator: Comparison }
  | { readonly kind: 'match'; readonly operator: TextMatch }
  | { readonly kind: 'null'; readonly isNull: boolean }
  | { readonly kind: 'in' | 'between' | 'all' | 'near' | 'similar' }
  | { readonly kind: 'not' }
  | { readonly kind: 'quantifier'; readonly quantifier: 'some' | 'every' | 'none' }
  | { readonly kind: 'negated'; readonly operator: Operator }

const compare = (operator: Comparison): Operator => ({ kind: 'compare', operator })
const match = (operator: TextMatch): Operator => ({ kind: 'match', operator })
const negated = (operator: Operator): Operator => ({ kind: 'negated', operator })
const IN: Operator = { kind: 'in' }
const BETWEEN: Operator = { kind: 'between' }

const OBJECT_OPERATORS: Readonly<Record<string, Operator>> = {
  $eq: compare('eq'),
  $ne: compare('ne'),
  $gt: compare('gt'),
  $gte: compare('ge'),
  $lt: compare('lt'),
  $lte: compare('le'),
  $in: IN,
  $nin: negated(IN),
  $between: BETWEEN,
  $notBetween: negated(BETWEEN),
  $contains: match('contains'),
  $notContains: negated(match('contains')),
  $startsWith: match('startswith'),
  $endsWith: match('endswith'),
  $icontains: match('icontains'),
  $like: match('like'),
  $notLike: negated(match('like')),
  $ilike: match('ilike'),
  $null: { kind: 'null', isNull: true },
  $exists: { kind: 'null', isNull: false },
  $exist: { kind: 'null', isNull: false },
  $all: { kind: 'all' },
  $near: { kind: 'near' },
  $similar: { kind: 'similar' },
  $not: { kind: 'not' },
  $some: { kind: 'quantifier', quantifier: 'some' },
  $every: { kind: 'quantifier', quantifier: 'every' },
  $none: { kind: 'quantifier', quantifier: 'none' },
}

const INFIX_OPERATORS: Readonly<Record<string, Operator>> = {
  '=': compare('eq'),
  '==': compare('eq'),
  eq: compare('eq'),
  equals: compare('eq'),
  '!=': compare('ne'),
  '<>': compare('ne'),
  ne: compare('ne'),
  neq: compare('ne'),
  not_equals: compare('ne'),
  '>': compare('gt'),
  gt: compare('gt'),
  greater_than: compare('gt'),
  after: compare('gt'),
  '>=': compare('ge'),
  gte: compare('ge'),
  ge: compare('ge'),
  greater_than_or_equal: compare('ge'),
  '<': compare('lt'),
  lt: compare('lt'),
  less_than: compare('lt'),
  before: compare('lt'),
  '<=': compare('le'),
  lte: compare('le'),
  le: compare('le'),
  less_than_or_equal: compare('le'),
  in: IN,
  nin: negated(IN),
  not_in: negated(IN),
  notin: negated(IN),
  between: BETWEEN,
  not_between: negated(BETWEEN),
  contains: match('contains'),
  notcontains: negated(match('contains')),
  not_contains: negated(match('contains')),
  startswith: match('startswith'),
  starts_with: match('startswith'),
  endswith: match('endswith'),
  ends_with: match('endswith'),
  icontains: match('icontains'),
  like: match('like'),
  not_like: negated(match('like')),
  ilike: match('ilike'),
  not_ilike: negated(match('ilike')),
  is_null: { kind: 'null', isNull: true },
  is_not_null: { kind: 'null', isNull: false },
}

/** `$gt`. */
export const objectOperator = (name: string): Operator | undefined =>
  Object.hasOwn(OBJECT_OPERATORS, name) ? OBJECT_OPERATORS[name] : undefined

/** `>`, `gt`, `Greater Than`, and the operators of the object dialect. */
export function infixOperator(name: string): Operator | undefined {
  if (name.startsWith('$')) return objectOperator(name)
  const folded = name.toLowerCase().replaceAll(' ', '_')
  return Object.hasOwn(INFIX_OPERATORS, folded) ? INFIX_OPERATORS[folded] : undefined
}

/** What an unknown operator of the object dialect is answered with. */
export function unknownOperator(name: string): string {
  const guess = nearestName(name, Object.keys(OBJECT_OPERATORS))
  const known = Object.keys(OBJECT_OPERATORS)
    .filter((one) => one !== '$exist')
    .join(' ')
  return `"${name.slice(0, 32)}" is no operator.${guess ? ` Did you mean "${guess}"?` : ''} Use ${known}.`
}

export function unknownInfix(name: string): string {
  const guess = nearestName(name, Object.keys(INFIX_OPERATORS))
  return `The operator "${name.slice(0, 64)}" is not known. ${guess ? `Did you mean "${guess}"?` : 'Use =, !=, >, >=, <, <=, in, contains, like, between or is_null.'}`
}
