import type { random } from '../random.ts'

type Random = ReturnType<typeof random>
type Schema = boolean | { [keyword: string]: unknown }

const NAMES = ['a', 'b', 'value', 'a/b', '~', 'to string', 'constructor', 'A`${x}']
const TEXTS = ['', 'a', 'ab', 'aB1', '😀', "it's", '2024-02-30', 'value']
const NUMBERS = [0, 1, -1, 2.5, 3, 10, 1e6]
const PATTERNS = ['^a', '[0-9]', '^.{1,2}$', 'b$', '^\\p{L}+$']
const TYPES = ['string', 'number', 'integer', 'boolean', 'null', 'array', 'object']

export function randomJson(random: Random, depth = 0): unknown {
  const roll = random.below(depth > 2 ? 5 : 9)
  if (roll === 0) return null
  if (roll === 1) return random.chance(0.5)
  if (roll === 2) return random.pick(NUMBERS)
  if (roll < 5) return random.pick(TEXTS)
  if (roll < 7) return Array.from({ length: random.below(4) }, () => randomJson(random, depth + 1))
  return Object.fromEntries(Array.from({ length: random.below(5) }, () => [random.pick(NAMES), randomJson(random, depth + 1)]))
}

/** `draft`: what `$schema` says; undefined: nothing. References go to `#` and to the definitions `x` and `y`. */
export function randomSchema(random: Random): { readonly [keyword: string]: unknown } {
  const draft = random.pick(['draft-07', '2020-12', undefined] as const)
  const definitions = { x: part(random, draft, 1), 'y/z': part(random, draft, 1) }
  const body = part(random, draft, 0)
  const $schema =
    draft === 'draft-07'
      ? { $schema: 'http://json-schema.org/draft-07/schema#' }
      : draft
        ? { $schema: 'https://json-schema.org/draft/2020-12/schema' }
        : {}
  return {
    ...$schema,
    ...(typeof body === 'object' ? body : { allOf: [body] }),
    [draft === '2020-12' ? '$defs' : 'definitions']: definitions,
  }
}

type Draft = 'draft-07' | '2020-12' | undefined

function part(random: Random, draft: Draft, depth: number): Schema {
  if (depth > 3) return random.chance(0.3) ? random.chance(0.5) : { type: random.pick(TYPES) }
  if (random.chance(0.06)) return random.chance(0.6)
  const inner = (): Schema => part(random, draft, depth + 1)
  // A reference in draft 7 stands alone; to the whole only below a member, so that it ends with the value.
  if (depth > 0 && random.chance(0.12)) return { $ref: `#/${draft === '2020-12' ? '$defs' : 'definitions'}/${random.pick(['x', 'y~1z'])}` }
  const schema: { [keyword: string]: unknown } = {}
  const maybe = (chance: number, keyword: string, value: () => unknown): void => {
    if (random.chance(chance)) schema[keyword] = value()
  }
  const some = <Value>(make: () => Value, most: number): Value[] => Array.from({ length: 1 + random.below(most) }, make)
  const named = (make: () => unknown): object => Object.fromEntries(some(() => [random.pick(NAMES), make()], 3))
  const names = (): string[] => [...new Set(some(() => random.pick(NAMES), 2))]
  const isOld = draft === 'draft-07'
  const isNew = draft === '2020-12'
  maybe(0.5, 'type', () =>
    random.chance(0.7) ? random.pick([...TYPES, 'object', 'array']) : [...new Set(some(() => random.pick(TYPES), 3))],
  )
  switch (random.below(6)) {
    case 0:
      for (const keyword of ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum']) maybe(0.3, keyword, () => random.pick(NUMBERS))
      maybe(0.3, 'multipleOf', () => random.pick([1, 2, 0.5, 0.1]))
      break
    case 1:
      maybe(0.4, 'minLength', () => random.below(3))
      maybe(0.4, 'maxLength', () => random.below(4))
      maybe(0.4, 'pattern', () => random.pick(PATTERNS))
      break
    case 2:
      if (isOld && random.chance(0.4)) {
        schema['items'] = some(inner, 2)
        maybe(0.5, 'additionalItems', inner)
      } else maybe(0.6, 'items', inner)
      if (isNew) maybe(0.4, 'prefixItems', () => some(inner, 2))
      maybe(0.2, 'minItems', () => random.below(3))
      maybe(0.2, 'maxItems', () => random.below(4))
      maybe(0.2, 'uniqueItems', () => random.chance(0.8))
      maybe(0.3, 'contains', inner)
      if (isNew) maybe(0.3, 'minContains', () => random.below(3))
      if (isNew) maybe(0.3, 'maxContains', () => random.below(3))
      if (isNew) maybe(0.2, 'unevaluatedItems', inner)
      break
    case 3:
    case 4:
      maybe(0.7, 'properties', () => named(inner))
      maybe(0.3, 'patternProperties', () => ({ [random.pick(PATTERNS)]: inner() }))
      maybe(0.4, 'additionalProperties', () => (random.chance(0.4) ? false : inner()))
      maybe(0.15, 'propertyNames', inner)
      maybe(0.4, 'required', names)
      maybe(0.15, 'minProperties', () => random.below(3))
      maybe(0.15, 'maxProperties', () => random.below(4))
      if (isOld) maybe(0.2, 'dependencies', () => named(() => (random.chance(0.5) ? names() : inner())))
      if (isNew) maybe(0.2, 'dependentRequired', () => named(names))
      if (isNew) maybe(0.2, 'dependentSchemas', () => named(inner))
      if (isNew) maybe(0.2, 'unevaluatedProperties', inner)
      break
    default:
      maybe(0.4, 'enum', () => [...new Map(some(() => randomJson(random, 2), 4).map((one) => [JSON.stringify(one), one])).values()])
      maybe(0.2, 'const', () => randomJson(random, 2))
  }
  maybe(0.1, 'allOf', () => some(inner, 2))
  maybe(0.1, 'anyOf', () => some(inner, 3))
  maybe(0.1, 'oneOf', () => some(inner, 3))
  maybe(0.08, 'not', inner)
  if (random.chance(0.1)) {
    schema['if'] = inner()
    maybe(0.7, 'then', inner)
    maybe(0.7, 'else', inner)
  }
  return schema
}
