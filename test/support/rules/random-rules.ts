import type { Random } from '../random.ts'
import { randomPattern } from '../random-pattern.ts'

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
  /** A text is searched by a regular expression. */
  | { readonly kind: 'matches'; readonly field: string; readonly pattern: string }
  | { readonly kind: 'not'; readonly of: Thought }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Thought[] }

export type Operator = '=' | '!=' | '>' | '>=' | '<' | '<='
/** What a field holds; structures and lists are JSON. */
export type Value = string | number | boolean | null | readonly unknown[] | { readonly [name: string]: unknown }

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

/** Besides those: lookups, structures, several options. */
export const MIXED_FIELDS = { ...FIELDS, owner: 'keeper', second: 'keeper', settings: 'json', marks: 'marks' } as const
type FieldType = (typeof MIXED_FIELDS)[keyof typeof MIXED_FIELDS]

/** Ways to fields of related records. */
const PATHS: Readonly<Record<string, FieldType>> = {
  'owner.region': 'text',
  'owner.rank': 'number',
  'owner.is_on': 'boolean',
  'owner.boss.region': 'text',
  'second.rank': 'number',
  'second.since': 'date',
}

export const typeOf = (name: string): FieldType => MIXED_FIELDS[name as FieldName] ?? PATHS[name]

/** What conditions are about: fields of the record alone, or those of related records as well. */
export interface Words {
  readonly names: readonly string[]
  readonly lookups: readonly string[]
}

const PLAIN: Words = { names: Object.keys(FIELDS), lookups: [] }
export const MIXED: Words = { names: [...PLAIN.names, ...Object.keys(PATHS)], lookups: ['owner', 'second'] }

const named = ({ names }: Words, type: string): readonly string[] => names.filter((name) => typeOf(name) === type)

export const STATES = ['draft', 'open', 'done', 'gone'] as const
const TEXTS = ['', 'a', 'ab', 'B', 'a.b@example.com', 'no mail', 'AB', 'x y', 'ÄÖ', '{{name}}', "it's"]
const NUMBERS = [-5, 0, 1, 2.5, 10, 100, 1000]
const DATES = ['2024-01-01', '2024-02-29', '2025-06-30', '1999-12-31']

export const KEEPERS = ['k0', 'k1', 'k2', 'k3', 'k4'] as const
export const MARKS = ['red', 'blue', 'green'] as const

/** `json`: what structures hold. */
export function randomValue(random: Random, field: string, json: () => unknown = () => null): Value {
  if (random.chance(0.2)) return null
  switch (typeOf(field)) {
    case 'keeper':
      return random.pick(KEEPERS)
    case 'json':
      return json() as Value
    case 'marks':
      return MARKS.filter(() => random.chance(0.4))
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

/** Some that match some of the texts. */
const PATTERNS = ['^[a-z]+$', '[A-Z]', '@', '^.?$', '^\\w{2}$', 'b']

const ORDERED = ['=', '!=', '>', '>=', '<', '<='] as const

function comparison(random: Random, words: Words): Thought {
  if (words.lookups.length > 0 && random.chance(0.06))
    return { kind: 'compare', operator: random.pick(['=', '!=']), field: 'owner', other: { value: null } }
  const field = random.pick(words.names)
  const type = typeOf(field)
  const operator = type === 'boolean' || type === 'state' ? random.pick(['=', '!='] as const) : random.pick(ORDERED)
  const others = named(words, type).filter((name) => name !== field)
  if (others.length > 0 && random.chance(0.4)) return { kind: 'compare', operator, field, other: { field: random.pick(others) } }
  const value = randomValue(random, field)
  // Null has no order.
  return { kind: 'compare', operator: value === null ? random.pick(['=', '!=']) : operator, field, other: { value } }
}

/** `isStructured`: only what conditions with fields and operators can say. */
export function randomThought(random: Random, isStructured: boolean, depth = 0, words: Words = PLAIN): Thought {
  const inner = (): Thought => randomThought(random, isStructured, depth + 1, words)
  const roll = random.below(depth > 2 ? 6 : 10)
  if (roll < 4) return comparison(random, words)
  if (roll === 4) return { kind: 'filled', field: random.pick(words.names) }
  if (roll === 5) {
    if (!isStructured && random.chance(0.4))
      return {
        kind: 'matches',
        field: random.pick(named(words, 'text')),
        pattern: random.chance(0.5) ? random.pick(PATTERNS) : randomPattern(random),
      }
    if (!isStructured) return { kind: 'changed', field: random.pick([...words.names, ...words.lookups]) }
    if (random.chance(0.5)) return { kind: 'in', field: 'state', values: [random.pick(STATES), random.pick(STATES)] }
    const operator = random.pick(['contains', 'starts_with', 'ends_with'] as const)
    return {
      kind: 'text',
      operator,
      field: random.pick(['name', 'note', ...(words.lookups.length > 0 ? ['owner.region'] : [])]),
      value: random.pick(['a', 'b', 'AB', '@']),
    }
  }
  if (roll === 6 && !isStructured) return { kind: 'not', of: inner() }
  const parts = Array.from({ length: 2 + random.below(2) }, inner)
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
  /** A field it is about that is not said in its `fields`. */
  readonly about?: string
  readonly applies?: Thought
  readonly check:
    | { readonly kind: 'holds'; readonly holds: Thought }
    | { readonly kind: 'implies'; readonly when: Thought; readonly result?: Thought | undefined; readonly otherwise?: Thought | undefined }
    | {
        readonly kind: 'transition'
        readonly field: string
        readonly transitions: Readonly<Record<string, readonly string[]>>
        readonly initial?: readonly string[]
      }
    | { readonly kind: 'pattern'; readonly field: string; readonly pattern: RegExp }
    | { readonly kind: 'schema'; readonly field: string; readonly schema: Schema }
    /** An option is not newly chosen where its condition does not hold. */
    | { readonly kind: 'offered'; readonly field: string; readonly options: readonly { readonly value: string; readonly when: Thought }[] }
    | AskedCheck
}

export type Schema = { readonly [keyword: string]: unknown }

/** What asks other records. */
export type AskedCheck =
  | { readonly kind: 'unique'; readonly key: readonly string[]; readonly isCaseSensitive: boolean; readonly scope?: Thought }
  /** The keeper that a lookup leads to meets a condition. */
  | { readonly kind: 'lookup'; readonly field: string; readonly filter: Thought }
  /** No slip that meets a condition refers to it. */
  | { readonly kind: 'unreferenced'; readonly isDone: boolean }
