import { call, choice, compare, constant, instant, joined, match, moment, not, number, roundedTo, text, truth } from './build.ts'
import { ExpressionProblem } from './problem.ts'
import type { Range } from './syntax.ts'
import type { Typed } from './typed.ts'

/** A function of one dialect. `args`: least and most arguments, what a method is called on included. */
export interface ExpressionFunction {
  readonly args: readonly [least: number, most: number]
  readonly build: (args: readonly Typed[], at: Range) => Typed
}

export const MANY = 50
export const one = (build: (of: Typed, at: Range) => Typed): ExpressionFunction => ({
  args: [1, 1],
  build: ([of], at) => build(of as Typed, at),
})
export const two = (build: (a: Typed, b: Typed, at: Range) => Typed): ExpressionFunction => ({
  args: [2, 2],
  build: ([a, b], at) => build(a as Typed, b as Typed, at),
})
export const none = (build: (at: Range) => Typed): ExpressionFunction => ({ args: [0, 0], build: (_args, at) => build(at) })
export const folded = (build: (a: Typed, b: Typed, at: Range) => Typed, least = 1): ExpressionFunction => ({
  args: [least, MANY],
  build: ([first, ...rest], at) => rest.reduce((left, right) => build(left, right, at), first as Typed),
})

export const numeric = (name: 'floor' | 'ceiling' | 'abs' | 'round') => one((of, at) => call(name, 'number', [number(of, `"${name}"`)], at))
export const pair = (name: 'add' | 'least' | 'greatest' | 'power' | 'mod') => (a: Typed, b: Typed, at: Range) =>
  call(name, 'number', [number(a, `"${name}"`), number(b, `"${name}"`)], at)
export const part = (name: 'year' | 'month' | 'day') => one((of, at) => call(name, 'number', [moment(of, `"${name}"`)], at))
export const clock = (name: 'hour' | 'minute' | 'second') => one((of, at) => call(name, 'number', [instant(moment(of, `"${name}"`))], at))
export const changed = (name: 'toupper' | 'tolower' | 'trim') => one((of, at) => call(name, 'text', [text(of, `"${name}"`)], at))
export const matched = (name: 'contains' | 'startswith' | 'endswith') => two((a, b, at) => match(name, a, b, at))

export const now = none((at) => ({ kind: 'now', type: 'datetime', start: at.start, end: at.end }))
export const today = (at: Range): Typed => call('date', 'date', [{ kind: 'now', type: 'datetime', start: at.start, end: at.end }], at)
export const round: ExpressionFunction = {
  args: [1, 2],
  build: ([of, decimals], at) => {
    const rounded = number(of as Typed, '"round"')
    if (!decimals) return roundedTo(rounded, 0, at)
    const places = decimals.kind === 'constant' ? decimals.value : undefined
    if (typeof places === 'number' && Number.isInteger(places) && Math.abs(places) <= 12) return roundedTo(rounded, places, at)
    throw new ExpressionProblem('not-translatable', decimals, 'a number of decimals that is not written out')
  },
}
export const length = one((of, at) => {
  if (of.type === 'list') throw new ExpressionProblem('not-translatable', at, 'the length of a list')
  return call('length', 'number', [text(of, '"length"')], at)
})
export const left = (of: Typed, count: Typed, at: Range): Typed =>
  call('substring', 'text', [text(of, '"left"'), constant(0, at), number(count, '"left"')], at)
export const right = (of: Typed, count: Typed, at: Range): Typed => {
  const whole = text(of, '"right"')
  const start = call('sub', 'number', [call('length', 'number', [whole], at), number(count, '"right"')], at)
  return call('substring', 'text', [whole, start], at)
}
/** From a position that counts from `first`. */
export const middle = (of: Typed, start: Typed, count: Typed | undefined, at: Range): Typed =>
  call('substring', 'text', [text(of, '"substring"'), number(start, '"substring"'), ...(count ? [number(count, '"substring"')] : [])], at)
export const less = (of: Typed, count: number, at: Range): Typed =>
  of.kind === 'constant' && typeof of.value === 'number'
    ? constant(of.value - count, of)
    : call('sub', 'number', [number(of, '"-"'), constant(count, at)], at)
/** 0 for Sunday. */
export const weekday = (of: Typed, at: Range): Typed => {
  const days = call('daysbetween', 'number', [{ ...constant('1970-01-04', at), type: 'date' } as Typed, moment(of, '"weekday"')], at)
  const week = constant(7, at)
  return call('mod', 'number', [call('add', 'number', [call('mod', 'number', [days, week], at), week], at), week], at)
}
export const later = (name: 'adddays' | 'addmonths', factor = 1) =>
  two((of, count, at) => {
    const start = moment(of, `"${name}"`)
    return call(
      name,
      start.type,
      [start, factor === 1 ? number(count, `"${name}"`) : call('mul', 'number', [number(count, `"${name}"`), constant(factor, at)], at)],
      at,
    )
  })
export const days = (start: Typed, end: Typed, at: Range): Typed =>
  call('daysbetween', 'number', [moment(start, 'the count of days'), moment(end, 'the count of days')], at)
export const months = (start: Typed, end: Typed, at: Range): Typed =>
  call('monthsbetween', 'number', [moment(start, 'the count of months'), moment(end, 'the count of months')], at)
export const all = (kind: 'and' | 'or'): ExpressionFunction => ({
  args: [1, MANY],
  build: (args, at) => ({ kind, type: 'boolean', parts: args.map(truth), start: at.start, end: at.end }),
})
export const chosen: ExpressionFunction = {
  args: [2, 3],
  build: ([condition, result, otherwise], at) => choice(truth(condition as Typed), result as Typed, otherwise ?? constant(null, at), at),
}
export const cased: ExpressionFunction = {
  args: [3, MANY],
  build: ([of, ...rest], at) => {
    let otherwise: Typed = rest.length % 2 === 1 ? (rest.at(-1) as Typed) : constant(null, at)
    for (let index = rest.length - (rest.length % 2) - 2; index >= 0; index -= 2)
      otherwise = choice(compare('eq', of as Typed, rest[index] as Typed, at), rest[index + 1] as Typed, otherwise, at)
    return otherwise
  },
}
export const joinedAll: ExpressionFunction = {
  args: [1, MANY],
  build: (args, at) => args.reduce((before, next) => joined(before, next, true, at), constant('', at)),
}
/** A regular expression that is written out is found in a text. */
export const regex = two((of, pattern, at) => {
  if (pattern.kind !== 'constant' || typeof pattern.value !== 'string')
    throw new ExpressionProblem('not-translatable', pattern, 'a regular expression that is not written out')
  try {
    new RegExp(pattern.value, 'u')
  } catch (error) {
    throw new ExpressionProblem('syntax', pattern, error instanceof Error ? error.message.replace(/\.$/, '') : String(error))
  }
  return { kind: 'match', type: 'boolean', operator: 'regex', left: text(of, '"regex"'), right: pattern, start: at.start, end: at.end }
})
export const untranslatable = (what: string): ExpressionFunction => ({
  args: [0, MANY],
  build: (_args, at) => {
    throw new ExpressionProblem('not-translatable', at, what)
  },
})
export const average: ExpressionFunction = {
  args: [1, MANY],
  build: (args, at) => call('divby', 'number', [args.reduce((a, b) => pair('add')(a, b, at)), constant(args.length, at)], at),
}
export const replaced: ExpressionFunction = {
  args: [3, 3],
  build: (args, at) =>
    call(
      'replace',
      'text',
      args.map((arg) => text(arg, '"replace"')),
      at,
    ),
}
export const root = one((of, at) => pair('power')(of, constant(0.5, at), at))
export const change: ExpressionFunction = {
  args: [1, MANY],
  build: (args, at) => {
    const parts = args.map((of) => compare('ne', of, before(of, at), at))
    const isOld: Typed = { kind: 'is-new', type: 'boolean', start: at.start, end: at.end }
    return {
      kind: 'and',
      type: 'boolean',
      parts: [not(isOld, at), { kind: 'or', type: 'boolean', parts, start: at.start, end: at.end }],
      start: at.start,
      end: at.end,
    }
  },
}

/** The value a field had. */
export function before(of: Typed, at: Range): Typed {
  if (of.kind === 'field' && of.root === 'record' && of.path.length === 1) return { ...of, root: 'previous' }
  throw new ExpressionProblem('wrong-type', at, 'what was there before is known of fields of the record only')
}
