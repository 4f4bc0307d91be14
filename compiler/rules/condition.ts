import type { Comparison } from '../../runtime-lite/query/ast.ts'
import { nearest } from '../diagnostics/suggest.ts'
import { asMoment, compare, dateOf, isBlank, isNull, not, truth } from '../expression/build.ts'
import { check } from '../expression/check.ts'
import { spanIn } from '../expression/place-of.ts'
import { ExpressionProblem } from '../expression/problem.ts'
import { recognise, type SourceText, sourceTextOf } from '../expression/recognise.ts'
import type { ExpressionSchema } from '../expression/schema.ts'
import type { BinaryOperator, Syntax } from '../expression/syntax.ts'
import type { Typed } from '../expression/typed.ts'
import type { Json } from '../source/json.ts'
import { type RuleNode, textsOf } from './rule-node.ts'
import { RuleProblem } from './rule-problem.ts'

/** No condition anybody wrote is deeper. */
const MAX_DEPTH = 50

const HERE = { start: 0, end: 0 } as const

export interface ConditionUse {
  /** It says what must be: then a value that is missing breaks no comparison. Default: it says when. */
  readonly isDemanded?: boolean
  readonly depth?: number
}

/**
 * A condition in any spelling: an expression, `{ field, operator, value }`, `{ field, operator, compare_to }`, `{ all_of }`, `{ any_of }`, `{ not }`,
 * `{ if, then, else }`, or a list of which all have to hold. Several of these in one map have to hold together.
 * @throws RuleProblem
 */
export function readCondition(node: RuleNode, schema: ExpressionSchema, { isDemanded = false, depth = 0 }: ConditionUse = {}): Typed {
  if (depth > MAX_DEPTH) throw new RuleProblem('syntax', node.span, `it is nested deeper than ${MAX_DEPTH} levels`)
  const inner = (one: RuleNode): Typed => readCondition(one, schema, { isDemanded, depth: depth + 1 })
  const asked = (one: RuleNode): Typed => readCondition(one, schema, { depth: depth + 1 })
  const source = sourceTextOf(node.value)
  if (source) return readExpression(source, node, schema)
  if (typeof node.value === 'boolean') return truth({ kind: 'constant', type: 'boolean', value: node.value, ...HERE })
  if (Array.isArray(node.value)) return joined('and', node.items().map(inner), node)
  const parts: Typed[] = []
  const expression = node.member('expression', 'formula')
  if (expression) parts.push(inner(expression))
  const all = node.member('all_of', 'all', 'and', '$and')
  if (all) parts.push(joined('and', all.items().map(inner), all))
  const any = node.member('any_of', 'any', 'or', '$or')
  if (any) parts.push(joined('or', any.items().map(inner), any))
  const none = node.member('not', '$not')
  if (none) parts.push(not(asked(none), HERE))
  const then = node.member('then')
  const when = node.member('if', 'when')
  if (when && then) parts.push(choice(asked(when), inner(then), node.member('else', 'otherwise'), inner))
  const required = node.member('then_require')
  const present = node.member('if_field')
  if (present && required) {
    const named = required.items().map((item) => (item.text() === undefined ? inner(item) : isFilled(fieldOf(item, schema))))
    parts.push(joined('or', [not(isFilled(fieldOf(present, schema)), HERE), joined('and', named, required)], node))
  }
  if (node.member('field') && !(present && required)) parts.push(leaf(node, schema, isDemanded))
  if (parts.length === 0) throw new RuleProblem('incomplete', node.span, 'a condition has a field and an operator, or an expression')
  return joined('and', parts, node)
}

function choice(condition: Typed, result: Typed, otherwise: RuleNode | undefined, inner: (node: RuleNode) => Typed): Typed {
  const implied: Typed = { kind: 'or', type: 'boolean', parts: [result, not(condition, HERE)], ...HERE }
  if (!otherwise) return implied
  return {
    kind: 'and',
    type: 'boolean',
    parts: [implied, { kind: 'or', type: 'boolean', parts: [inner(otherwise), condition], ...HERE }],
    ...HERE,
  }
}

function joined(kind: 'and' | 'or', parts: readonly Typed[], node: RuleNode): Typed {
  const [only] = parts
  if (!only) throw new RuleProblem('incomplete', node.span, 'a list of conditions is empty')
  return parts.length === 1 ? only : { kind, type: 'boolean', parts, ...HERE }
}

/** @throws RuleProblem at the part of the text that is to blame. */
export function readExpression(source: SourceText, node: RuleNode, schema: ExpressionSchema): Typed {
  const text = typeof node.value === 'string' ? node : (node.member('source') ?? node)
  return located(
    () => truth(recognise(source, schema).typed),
    (error) => {
      const span = spanIn(text.span, source.source, error.range)
      const isExact = span.end - span.start === error.range.end - error.range.start
      return new RuleProblem(error.kind, span, error.message, { ...(error.meant === undefined ? {} : { meant: error.meant }), isExact })
    },
  )
}

function located<Result>(work: () => Result, problem: (error: ExpressionProblem) => RuleProblem): Result {
  try {
    return work()
  } catch (error) {
    throw error instanceof ExpressionProblem ? problem(error) : error
  }
}

const at = <Result>(node: RuleNode, work: () => Result): Result =>
  located(work, ({ kind, message, meant }) => new RuleProblem(kind, node.span, message, { ...(meant === undefined ? {} : { meant }) }))

/** The name of a field, or a way to one through lookups. @throws RuleProblem */
export function fieldOf(node: RuleNode, schema: ExpressionSchema): Typed {
  const name = node.text()
  if (name === undefined) throw new RuleProblem('incomplete', node.span, 'it names no field')
  return at(node, () => check(pathSyntax(name), 'javascript', schema))
}

function pathSyntax(path: string): Syntax {
  const [first = '', ...rest] = path.trim().split('.')
  return rest.reduce<Syntax>((of, name) => ({ kind: 'member', of, name, ...HERE }), { kind: 'name', name: first, ...HERE })
}

const isFilled = (of: Typed): Typed => not(isBlank(of, HERE), HERE)

const COMPARISONS: Readonly<Record<string, BinaryOperator & Comparison>> = {
  ...{ '=': 'eq', '==': 'eq', '===': 'eq', eq: 'eq', equals: 'eq', equal: 'eq', is: 'eq' },
  ...{ '!=': 'ne', '!==': 'ne', '<>': 'ne', ne: 'ne', neq: 'ne', not_equals: 'ne', not_equal: 'ne', is_not: 'ne' },
  ...{ '>': 'gt', gt: 'gt', greater_than: 'gt', after: 'gt' },
  ...{ '>=': 'ge', gte: 'ge', ge: 'ge', greater_than_or_equal: 'ge' },
  ...{ '<': 'lt', lt: 'lt', less_than: 'lt', before: 'lt' },
  ...{ '<=': 'le', lte: 'le', le: 'le', less_than_or_equal: 'le' },
}

const METHODS: Readonly<Record<string, string>> = {
  ...{ contains: 'includes', not_contains: 'includes', notcontains: 'includes' },
  ...{ starts_with: 'startsWith', startswith: 'startsWith', ends_with: 'endsWith', endswith: 'endsWith' },
}

const LISTS: ReadonlySet<string> = new Set(['in', 'not_in', 'notin', 'nin'])
const FILLED: ReadonlySet<string> = new Set(['not_empty', 'is_not_empty', 'not_blank', 'required', 'exists'])
const EMPTY: ReadonlySet<string> = new Set(['empty', 'is_empty', 'blank', 'is_blank'])
const NULLS: ReadonlySet<string> = new Set(['null', 'is_null', 'not_null', 'is_not_null'])

const OPERATORS = [...Object.keys(COMPARISONS), ...Object.keys(METHODS), ...LISTS, ...FILLED, ...EMPTY, ...NULLS, 'between']

/** A demand on a value, where there is one: that there has to be one is said by `required`, or `not_empty`. */
const whereGiven = (held: Typed, sides: readonly Typed[]): Typed => ({
  kind: 'or',
  type: 'boolean',
  parts: [...sides.filter(({ kind }) => kind !== 'constant' && kind !== 'now').map((side) => isNull(side, HERE)), held],
  ...HERE,
})

/** `{ field, operator, value }` or `{ field, operator, compare_to }`. */
function leaf(node: RuleNode, schema: ExpressionSchema, isDemanded: boolean): Typed {
  const name = node.member('field') as RuleNode
  const field = fieldOf(name, schema)
  const operatorNode = node.member('operator', 'op')
  const written = operatorNode?.text()
  if (!operatorNode || written === undefined) throw new RuleProblem('incomplete', node.span, 'its condition has no operator')
  const operator = written.trim().replace(/^\$/, '').toLowerCase()
  if (FILLED.has(operator)) return isFilled(field)
  if (EMPTY.has(operator)) return isBlank(field, HERE)
  if (NULLS.has(operator)) return operator.includes('not') ? not(isNull(field, HERE), HERE) : isNull(field, HERE)
  const other = node.member('compare_to', 'compareTo', 'other_field')
  const value = node.member('value', 'values')
  if (!other && !value) throw new RuleProblem('incomplete', node.span, `"${written}" is compared with nothing: it has no value`)
  const left = pathSyntax(name.text() as string)
  if (operator === 'between' && value) {
    const held = between(field, left, value, schema)
    return isDemanded ? whereGiven(held, [field]) : held
  }
  const right = other ? pathSyntax(other.text() ?? '') : valueSyntax(value as RuleNode, field)
  const blamed = other ?? (value as RuleNode)
  const comparison = Object.hasOwn(COMPARISONS, operator) ? COMPARISONS[operator] : undefined
  if (comparison) {
    const held = at(blamed, () => compared(comparison, { field, left, right }, schema))
    if (!isDemanded || comparison === 'eq' || comparison === 'ne') return held
    return whereGiven(held, other ? [field, fieldOf(other, schema)] : [field])
  }
  if (LISTS.has(operator)) {
    const held = at(blamed, () => check({ kind: 'binary', operator: 'in', left, right, ...HERE }, 'javascript', schema))
    if (operator !== 'in') return not(held, HERE)
    return isDemanded ? whereGiven(held, [field]) : held
  }
  const method = Object.hasOwn(METHODS, operator) ? METHODS[operator] : undefined
  if (method === undefined) {
    const meant = nearest(operator, OPERATORS)
    throw new RuleProblem('unknown-operator', operatorNode.span, written, { ...(meant === undefined ? {} : { meant }), isExact: true })
  }
  const held = at(blamed, () => check({ kind: 'call', name: method, of: left, args: [right], ...HERE }, 'javascript', schema))
  if (operator.startsWith('not')) return not(held, HERE)
  return isDemanded ? whereGiven(held, [field]) : held
}

interface Sides {
  readonly field: Typed
  readonly left: Syntax
  readonly right: Syntax
}

/** An instant beside a date counts as its day: `closes >= created_at` holds for what is closed on the day it was made. */
function compared(operator: BinaryOperator & Comparison, { field, left, right }: Sides, schema: ExpressionSchema): Typed {
  const other = asMoment(check(right, 'javascript', schema))
  const isMixed = (field.type === 'date' && other.type === 'datetime') || (field.type === 'datetime' && other.type === 'date')
  if (isMixed) return compare(operator, dateOf(field), dateOf(other), HERE)
  return check({ kind: 'binary', operator, left, right, ...HERE }, 'javascript', schema)
}

function between(field: Typed, left: Syntax, value: RuleNode, schema: ExpressionSchema): Typed {
  const [least, most, ...more] = value.items()
  if (!least || !most || more.length > 0) throw new RuleProblem('incomplete', value.span, '"between" takes two values')
  const side = (operator: 'ge' | 'le', node: RuleNode): Typed =>
    at(node, () => compared(operator, { field, left, right: valueSyntax(node, field) }, schema))
  return { kind: 'and', type: 'boolean', parts: [side('ge', least), side('le', most)], ...HERE }
}

/** A value as it is written; `$today`, `$now` and `$current_user.…` are worked out. */
function valueSyntax(node: RuleNode, field: Typed): Syntax {
  const { value } = node
  if (Array.isArray(value)) return { kind: 'list', items: node.items().map((item) => valueSyntax(item, field)), ...HERE }
  if (typeof value === 'object' && value !== null) throw new RuleProblem('not-translatable', node.span, 'a map as a value')
  if (typeof value === 'string' && /^\$(?:today|now|current_user(?:\.\w+)*|user\.\w+)$/.test(value)) return pathSyntax(value)
  return { kind: 'literal', value: literalFor(value, field), ...HERE }
}

/** Numbers may be written as text. */
const literalFor = (value: Json, { type }: Typed): string | number | boolean | null =>
  type === 'number' && typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value)
    ? Number(value)
    : (value as string | number | boolean | null)

/** What the author says a rule is about. */
export const namedFields = (node: RuleNode | undefined): readonly string[] => textsOf(node).map((name) => name.split('.')[0] as string)
