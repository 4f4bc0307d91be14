/**
 * What an argument or a result is. `number` is a double: integers beyond 2^53 lose digits in arithmetic. `any` results have the kind
 * of their first argument. Every function but `coalesce` of null is null.
 */
export type ValueKind = 'text' | 'number' | 'boolean' | 'date' | 'time' | 'datetime' | 'moment' | 'location' | 'vector' | 'any'

export interface FunctionSignature {
  readonly args: readonly ValueKind[]
  /** How many of them must be there. Default: all. */
  readonly required?: number
  readonly result: ValueKind
  /** What it does where it is not plain from the name. Shown in documentation. */
  readonly note?: string
}

/**
 * Functions a query may call. `moment` takes a date or an instant. Text is measured in Unicode code points; letters are folded in ASCII only,
 * so that every database answers the same; instants are read in UTC.
 */
export const FUNCTIONS = {
  // Arithmetic, also written as operators: a add b, a sub b, a mul b, a divby b, a div b, a mod b, -a.
  add: { args: ['number', 'number'], result: 'number' },
  sub: { args: ['number', 'number'], result: 'number' },
  mul: { args: ['number', 'number'], result: 'number' },
  divby: { args: ['number', 'number'], result: 'number', note: 'Division. By zero: null.' },
  div: { args: ['number', 'number'], result: 'number', note: 'Division without remainder, towards zero. By zero: null.' },
  mod: { args: ['number', 'number'], result: 'number', note: 'Remainder with the sign of the dividend. By zero: null.' },
  neg: { args: ['number'], result: 'number' },
  round: { args: ['number'], result: 'number', note: 'To a whole number, halves away from zero.' },
  floor: { args: ['number'], result: 'number' },
  ceiling: { args: ['number'], result: 'number' },
  abs: { args: ['number'], result: 'number' },
  length: { args: ['text'], result: 'number' },
  indexof: { args: ['text', 'text'], result: 'number', note: 'Position of the second text in the first, from 0; -1 when it is not there.' },
  substring: { args: ['text', 'number', 'number'], required: 2, result: 'text', note: 'From a position (from 0), a number of characters.' },
  tolower: { args: ['text'], result: 'text' },
  toupper: { args: ['text'], result: 'text' },
  trim: { args: ['text'], result: 'text', note: 'Without spaces at both ends.' },
  concat: { args: ['text', 'text'], result: 'text' },
  year: { args: ['moment'], result: 'number' },
  month: { args: ['moment'], result: 'number', note: '1 to 12.' },
  day: { args: ['moment'], result: 'number', note: 'Of the month, from 1.' },
  hour: { args: ['datetime'], result: 'number' },
  minute: { args: ['datetime'], result: 'number' },
  second: { args: ['datetime'], result: 'number' },
  date: { args: ['moment'], result: 'date' },
  now: { args: [], result: 'datetime', note: 'The time of the request: the same wherever it stands in one query.' },
  datetime: { args: ['moment'], result: 'datetime', note: 'A date as the instant at which it begins in UTC.' },
  adddays: { args: ['moment', 'number'], result: 'any', note: 'So many whole days later. Beyond the years 1 to 9999: null.' },
  addmonths: {
    args: ['moment', 'number'],
    result: 'any',
    note: 'So many whole months later; the 31st becomes the last day of a shorter month. Beyond the years 1 to 9999: null.',
  },
  daysbetween: { args: ['moment', 'moment'], result: 'number', note: 'Days on the calendar from the first to the second.' },
  monthsbetween: {
    args: ['moment', 'moment'],
    result: 'number',
    note: 'Complete months from the date of the first to that of the second.',
  },
  power: { args: ['number', 'number'], result: 'number', note: 'Null where the result is no real number.' },
  least: { args: ['number', 'number'], result: 'number' },
  greatest: { args: ['number', 'number'], result: 'number' },
  replace: { args: ['text', 'text', 'text'], result: 'text', note: 'Every second text in the first becomes the third.' },
  totext: {
    args: ['any'],
    result: 'text',
    note: 'Numbers with up to 15 digits and without needless zeros, dates as YYYY-MM-DD, instants in ISO 8601.',
  },
  coalesce: { args: ['any', 'any'], result: 'any', note: 'The first that is not null. Both are of one kind.' },
  'geo.distance': { args: ['location', 'location'], result: 'number', note: 'Metres on a sphere of 6,371,008.8 m (haversine).' },
  'vector.cosine': {
    args: ['vector', 'vector'],
    result: 'number',
    note: 'Cosine similarity, -1 to 1. Null where lengths differ or one is zero.',
  },
  'vector.distance': { args: ['vector', 'vector'], result: 'number', note: 'Euclidean distance. Null where lengths differ.' },
  'vector.dot': { args: ['vector', 'vector'], result: 'number', note: 'Dot product. Null where lengths differ.' },
} as const satisfies Readonly<Record<string, FunctionSignature>>
