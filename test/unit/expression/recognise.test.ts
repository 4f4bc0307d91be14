import { describe, expect, test } from 'vitest'
import { printTypeScript } from '../../../compiler/expression/print-typescript.ts'
import { ExpressionProblem } from '../../../compiler/expression/problem.ts'
import { recognise, sourceTextOf } from '../../../compiler/expression/recognise.ts'
import type { ExpressionField, ExpressionSchema } from '../../../compiler/expression/schema.ts'
import type { Dialect } from '../../../compiler/expression/syntax.ts'

const FIELDS: Readonly<Record<string, Readonly<Record<string, ExpressionField>>>> = {
  deal: {
    id: { type: 'text' },
    title: { type: 'text' },
    nick: { type: 'text' },
    amount: { type: 'number' },
    rate: { type: 'number' },
    is_won: { type: 'boolean' },
    starts_on: { type: 'date' },
    closed_at: { type: 'datetime' },
    stage: { type: 'text', options: ['open', 'won'] },
    tags: { type: 'list' },
    extra: { type: 'structure' },
    account: { type: 'text', target: 'account' },
    evaluation: { type: 'number' },
  },
  account: { name: { type: 'text' }, owner: { type: 'text', target: 'user' } },
  user: { email: { type: 'text' } },
}

const schema = (rest: Partial<ExpressionSchema> = {}): ExpressionSchema => ({
  object: 'deal',
  field: (object, name) => (Object.hasOwn(FIELDS[object] ?? {}, name) ? FIELDS[object]?.[name] : undefined),
  fieldNames: (object) => Object.keys(FIELDS[object] ?? {}),
  roots: new Set(['record', 'previous'] as const),
  isBlankZero: false,
  ...rest,
})

const shown = (source: string, dialect?: Dialect, rest?: Partial<ExpressionSchema>): string => {
  const found = recognise({ source, ...(dialect ? { dialect } : {}) }, schema(rest))
  const text = printTypeScript(found.typed, {
    record: 'r',
    previous: 'p',
    now: 'now',
    isNew: 'isNew',
    isComplete: true,
    helper: (name) => name,
  })
  return `${found.dialect} ${text}`
}

const problemOf = (source: string, dialect?: Dialect): string => {
  try {
    return shown(source, dialect)
  } catch (error) {
    if (!(error instanceof ExpressionProblem)) throw error
    const { kind, message, range, meant } = error
    return `${kind} at "${source.slice(range.start, range.end)}": ${message}${meant ? ` (${meant}?)` : ''}`
  }
}

describe('three dialects become one', () => {
  test.each([
    ['amount * rate', 'javascript mul(r.amount, r.rate)'],
    ['record.amount * 2', 'cel mul(r.amount, 2)'],
    ['CONCAT(title, nick)', 'spreadsheet concat(coalesce(r.title, ""), coalesce(r.nick, ""))'],
    ["title & '!'", 'spreadsheet concat(coalesce(r.title, ""), "!")'],
    ['2 ^ 3', 'spreadsheet power(2, 3)'],
    ['-2 ^ 2', 'spreadsheet power(-2, 2)'],
    ['amount ** 2', 'javascript power(r.amount, 2)'],
    ['{amount} * 10', 'spreadsheet mul(r.amount, 10)'],
    ["stage = 'open' and amount > 3", 'spreadsheet r.stage === "open" && gt(r.amount, 3)'],
    ['NOT is_won', 'spreadsheet !(r.is_won === true)'],
    ['account.owner.email', 'javascript r.account?.owner?.email ?? null'],
    ['account?.name ?? title', 'javascript coalesce(r.account?.name ?? null, r.title)'],
    ['`${title}-${amount}`', 'javascript concat(concat(coalesce(r.title, ""), "-"), coalesce(totext(r.amount), ""))'],
    ['$today - starts_on', 'javascript daysbetween(r.starts_on, date(now))'],
    ['starts_on + 7', 'javascript adddays(r.starts_on, 7)'],
    ['starts_on - 7', 'javascript adddays(r.starts_on, -7)'],
    ['MONTH_DIFF(closed_at, starts_on)', 'spreadsheet monthsbetween(r.starts_on, r.closed_at)'],
    ['starts_on < closed_at', 'javascript lt(datetime(r.starts_on), r.closed_at)'],
    ["starts_on >= '2024-01-31'", 'javascript ge(r.starts_on, "2024-01-31")'],
    ["['open', 'won'].includes(stage)", 'javascript r.stage === "open" || r.stage === "won"'],
    ["record.stage in ['won']", 'cel r.stage === "won"'],
    ["tags.includes('x')", 'javascript contains(r.tags, "x")'],
    ['title.length', 'javascript length(r.title)'],
    ['evaluation + 1', 'javascript add(r.evaluation, 1)'],
    ['if (is_won) return 1\nreturn amount', 'javascript r.is_won === true ? 1 : r.amount'],
    ['const x = amount * 2; return x > 10 ? x : null', 'javascript gt(mul(r.amount, 2), 10) ? mul(r.amount, 2) : null'],
    ['PRIORVALUE(amount) <> amount', 'spreadsheet p.amount !== r.amount'],
    ['ISCHANGED(amount)', 'spreadsheet !(isNew) && r.amount !== p.amount'],
    ["CASE(stage, 'open', 1, 'won', 2)", 'spreadsheet r.stage === "open" ? 1 : (r.stage === "won" ? 2 : null)'],
  ])('%s', (source, expected) => {
    expect(shown(source).replaceAll("'", '"')).toBe(expected)
  })

  test('numbers that are null count as 0 where the field says so', () => {
    expect(shown('amount + 1', undefined, { isBlankZero: true })).toBe('javascript add(coalesce(r.amount, 0), 1)')
  })

  test('an envelope names the dialect', () => {
    expect(sourceTextOf({ dialect: 'cel', source: 'a' })).toEqual({ dialect: 'cel', source: 'a' })
    expect(sourceTextOf({ dialect: 'template', source: '{{a}}' })).toBeUndefined()
    expect(sourceTextOf('  ')).toBeUndefined()
    expect(shown('title || nick', 'cel')).toContain("cel (r.title !== null && r.title !== '') || (")
    expect(recognise({ source: 'title || nick' }, schema()).other).toBe('cel')
    expect(recognise({ source: 'amount + 1' }, schema()).other).toBeUndefined()
  })
})

describe('what is wrong is said, and where', () => {
  test.each([
    ['amonut * 2', 'unknown-field at "amonut": "deal" has no field "amonut" (amount?)'],
    ['account.nam', 'unknown-field at "nam": "account" has no field "nam" (name?)'],
    ['title * 2', 'wrong-type at "title": "*" takes a number, and this is text'],
    ['starts_on > 5', 'wrong-type at "starts_on > 5": a date is compared with a number'],
    ["stage == 'wonn'", 'wrong-type at "\'wonn\'": "wonn" is none of the options (won?)'],
    ['title.name', 'wrong-type at "title.name": "title" is no lookup: nothing is below it'],
    ['UPER(title)', 'unknown-function at "UPER(title)": UPER (UPPER?)'],
    ['ROUND(1, 2, 3)', 'wrong-arguments at "ROUND(1, 2, 3)": "ROUND" takes 1 to 2 arguments, not 3'],
    ['amount *', 'syntax at "'],
    ['amount * ;(', 'syntax at "'],
    ['/a/.source', 'not-translatable'],
    ['extra.deep', 'not-translatable at "extra.deep": a value inside "extra"'],
    ['for (;;) {} return 1', 'not-translatable'],
    ['eval("1")', 'unknown-function at "eval("1")"'],
    ['(() => 1)()', 'not-translatable'],
    ['amount = 1; return 2', 'not-translatable'],
    ['process.exit(1)', 'unknown-'],
    ['this.constructor', 'unknown-field at "this"'],
    ['title["constructor"]', 'wrong-type'],
    ['__proto__', 'unknown-field'],
  ])('%s', (source, expected) => {
    expect(problemOf(source).slice(0, expected.length)).toBe(expected)
  })
})

test('"=" compares in spreadsheets: what is wrong there is told, and an assignment where nothing else can be meant', () => {
  const problem = (source: string): string => {
    try {
      return `read as ${recognise({ source }, schema()).dialect}`
    } catch (error) {
      return (error as ExpressionProblem).message
    }
  }
  expect(problem('title = nick')).toBe('read as spreadsheet')
  expect(problem('title = $current_user.region')).toBe('the user of a request')
  expect(problem('title = nothing(nick)')).toContain('nothing')
  expect(problem('title = () => 1')).toBe('an assignment')
})
