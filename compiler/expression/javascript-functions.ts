import { asText, call, choice, constant, instant, joined, moment, number, text, truth } from './build.ts'
import {
  changed,
  clock,
  type ExpressionFunction,
  folded,
  matched,
  middle,
  numeric,
  one,
  pair,
  part,
  regex,
  replaced,
  root,
  two,
  untranslatable,
  weekday,
} from './function-kit.ts'
import { ExpressionProblem } from './problem.ts'
import type { Range } from './syntax.ts'
import type { Typed } from './typed.ts'

/** Methods begin with a dot. */
export const JAVASCRIPT_FUNCTIONS: Readonly<Record<string, ExpressionFunction>> = {
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
  '.match': regex,
  // The pattern stands first there; parsing puts the text first.
  '.test': regex,
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
