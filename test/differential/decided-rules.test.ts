import { expect, test } from 'vitest'
import { createMemoryHost } from '../../compiler/host/memory-host.ts'
import { check } from '../../compiler/index.ts'
import { random, testSeed } from '../support/random.ts'

const CASES = Number(process.env['OBJECTQL_CASES'] ?? 3_000)
const RULES = 60

type Value = string | number | boolean | null
type Row = Readonly<Record<string, Value>>
type Generator = ReturnType<typeof random>
type Condition =
  | { readonly kind: 'atom'; readonly field: string; readonly operator: Operator; readonly value: Value }
  | { readonly kind: 'length'; readonly field: string; readonly operator: Operator; readonly value: number }
  | { readonly kind: 'pair'; readonly field: string; readonly operator: Operator; readonly other: string }
  | { readonly kind: 'all' | 'any'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
type Operator = (typeof OPERATORS)[number]

const OPERATORS = ['==', '!=', '<', '<=', '>', '>='] as const
const STATES = ['draft', 'open', 'done']
const TEXTS = ['', 'a', 'ab', 'abc', 'abcd', 'b']
const DAYS = ['2024-01-01', '2024-01-02', '2024-03-01']
const NUMBERS = [-2, -1, 0, 1, 2.5, 3, 4, 5, 50]
const BETWEEN = [...NUMBERS, -1e9, -1.5, -0.5, 0.5, 1.5, 2, 2.75, 3.5, 4.5, 10, 51, 1e9]

interface Limits {
  readonly isRequired: boolean
  readonly min?: number
  readonly max?: number
  readonly least?: number
  readonly most?: number
}

/** `n` and `m` are numbers, `t` a text, `s` a select, `b` a boolean, `d` a date. */
const randomLimits = (generator: Generator): Readonly<Record<string, Limits>> =>
  Object.fromEntries(
    ['n', 'm', 't', 's', 'b', 'd'].map((name) => {
      const [min, span] = [generator.below(5) - 2, generator.below(5)]
      const hasMin = generator.below(2) === 0
      const hasMax = generator.below(2) === 0
      const isNumber = name === 'n' || name === 'm'
      return [
        name,
        {
          isRequired: generator.below(2) === 0,
          ...(isNumber && hasMin ? { min } : {}),
          ...(isNumber && hasMax ? { max: min + span } : {}),
          ...(name === 't' && hasMin ? { least: 1 + generator.below(2) } : {}),
          ...(name === 't' && hasMax ? { most: 2 + generator.below(2) } : {}),
        },
      ]
    }),
  )

const DECLARED: Readonly<Record<string, object>> = {
  n: { type: 'number' },
  m: { type: 'number' },
  t: { type: 'text' },
  s: { type: 'select', options: STATES },
  b: { type: 'boolean' },
  d: { type: 'date' },
}

const declared = (name: string, { isRequired, min, max, least, most }: Limits): object => ({
  ...DECLARED[name],
  ...(isRequired ? { required: true } : {}),
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
  ...(least === undefined ? {} : { min_length: least }),
  ...(most === undefined ? {} : { max_length: most }),
})

/** Values that a field takes, edges and null among them; null wherever it is not required. */
function allowed(name: string, { isRequired, min = -1e300, max = 1e300, least = 0, most = 99 }: Limits): readonly Value[] {
  const missing = isRequired ? [] : [null]
  if (name === 's') return [...missing, ...STATES]
  if (name === 'b') return [...missing, true, false]
  if (name === 'd') return [...missing, ...DAYS, '1999-12-31', '2024-02-01', '2030-01-01']
  if (name === 't')
    return [...missing, ...[...TEXTS, 'B', 'aa', 'abb', 'zzzzzz'].filter((text) => text.length >= least && text.length <= most)]
  return [...missing, ...BETWEEN.filter((one) => one >= min && one <= max)]
}

function randomCondition(generator: Generator, isExpression: boolean, depth = 0): Condition {
  const pick = <Item>(items: readonly Item[]): Item => items[generator.below(items.length)] as Item
  const kind = generator.below(depth > 2 ? 3 : 6)
  if (kind > 3 || (kind === 3 && !isExpression)) {
    const parts = Array.from({ length: 2 + generator.below(2) }, () => randomCondition(generator, isExpression, depth + 1))
    return { kind: pick(['all', 'any'] as const), parts }
  }
  if (kind === 3) return { kind: 'not', of: randomCondition(generator, isExpression, depth + 1) }
  const field = pick(['n', 'n', 'n', 'm', 't', 's', 'b', 'd'])
  if (generator.below(8) === 0) return { kind: 'pair', field: 'n', operator: pick(OPERATORS), other: 'm' }
  if (field === 't' && isExpression && generator.below(2) === 0)
    return { kind: 'length', field, operator: pick(OPERATORS), value: generator.below(5) }
  if (field === 's' || field === 'b')
    return { kind: 'atom', field, operator: pick(['==', '!='] as const), value: field === 's' ? pick(STATES) : pick([true, false]) }
  return { kind: 'atom', field, operator: pick(OPERATORS), value: field === 't' ? pick(TEXTS) : field === 'd' ? pick(DAYS) : pick(NUMBERS) }
}

const javascript = (condition: Condition): string => {
  switch (condition.kind) {
    case 'not':
      return `!(${javascript(condition.of)})`
    case 'all':
    case 'any':
      return `(${condition.parts.map(javascript).join(condition.kind === 'all' ? ' && ' : ' || ')})`
    case 'pair':
      return `record.${condition.field} ${condition.operator} record.${condition.other}`
    case 'length':
      return `record.${condition.field}.length ${condition.operator} ${condition.value}`
    case 'atom':
      return `record.${condition.field} ${condition.operator} ${JSON.stringify(condition.value)}`
  }
}

const demand = (condition: Condition): object => {
  if (condition.kind === 'all' || condition.kind === 'any') return { [`${condition.kind}_of`]: condition.parts.map(demand) }
  if (condition.kind === 'pair') return { field: condition.field, operator: condition.operator, compare_to: condition.other }
  if (condition.kind === 'atom') return { field: condition.field, operator: condition.operator, value: condition.value }
  throw new Error(condition.kind)
}

/** The slow reading: what is missing breaks no demand; in an expression it equals nothing and has no order. */
function holds(condition: Condition, row: Row, isExpression: boolean): boolean {
  switch (condition.kind) {
    case 'not':
      return !holds(condition.of, row, isExpression)
    case 'all':
      return condition.parts.every((part) => holds(part, row, isExpression))
    case 'any':
      return condition.parts.some((part) => holds(part, row, isExpression))
  }
  const own = row[condition.field] ?? null
  const left = condition.kind === 'length' ? (own === null ? null : String(own).length) : own
  const right = condition.kind === 'pair' ? (row[condition.other] ?? null) : condition.value
  if (condition.operator === '==') return left === right
  if (condition.operator === '!=') return left !== right
  if (left === null || right === null) return !isExpression
  if (condition.operator === '<') return left < right
  if (condition.operator === '<=') return left <= right
  return condition.operator === '>' ? left > right : left >= right
}

test('a rule is called decided only where it says the same of every record', async () => {
  const seed = testSeed()
  console.log(`decided rules: OBJECTQL_SEED=${seed} OBJECTQL_CASES=${CASES}`)
  const generator = random(seed)
  const told = { always: 0, never: 0 }
  let missed = 0
  for (let done = 0; done < CASES; done += RULES) {
    const limits = randomLimits(generator)
    const rules = Array.from({ length: RULES }, (_, at) => {
      const isExpression = generator.below(2) === 0
      const condition = randomCondition(generator, isExpression)
      const body = isExpression ? { type: 'custom', validator: javascript(condition) } : { type: 'field', rule: demand(condition) }
      return { name: `rule_${at}`, isExpression, condition, body: { name: `rule_${at}`, message: 'No.', ...body } }
    })
    const fields = Object.fromEntries(Object.entries(limits).map(([name, own]) => [name, declared(name, own)]))
    const object = { name: 'thing', fields, validation: { rules: rules.map(({ body }) => body) } }
    const files = { '/app/schemas/thing.object.json': JSON.stringify(object), '/app/objectql.config.json': '{}' }
    const { diagnostics } = await check({ cwd: '/app', host: createMemoryHost(files) })
    const others = diagnostics.filter(({ code, severity }) => severity === 'error' || /^rule\/(?!always|never)/.test(code))
    expect(others.map(({ code, message }) => `${code} ${message}`)).toEqual([])
    const rows = Array.from(
      { length: 400 },
      (): Row =>
        Object.fromEntries(
          Object.entries(limits).map(([name, own]) => {
            const values = allowed(name, own)
            return [name, values[generator.below(values.length)] ?? null]
          }),
        ),
    )
    for (const { name, condition, body, isExpression } of rules) {
      const outcomes = new Set(rows.map((row) => holds(condition, row, isExpression)))
      const code = diagnostics.find(({ message }) => message.includes(`"${name}"`))?.code
      if (code === undefined) {
        if (outcomes.size === 1) missed++
        continue
      }
      const isAlways = code === 'rule/always-fails'
      told[isAlways ? 'always' : 'never']++
      expect([...outcomes], `${code} seed ${seed}\n${JSON.stringify({ body, fields })}`).toEqual([!isAlways])
    }
  }
  console.log(`decided rules: ${JSON.stringify(told)}, ${missed} not told`)
  expect(Math.min(told.always, told.never)).toBeGreaterThan(CASES / 200)
}, 120_000)
