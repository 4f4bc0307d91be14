import type { Comparison, FunctionName, TextMatch } from '../../runtime-lite/query/ast.ts'
import { ExpressionProblem } from './problem.ts'
import type { Range } from './syntax.ts'
import { isCondition, type Typed, type ValueType } from './typed.ts'

/** Typed nodes put together; each throws an ExpressionProblem where types do not fit. */

const rangeOf = ({ start, end }: Range): Range => ({ start, end })

export const constant = (value: string | number | boolean | null, at: Range): Typed => ({
  kind: 'constant',
  value,
  type:
    value === null
      ? 'null'
      : (typeof value as 'number' | 'boolean') === 'number'
        ? 'number'
        : typeof value === 'boolean'
          ? 'boolean'
          : 'text',
  ...rangeOf(at),
})

export const call = (name: FunctionName, type: ValueType, args: readonly Typed[], at: Range): Typed => ({
  kind: 'call',
  name,
  type,
  args,
  ...rangeOf(at),
})

export const NOUNS: Readonly<Record<ValueType, string>> = {
  text: 'text',
  number: 'a number',
  boolean: 'true or false',
  date: 'a date',
  datetime: 'an instant',
  time: 'a time',
  list: 'a list',
  structure: 'a structured value',
  null: 'null',
}

export function wants(typed: Typed, types: readonly ValueType[], what: string): Typed {
  if (types.includes(typed.type)) return typed
  throw new ExpressionProblem(
    'wrong-type',
    typed,
    `${what} takes ${types.map((type) => NOUNS[type]).join(' or ')}, and this is ${NOUNS[typed.type]}`,
  )
}

export const number = (typed: Typed, what: string): Typed => wants(typed, ['number'], what)
export const text = (typed: Typed, what: string): Typed => wants(typed, ['text'], what)
export const moment = (typed: Typed, what: string): Typed => wants(asMoment(typed), ['date', 'datetime'], what)

/** A text that is written out and is a date counts as one. */
export const asMoment = (typed: Typed): Typed =>
  typed.kind === 'constant' && typeof typed.value === 'string' && DATE.test(typed.value) && !Number.isNaN(Date.parse(typed.value))
    ? {
        ...typed,
        type: typed.value.length === 10 ? 'date' : 'datetime',
        value: typed.value.length === 10 ? typed.value : new Date(typed.value).toISOString(),
      }
    : typed

const DATE = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/

/** What holds or does not: a condition as it is, text that is not empty, numbers other than 0, anything else that is not null. */
export function truth(typed: Typed): Typed {
  if (isCondition(typed)) return typed
  switch (typed.type) {
    case 'boolean':
      return typed.kind === 'constant' ? typed : compare('eq', typed, constant(true, typed), typed)
    case 'number':
      return {
        kind: 'and',
        type: 'boolean',
        parts: [not(isNull(typed, typed), typed), compare('ne', typed, constant(0, typed), typed)],
        ...rangeOf(typed),
      }
    case 'text':
      return {
        kind: 'and',
        type: 'boolean',
        parts: [not(isNull(typed, typed), typed), compare('ne', typed, constant('', typed), typed)],
        ...rangeOf(typed),
      }
    case 'null':
      return constant(false, typed)
    default:
      return not(isNull(typed, typed), typed)
  }
}

export const isNull = (of: Typed, at: Range): Typed =>
  of.type === 'null' ? constant(true, at) : { kind: 'is-null', type: 'boolean', of, ...rangeOf(at) }
export const not = (of: Typed, at: Range): Typed => ({ kind: 'not', type: 'boolean', of, ...rangeOf(at) })

/** Null or, for texts, empty. */
export const isBlank = (of: Typed, at: Range): Typed =>
  of.type === 'text'
    ? { kind: 'or', type: 'boolean', parts: [isNull(of, at), compare('eq', of, constant('', at), at)], ...rangeOf(at) }
    : isNull(of, at)

export function compare(operator: Comparison, left: Typed, right: Typed, at: Range): Typed {
  if (left.type === 'null' || right.type === 'null') {
    const tested = isNull(left.type === 'null' ? right : left, at)
    if (operator === 'eq') return tested
    if (operator === 'ne') return not(tested, at)
    // Null has no order.
    return constant(false, at)
  }
  const [one, two] = alike(left, right)
  if (one.type === 'list' || one.type === 'structure')
    throw new ExpressionProblem('wrong-type', at, `${NOUNS[one.type]} can be compared with null only`)
  if (one.type !== two.type) throw new ExpressionProblem('wrong-type', at, `${NOUNS[one.type]} is compared with ${NOUNS[two.type]}`)
  if (one.type === 'boolean' && operator !== 'eq' && operator !== 'ne')
    throw new ExpressionProblem('wrong-type', at, 'true and false have no order')
  return { kind: 'compare', type: 'boolean', operator, left: one, right: two, ...rangeOf(at) }
}

/** Dates beside instants become instants, texts beside dates are read as dates. */
export function alike(left: Typed, right: Typed): readonly [Typed, Typed] {
  let [one, two] = [left, right]
  if (isMoment(two)) one = asMoment(one)
  if (isMoment(one)) two = asMoment(two)
  // Times are texts that sort.
  if (one.type === 'time' && two.kind === 'constant' && two.type === 'text') two = { ...two, type: 'time' }
  if (two.type === 'time' && one.kind === 'constant' && one.type === 'text') one = { ...one, type: 'time' }
  if (one.type === 'date' && two.type === 'datetime') one = instant(one)
  if (two.type === 'date' && one.type === 'datetime') two = instant(two)
  return [one, two]
}

const isMoment = ({ type }: Typed): boolean => type === 'date' || type === 'datetime'

export const instant = (of: Typed): Typed =>
  of.type !== 'date'
    ? of
    : of.kind === 'constant'
      ? { ...of, type: 'datetime', value: `${String(of.value)}T00:00:00.000Z` }
      : call('datetime', 'datetime', [of], of)

export const dateOf = (of: Typed): Typed => (of.type === 'datetime' ? call('date', 'date', [of], of) : of)

export function choice(condition: Typed, result: Typed, otherwise: Typed, at: Range): Typed {
  const range = rangeOf(at)
  if (result.type === 'null' && otherwise.type === 'null') return constant(null, at)
  if (result.type === 'null')
    return { kind: 'if', type: otherwise.type, condition: not(condition, condition), result: valued(otherwise), ...range }
  if (otherwise.type === 'null') return { kind: 'if', type: result.type, condition, result: valued(result), ...range }
  const [one, two] = alike(result, otherwise)
  if (one.type !== two.type)
    throw new ExpressionProblem('wrong-type', at, `one of the two results is ${NOUNS[one.type]} and the other is ${NOUNS[two.type]}`)
  refuseStructure(one)
  return { kind: 'if', type: one.type, condition, result: one, otherwise: two, ...range }
}

const valued = (typed: Typed): Typed => {
  refuseStructure(typed)
  return typed
}

function refuseStructure(typed: Typed): void {
  if (typed.type === 'list' || typed.type === 'structure')
    throw new ExpressionProblem('not-translatable', typed, `${NOUNS[typed.type]} as a value`)
}

export function coalesce(left: Typed, right: Typed, at: Range): Typed {
  if (left.type === 'null') return right
  if (right.type === 'null') return left
  const [one, two] = alike(left, right)
  if (one.type !== two.type)
    throw new ExpressionProblem('wrong-type', at, `one value is ${NOUNS[one.type]} and the other is ${NOUNS[two.type]}`)
  refuseStructure(one)
  return call('coalesce', one.type, [one, two], at)
}

/** A value as text; null stays null. */
export function asText(of: Typed): Typed {
  if (of.type === 'text' || of.type === 'null') return of
  refuseStructure(of)
  if (of.kind === 'constant' && typeof of.value !== 'string') return constant(String(of.value), of)
  return call('totext', 'text', [of], of)
}

/** Text behind text. `isBlankEmpty`: null is empty text, else the whole is null. */
export function joined(left: Typed, right: Typed, isBlankEmpty: boolean, at: Range): Typed {
  const part = (one: Typed): Typed => {
    const found = asText(one)
    if (found.type === 'null') return isBlankEmpty ? constant('', one) : found
    return isBlankEmpty && !isNeverNull(found) ? call('coalesce', 'text', [found, constant('', one)], one) : found
  }
  const [one, two] = [part(left), part(right)]
  if (one.type === 'null' || two.type === 'null') return constant(null, at)
  if (isBlankEmpty && isEmpty(one)) return two
  if (isBlankEmpty && isEmpty(two)) return one
  return call('concat', 'text', [one, two], at)
}

const isNeverNull = (typed: Typed): boolean =>
  typed.kind === 'constant'
    ? typed.value !== null
    : typed.kind === 'call' &&
      (typed.name === 'concat' ? typed.args.every(isNeverNull) : typed.name === 'coalesce' && typed.args.some(isNeverNull))

const isEmpty = (typed: Typed): boolean => typed.kind === 'constant' && typed.value === ''

export function match(operator: TextMatch, left: Typed, right: Typed, at: Range): Typed {
  if (left.type === 'list' && operator === 'contains') {
    if (right.kind !== 'constant') throw new ExpressionProblem('not-translatable', right, 'what is looked for in a list is not written out')
    return { kind: 'match', type: 'boolean', operator, left, right, ...rangeOf(at) }
  }
  return {
    kind: 'match',
    type: 'boolean',
    operator,
    left: text(left, `"${operator}"`),
    right: text(right, `"${operator}"`),
    ...rangeOf(at),
  }
}

/** `+` of all dialects: days later, text behind text, or a sum. */
export function sum(left: Typed, right: Typed, at: Range): Typed {
  if (isMoment(left) && right.type === 'number') return call('adddays', left.type, [left, right], at)
  if (isMoment(right) && left.type === 'number') return call('adddays', right.type, [right, left], at)
  if (left.type === 'text' || right.type === 'text') return joined(left, right, false, at)
  return call('add', 'number', [number(left, '"+"'), number(right, '"+"')], at)
}

/** `-`: days between two dates, days earlier, or a difference. */
export function difference(left: Typed, right: Typed, at: Range): Typed {
  if (isMoment(left) && right.type === 'number') return call('adddays', left.type, [left, negative(right, right)], at)
  if (isMoment(left) || isMoment(right)) return call('daysbetween', 'number', [moment(right, '"-"'), moment(left, '"-"')], at)
  return call('sub', 'number', [number(left, '"-"'), number(right, '"-"')], at)
}

export const negative = (of: Typed, at: Range): Typed =>
  of.kind === 'constant' && typeof of.value === 'number' ? { ...constant(-of.value, at) } : call('neg', 'number', [number(of, '"-"')], at)

/** To so many decimals, halves away from zero. */
export function roundedTo(of: Typed, decimals: number, at: Range): Typed {
  if (decimals === 0) return call('round', 'number', [of], at)
  const factor = constant(10 ** Math.abs(decimals), at)
  const [up, down] = decimals > 0 ? (['mul', 'divby'] as const) : (['divby', 'mul'] as const)
  return call(down, 'number', [call('round', 'number', [call(up, 'number', [of, factor], at)], at), factor], at)
}
