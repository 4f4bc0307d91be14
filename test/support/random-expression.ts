import type { Dialect } from '../../compiler/expression/syntax.ts'
import type { Random } from './random.ts'
import { randomPattern } from './random-pattern.ts'

type Kind = 'text' | 'number' | 'boolean' | 'date' | 'datetime'

const FIELDS: Readonly<Record<Kind, readonly string[]>> = {
  text: ['name', 'region.name', 'stage', 'region.parent.name'],
  number: ['employees', 'revenue', 'score', 'region.rank', 'level'],
  boolean: ['is_active'],
  date: ['founded_on'],
  datetime: ['seen_at'],
}

const TEXTS = ['', 'a', 'Abc', 'ab', ' ', '名', '🔥', 'it']

/** A text is searched by a regular expression. */
export function randomMatch(random: Random, dialect: Dialect, text: string): string {
  const pattern = randomPattern(random)
  if (dialect === 'javascript') return random.chance(0.5) ? `/${pattern}/u.test(${text})` : `(${text}).match(/${pattern}/)`
  if (dialect === 'spreadsheet') return `REGEX(${text}, "${pattern}")`
  const escaped = pattern.replaceAll('\\', '\\\\')
  return random.chance(0.5) ? `matches(${text}, "${escaped}")` : `(${text}).matches("${escaped}")`
}

/** The text of an expression over the object `company` of the random world, in one of the three dialects. Types fit, names exist. */
export function randomExpression(random: Random, dialect: Dialect, kind: Kind, depth = 3): string {
  const inner = (wanted: Kind): string => randomExpression(random, dialect, wanted, depth - 1)
  const field = (): string => (dialect === 'cel' ? 'record.' : '') + random.pick(FIELDS[kind])
  const isScript = dialect === 'javascript'
  const fn = (names: Readonly<Partial<Record<Dialect, string>>>, ...args: readonly string[]): string | undefined =>
    names[dialect] === undefined ? undefined : `${names[dialect]}(${args.join(', ')})`
  const choice = (): string =>
    dialect === 'spreadsheet'
      ? `IF(${inner('boolean')}, ${inner(kind)}, ${inner(kind)})`
      : `(${inner('boolean')} ? ${inner(kind)} : ${inner(kind)})`
  const filled = (): string =>
    dialect === 'spreadsheet'
      ? `BLANKVALUE(${inner(kind)}, ${inner(kind)})`
      : isScript
        ? `(${inner(kind)} ?? ${inner(kind)})`
        : `coalesce(${inner(kind)}, ${inner(kind)})`
  if (depth <= 0 || random.chance(0.25)) {
    if (random.chance(0.6) || kind === 'boolean') return field()
    if (kind === 'number') return String(random.pick([0, 1, 2, 3, 10, 0.5, 1.25]))
    if (kind === 'text') return `'${random.pick(TEXTS)}'`
    if (kind === 'date' && dialect !== 'javascript') return dialect === 'cel' ? 'today()' : 'TODAY()'
    return field()
  }
  if (random.chance(0.15)) return random.chance(0.5) ? choice() : filled()
  return made() ?? field()

  function made(): string | undefined {
    switch (kind) {
      case 'number': {
        const [a, b] = [inner('number'), inner('number')]
        const day = (): string => inner(random.pick(['date', 'datetime'] as const))
        return random.pick<() => string | undefined>([
          () => `(${a} ${random.pick(['+', '-', '*', '/'])} ${b})`,
          () => `(-${a})`,
          () => fn({ spreadsheet: 'ROUND', cel: 'round', javascript: 'Math.round' }, a),
          () => fn({ spreadsheet: 'FLOOR', cel: 'floor', javascript: 'Math.floor' }, a),
          () => fn({ spreadsheet: 'CEILING', cel: 'ceil', javascript: 'Math.ceil' }, a),
          () => fn({ spreadsheet: 'ABS', cel: 'abs', javascript: 'Math.abs' }, a),
          () => fn({ spreadsheet: 'MIN', cel: 'min', javascript: 'Math.min' }, a, b),
          () => fn({ spreadsheet: 'MAX', cel: 'max', javascript: 'Math.max' }, a, b),
          () => (isScript ? `${inner('text')}.length` : fn({ spreadsheet: 'LEN', cel: 'len' }, inner('text'))),
          () => fn({ spreadsheet: 'DAYS_DIFF', cel: 'daysBetween' }, day(), day()) ?? `(${day()} - ${day()})`,
          () => fn({ spreadsheet: 'MONTH_DIFF' }, day(), day()),
          () => (isScript ? `new Date(${day()}).getMonth()` : fn({ spreadsheet: 'YEAR' }, day())),
        ])()
      }
      case 'text': {
        const [a, b] = [inner('text'), inner('text')]
        // Digits beyond those that all databases have in common are no part of a text.
        const number = dialect === 'spreadsheet' ? `MOD(ROUND(${inner('number')}), 1000)` : undefined
        return random.pick<() => string | undefined>([
          () => (dialect === 'spreadsheet' ? `(${a} & ${random.chance(0.5) && number ? number : b})` : `(${a} + ${b})`),
          () =>
            fn({ spreadsheet: 'CONCAT' }, a, inner('boolean'), b) ??
            (isScript ? `\`<\${${a}}-\${${b}}>\`` : `joinNonEmpty([${a}, ${b}], '-')`),
          () => (isScript ? `(${a}).toUpperCase()` : fn({ spreadsheet: 'UPPER', cel: 'upper' }, a)),
          () => (isScript ? `(${a}).trim()` : fn({ spreadsheet: 'TRIM', cel: 'trim' }, a)),
          () => (isScript ? `(${a}).substring(1, 3)` : fn({ spreadsheet: random.pick(['LEFT', 'RIGHT']) }, a, '2')),
          () => (isScript ? `(${a}).replaceAll('a', ${b})` : fn({ spreadsheet: 'SUBSTITUTE' }, a, "'a'", b)),
          () =>
            fn({ spreadsheet: 'TEXT', cel: 'string', javascript: 'String' }, inner(random.pick(['date', 'datetime', 'boolean'] as const))),
        ])()
      }
      case 'boolean': {
        const [a, b] = [inner('boolean'), inner('boolean')]
        const wanted = random.pick(['text', 'number', 'date', 'datetime'] as const)
        const operator = random.pick(dialect === 'spreadsheet' ? ['=', '<>', '<', '<=', '>', '>='] : ['==', '!=', '<', '<=', '>', '>='])
        return random.pick<() => string | undefined>([
          () => `(${inner(wanted)} ${operator} ${inner(wanted)})`,
          () => `(${inner(wanted)} ${operator} ${inner(wanted)})`,
          () => (dialect === 'spreadsheet' ? `AND(${a}, ${b})` : `(${a} && ${b})`),
          () => (dialect === 'spreadsheet' ? `(${a} OR ${b})` : `(${a} || ${b})`),
          () => (dialect === 'spreadsheet' ? `NOT(${a})` : `!(${a})`),
          () => fn({ spreadsheet: 'ISBLANK', cel: 'isBlank' }, inner(wanted)) ?? `(${inner(wanted)} == null)`,
          () =>
            isScript
              ? `(${inner('text')}).includes(${inner('text')})`
              : fn({ spreadsheet: 'CONTAINS', cel: 'contains' }, inner('text'), inner('text')),
          () => randomMatch(random, dialect, inner('text')),
          () =>
            isScript
              ? `(${inner('text')}).startsWith(${inner('text')})`
              : fn({ spreadsheet: 'BEGINS', cel: 'startsWith' }, inner('text'), inner('text')),
        ])()
      }
      default: {
        const count = inner('number')
        return random.pick<() => string | undefined>([
          () => `(${inner(kind)} + ${count})`,
          () => `(${inner(kind)} - ${count})`,
          () => fn({ spreadsheet: 'ADDMONTHS', cel: 'addMonths' }, inner(kind), count),
          () =>
            kind === 'date'
              ? fn({ spreadsheet: 'DATEVALUE', cel: 'date' }, inner('datetime'))
              : fn({ cel: 'datetime', javascript: 'new Date' }, inner(isScript ? 'datetime' : 'date')),
        ])()
      }
    }
  }
}

export const KINDS: readonly Kind[] = ['text', 'number', 'boolean', 'date', 'datetime']
