import {
  asText,
  call,
  choice,
  coalesce,
  compare,
  constant,
  dateOf,
  instant,
  isBlank,
  isNull,
  joined,
  match,
  moment,
  negative,
  not,
  number,
  roundedTo,
  text,
  truth,
} from './build.ts'
import { ExpressionProblem } from './problem.ts'
import type { Dialect, Range } from './syntax.ts'
import type { Typed } from './typed.ts'

/** A function of one dialect. `args`: least and most arguments, what a method is called on included. */
export interface ExpressionFunction {
  readonly args: readonly [least: number, most: number]
  readonly build: (args: readonly Typed[], at: Range) => Typed
}

const MANY = 50
const one = (build: (of: Typed, at: Range) => Typed): ExpressionFunction => ({ args: [1, 1], build: ([of], at) => build(of as Typed, at) })
const two = (build: (a: Typed, b: Typed, at: Range) => Typed): ExpressionFunction => ({
  args: [2, 2],
  build: ([a, b], at) => build(a as Typed, b as Typed, at),
})
const none = (build: (at: Range) => Typed): ExpressionFunction => ({ args: [0, 0], build: (_args, at) => build(at) })
const folded = (build: (a: Typed, b: Typed, at: Range) => Typed, least = 1): ExpressionFunction => ({
  args: [least, MANY],
  build: ([first, ...rest], at) => rest.reduce((left, right) => build(left, right, at), first as Typed),
})

const numeric = (name: 'floor' | 'ceiling' | 'abs' | 'round') => one((of, at) => call(name, 'number', [number(of, `"${name}"`)], at))
const pair = (name: 'add' | 'least' | 'greatest' | 'power' | 'mod') => (a: Typed, b: Typed, at: Range) =>
  call(name, 'number', [number(a, `"${name}"`), number(b, `"${name}"`)], at)
const part = (name: 'year' | 'month' | 'day') => one((of, at) => call(name, 'number', [moment(of, `"${name}"`)], at))
const clock = (name: 'hour' | 'minute' | 'second') => one((of, at) => call(name, 'number', [instant(moment(of, `"${name}"`))], at))
const changed = (name: 'toupper' | 'tolower' | 'trim') => one((of, at) => call(name, 'text', [text(of, `"${name}"`)], at))
const matched = (name: 'contains' | 'startswith' | 'endswith') => two((a, b, at) => match(name, a, b, at))

const now = none((at) => ({ kind: 'now', type: 'datetime', start: at.start, end: at.end }))
export const today = (at: Range): Typed => call('date', 'date', [{ kind: 'now', type: 'datetime', start: at.start, end: at.end }], at)
const round: ExpressionFunction = {
  args: [1, 2],
  build: ([of, decimals], at) => {
    const rounded = number(of as Typed, '"round"')
    if (!decimals) return roundedTo(rounded, 0, at)
    const places = decimals.kind === 'constant' ? decimals.value : undefined
    if (typeof places === 'number' && Number.isInteger(places) && Math.abs(places) <= 12) return roundedTo(rounded, places, at)
    throw new ExpressionProblem('not-translatable', decimals, 'a number of decimals that is not written out')
  },
}
const length = one((of, at) => {
  if (of.type === 'list') throw new ExpressionProblem('not-translatable', at, 'the length of a list')
  return call('length', 'number', [text(of, '"length"')], at)
})
const left = (of: Typed, count: Typed, at: Range): Typed =>
  call('substring', 'text', [text(of, '"left"'), constant(0, at), number(count, '"left"')], at)
const right = (of: Typed, count: Typed, at: Range): Typed => {
  const whole = text(of, '"right"')
  const start = call('sub', 'number', [call('length', 'number', [whole], at), number(count, '"right"')], at)
  return call('substring', 'text', [whole, start], at)
}
/** From a position that counts from `first`. */
const middle = (of: Typed, start: Typed, count: Typed | undefined, at: Range): Typed =>
  call('substring', 'text', [text(of, '"substring"'), number(start, '"substring"'), ...(count ? [number(count, '"substring"')] : [])], at)
const less = (of: Typed, count: number, at: Range): Typed =>
  of.kind === 'constant' && typeof of.value === 'number'
    ? constant(of.value - count, of)
    : call('sub', 'number', [number(of, '"-"'), constant(count, at)], at)
/** 0 for Sunday. */
const weekday = (of: Typed, at: Range): Typed => {
  const days = call('daysbetween', 'number', [{ ...constant('1970-01-04', at), type: 'date' } as Typed, moment(of, '"weekday"')], at)
  const week = constant(7, at)
  return call('mod', 'number', [call('add', 'number', [call('mod', 'number', [days, week], at), week], at), week], at)
}
const later = (name: 'adddays' | 'addmonths', factor = 1) =>
  two((of, count, at) => {
    const start = moment(of, `"${name}"`)
    return call(
      name,
      start.type,
      [start, factor === 1 ? number(count, `"${name}"`) : call('mul', 'number', [number(count, `"${name}"`), constant(factor, at)], at)],
      at,
    )
  })
const days = (start: Typed, end: Typed, at: Range): Typed =>
  call('daysbetween', 'number', [moment(start, 'the count of days'), moment(end, 'the count of days')], at)
const months = (start: Typed, end: Typed, at: Range): Typed =>
  call('monthsbetween', 'number', [moment(start, 'the count of months'), moment(end, 'the count of months')], at)
const all = (kind: 'and' | 'or'): ExpressionFunction => ({
  args: [1, MANY],
  build: (args, at) => ({ kind, type: 'boolean', parts: args.map(truth), start: at.start, end: at.end }),
})
const chosen: ExpressionFunction = {
  args: [2, 3],
  build: ([condition, result, otherwise], at) => choice(truth(condition as Typed), result as Typed, otherwise ?? constant(null, at), at),
}
const cased: ExpressionFunction = {
  args: [3, MANY],
  build: ([of, ...rest], at) => {
    let otherwise: Typed = rest.length % 2 === 1 ? (rest.at(-1) as Typed) : constant(null, at)
    for (let index = rest.length - (rest.length % 2) - 2; index >= 0; index -= 2)
      otherwise = choice(compare('eq', of as Typed, rest[index] as Typed, at), rest[index + 1] as Typed, otherwise, at)
    return otherwise
  },
}
const joinedAll: ExpressionFunction = {
  args: [1, MANY],
  build: (args, at) => args.reduce((before, next) => joined(before, next, true, at), constant('', at)),
}
const untranslatable = (what: string): ExpressionFunction => ({
  args: [0, MANY],
  build: (_args, at) => {
    throw new ExpressionProblem('not-translatable', at, what)
  },
})
const average: ExpressionFunction = {
  args: [1, MANY],
  build: (args, at) => call('divby', 'number', [args.reduce((a, b) => pair('add')(a, b, at)), constant(args.length, at)], at),
}
const replaced: ExpressionFunction = {
  args: [3, 3],
  build: (args, at) =>
    call(
      'replace',
      'text',
      args.map((arg) => text(arg, '"replace"')),
      at,
    ),
}
const root = one((of, at) => pair('power')(of, constant(0.5, at), at))
const change: ExpressionFunction = {
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
function before(of: Typed, at: Range): Typed {
  if (of.kind === 'field' && of.root === 'record' && of.path.length === 1) return { ...of, root: 'previous' }
  throw new ExpressionProblem('wrong-type', at, 'what was there before is known of fields of the record only')
}

const SPREADSHEET: Readonly<Record<string, ExpressionFunction>> = {
  UPPER: changed('toupper'),
  LOWER: changed('tolower'),
  TRIM: changed('trim'),
  CONCATENATE: joinedAll,
  CONCAT: joinedAll,
  TEXT: one((of) => asText(of)),
  LEN: length,
  LEFT: two(left),
  RIGHT: two(right),
  MID: { args: [3, 3], build: ([of, start, count], at) => middle(of as Typed, less(start as Typed, 1, at), count, at) },
  SUBSTITUTE: replaced,
  CONTAINS: matched('contains'),
  BEGINS: matched('startswith'),
  STARTSWITH: matched('startswith'),
  ENDSWITH: matched('endswith'),
  REGEX: untranslatable('a regular expression'),
  SUM: folded(pair('add')),
  AVERAGE: average,
  ROUND: round,
  CEILING: numeric('ceiling'),
  FLOOR: numeric('floor'),
  ABS: numeric('abs'),
  MIN: folded(pair('least')),
  MAX: folded(pair('greatest')),
  MOD: two(pair('mod')),
  POWER: two(pair('power')),
  SQRT: root,
  TODAY: none(today),
  NOW: now,
  YEAR: part('year'),
  MONTH: part('month'),
  DAY: part('day'),
  HOUR: clock('hour'),
  MINUTE: clock('minute'),
  SECOND: clock('second'),
  WEEKDAY: one((of, at) => call('add', 'number', [weekday(of, at), constant(1, at)], at)),
  DATEVALUE: one((of) => dateOf(moment(of, '"DATEVALUE"'))),
  ADDDAYS: later('adddays'),
  ADDMONTHS: later('addmonths'),
  DAYS_DIFF: two((end, start, at) => days(start, end, at)),
  MONTH_DIFF: two((end, start, at) => months(start, end, at)),
  IF: chosen,
  AND: all('and'),
  OR: all('or'),
  NOT: one((of, at) => not(truth(of), at)),
  CASE: cased,
  ISBLANK: one(isBlank),
  ISNULL: one(isNull),
  BLANKVALUE: two(coalesce),
  COALESCE: folded(coalesce),
  ISPICKVAL: two((of, value, at) => compare('eq', of, value, at)),
  ISCHANGED: change,
  PRIORVALUE: one(before),
  ISNEW: none((at) => ({ kind: 'is-new', type: 'boolean', start: at.start, end: at.end })),
}

const CEL: Readonly<Record<string, ExpressionFunction>> = {
  now,
  today: none(today),
  daysFromNow: one((count, at) => call('adddays', 'date', [today(at), number(count, '"daysFromNow"')], at)),
  daysAgo: one((count, at) => call('adddays', 'date', [today(at), negative(count, at)], at)),
  isBlank: one(isBlank),
  isEmpty: one(isBlank),
  coalesce: folded(coalesce),
  trim: changed('trim'),
  upper: changed('toupper'),
  lower: changed('tolower'),
  daysBetween: two(days),
  addDays: later('adddays'),
  addMonths: later('addmonths'),
  date: one((of) => dateOf(moment(of, '"date"'))),
  datetime: one((of) => instant(moment(of, '"datetime"'))),
  abs: numeric('abs'),
  round,
  floor: numeric('floor'),
  ceil: numeric('ceiling'),
  min: folded(pair('least')),
  max: folded(pair('greatest')),
  contains: matched('contains'),
  startsWith: matched('startswith'),
  endsWith: matched('endswith'),
  matches: untranslatable('a regular expression'),
  len: length,
  size: length,
  string: one((of) => asText(of)),
  double: one((of) => number(of, '"double"')),
}

const JAVASCRIPT: Readonly<Record<string, ExpressionFunction>> = {
  'Math.abs': numeric('abs'),
  'Math.floor': numeric('floor'),
  'Math.ceil': numeric('ceiling'),
  // JavaScript takes halves up, not away from zero.
  'Math.round': one((of, at) => call('floor', 'number', [call('add', 'number', [number(of, '"round"'), constant(0.5, at)], at)], at)),
  'Math.trunc': one((of, at) => call('div', 'number', [number(of, '"trunc"'), constant(1, at)], at)),
  'Math.min': folded(pair('least')),
  'Math.max': folded(pair('greatest')),
  'Math.pow': two(pair('power')),
  'Math.sqrt': root,
  'Date.now': untranslatable('a count of milliseconds'),
  Number: one((of, at) => {
    if (of.type === 'text') throw new ExpressionProblem('not-translatable', at, 'a number read from text')
    return of.type === 'boolean' ? choice(truth(of), constant(1, at), constant(0, at), at) : number(of, '"Number"')
  }),
  String: one((of) => asText(of)),
  Boolean: one((of) => truth(of)),
  'new Date': {
    args: [0, 1],
    build: ([of], at) => (of ? moment(of, '"new Date"') : { kind: 'now', type: 'datetime', start: at.start, end: at.end }),
  },
  '.toUpperCase': changed('toupper'),
  '.toLowerCase': changed('tolower'),
  '.trim': changed('trim'),
  '.startsWith': matched('startswith'),
  '.endsWith': matched('endswith'),
  '.includes': matched('contains'),
  '.concat': folded((a, b, at) => joined(a, b, false, at), 2),
  '.replaceAll': replaced,
  '.substring': { args: [2, 3], build: ([of, start, end], at) => slice(of as Typed, start as Typed, end, at) },
  '.slice': { args: [2, 3], build: ([of, start, end], at) => slice(of as Typed, start as Typed, end, at) },
  '.charAt': two((of, index, at) => middle(of, index, constant(1, at), at)),
  '.indexOf': two((of, wanted, at) => call('indexof', 'number', [text(of, '"indexOf"'), text(wanted, '"indexOf"')], at)),
  '.toString': one((of) => asText(of)),
  '.toISOString': one((of) => asText(instant(moment(of, '"toISOString"')))),
  '.getFullYear': part('year'),
  '.getUTCFullYear': part('year'),
  // Months count from 0 there.
  '.getMonth': one((of, at) => call('sub', 'number', [call('month', 'number', [moment(of, '"getMonth"')], at), constant(1, at)], at)),
  '.getUTCMonth': one((of, at) => call('sub', 'number', [call('month', 'number', [moment(of, '"getUTCMonth"')], at), constant(1, at)], at)),
  '.getDate': part('day'),
  '.getUTCDate': part('day'),
  '.getDay': one(weekday),
  '.getUTCDay': one(weekday),
  '.getHours': clock('hour'),
  '.getUTCHours': clock('hour'),
  '.getMinutes': clock('minute'),
  '.getSeconds': clock('second'),
  '.getTime': untranslatable('a count of milliseconds'),
  '.toFixed': untranslatable('a number of fixed digits'),
  '.join': untranslatable('a list as text'),
  '.match': untranslatable('a regular expression'),
  '.test': untranslatable('a regular expression'),
  '.replace': untranslatable('replacing the first occurrence alone; use "replaceAll"'),
}

/** A part of a text between two positions that are written out. */
function slice(of: Typed, start: Typed, end: Typed | undefined, at: Range): Typed {
  const [from, to] = [start, end].map((one) =>
    one?.kind === 'constant' && typeof one.value === 'number' && one.value >= 0 ? one.value : undefined,
  )
  if (from === undefined || (end && to === undefined))
    throw new ExpressionProblem('not-translatable', at, 'positions that are not written out')
  return middle(of, start, to === undefined ? undefined : constant(Math.max(0, to - from), at), at)
}

/** The functions of a dialect by name; methods of JavaScript begin with a dot. */
export const FUNCTIONS: Readonly<Record<Dialect, Readonly<Record<string, ExpressionFunction>>>> = {
  spreadsheet: SPREADSHEET,
  cel: CEL,
  javascript: JAVASCRIPT,
}

export { length as textLength }
