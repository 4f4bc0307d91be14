import type { Random } from '../random.ts'

/** A condition as people think of it; every dialect is written from it, and the interpreter reads nothing else. */
export type Thought =
  | {
      readonly kind: 'compare'
      readonly operator: Operator
      readonly field: string
      readonly other: { readonly field: string } | { readonly value: Value }
    }
  | { readonly kind: 'filled'; readonly field: string }
  | { readonly kind: 'in'; readonly field: string; readonly values: readonly Value[] }
  | { readonly kind: 'text'; readonly operator: 'contains' | 'starts_with' | 'ends_with'; readonly field: string; readonly value: string }
  | { readonly kind: 'changed'; readonly field: string }
  | { readonly kind: 'not'; readonly of: Thought }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Thought[] }

export type Operator = '=' | '!=' | '>' | '>=' | '<' | '<='
export type Value = string | number | boolean | null

export const FIELDS = {
  name: 'text',
  note: 'text',
  mail: 'text',
  code: 'text',
  state: 'state',
  amount: 'number',
  limit: 'number',
  starts: 'date',
  ends: 'date',
  is_open: 'boolean',
} as const
export type FieldName = keyof typeof FIELDS
const NAMES = Object.keys(FIELDS) as FieldName[]
const named = (type: string): readonly FieldName[] => NAMES.filter((name) => FIELDS[name] === type)

export const STATES = ['draft', 'open', 'done', 'gone'] as const
const TEXTS = ['', 'a', 'ab', 'B', 'a.b@example.com', 'no mail', 'AB', 'x y', 'ÄÖ', '{{name}}', "it's"]
const NUMBERS = [-5, 0, 1, 2.5, 10, 100, 1000]
const DATES = ['2024-01-01', '2024-02-29', '2025-06-30', '1999-12-31']

export function randomValue(random: Random, field: FieldName): Value {
  if (random.chance(0.2)) return null
  switch (FIELDS[field]) {
    case 'text':
      return random.pick(TEXTS)
    case 'state':
      return random.pick(STATES)
    case 'number':
      return random.pick(NUMBERS)
    case 'date':
      return random.pick(DATES)
    default:
      return random.chance(0.5)
  }
}

const ORDERED = ['=', '!=', '>', '>=', '<', '<='] as const

function comparison(random: Random): Thought {
  const field = random.pick(NAMES)
  const type = FIELDS[field]
  const operator = type === 'boolean' || type === 'state' ? random.pick(['=', '!='] as const) : random.pick(ORDERED)
  const others = named(type).filter((name) => name !== field)
  if (others.length > 0 && random.chance(0.4)) return { kind: 'compare', operator, field, other: { field: random.pick(others) } }
  const value = randomValue(random, field)
  // Null has no order.
  return { kind: 'compare', operator: value === null ? random.pick(['=', '!=']) : operator, field, other: { value } }
}

/** `isStructured`: only what conditions with fields and operators can say. */
export function randomThought(random: Random, isStructured: boolean, depth = 0): Thought {
  const roll = random.below(depth > 2 ? 6 : 10)
  if (roll < 4) return comparison(random)
  if (roll === 4) return { kind: 'filled', field: random.pick(NAMES) }
  if (roll === 5) {
    if (!isStructured) return { kind: 'changed', field: random.pick(NAMES) }
    if (random.chance(0.5)) return { kind: 'in', field: 'state', values: [random.pick(STATES), random.pick(STATES)] }
    const operator = random.pick(['contains', 'starts_with', 'ends_with'] as const)
    return { kind: 'text', operator, field: random.pick(['name', 'note']), value: random.pick(['a', 'b', 'AB', '@']) }
  }
  if (roll === 6 && !isStructured) return { kind: 'not', of: randomThought(random, isStructured, depth + 1) }
  const parts = Array.from({ length: 2 + random.below(2) }, () => randomThought(random, isStructured, depth + 1))
  return { kind: random.chance(0.5) ? 'and' : 'or', parts }
}

export interface AuthoredRule {
  readonly name: string
  /** As it stands in the schema. */
  readonly body: { readonly [key: string]: unknown }
  /** What it means. */
  readonly meaning: Meaning
}

export interface Meaning {
  readonly code: string
  readonly severity: 'error' | 'warning' | 'info'
  readonly message: string
  readonly on: readonly string[]
  readonly isActive: boolean
  readonly skipsBulk: boolean
  readonly priority: number
  /** Written as an expression: it is about a field only where it names one alone. */
  readonly isExpression: boolean
  readonly fields?: readonly string[]
  readonly applies?: Thought
  readonly check:
    | { readonly kind: 'holds'; readonly holds: Thought }
    | { readonly kind: 'implies'; readonly when: Thought; readonly result?: Thought; readonly otherwise?: Thought }
    | {
        readonly kind: 'transition'
        readonly field: string
        readonly transitions: Readonly<Record<string, readonly string[]>>
        readonly initial?: readonly string[]
      }
    | { readonly kind: 'pattern'; readonly field: string; readonly pattern: RegExp }
}
