import type { random } from '../random.ts'

type Random = ReturnType<typeof random>
type Schema = boolean | { readonly [keyword: string]: unknown }

const NAMES = ['a', 'b', 'cc', 'd/', 'known']
const PATTERNS = ['^[ab]$', 'c', '^.$']
const PLAIN = [null, true, 1, 2, 'x', 'yy']

/** Objects and lists with few names and plain values, so that schemas often hold. */
export function randomNested(random: Random, depth = 0): unknown {
  const roll = random.below(depth === 0 ? 5 : depth > 2 ? 12 : 9)
  if (roll < 3)
    return Object.fromEntries(Array.from({ length: random.below(4) }, () => [random.pick(NAMES), randomNested(random, depth + 2)]))
  if (roll < 5) return Array.from({ length: random.below(4) }, () => randomNested(random, depth + 2))
  return random.pick(PLAIN)
}

/** Schemas of 2020-12 in which `unevaluated…` stands beside and inside of all that looks at the same value. */
export function randomUnevaluated(random: Random): { readonly [keyword: string]: unknown } {
  const leaf = (): Schema =>
    random.pick([
      true,
      true,
      {},
      false,
      { type: 'integer' },
      { type: 'string' },
      { minimum: 2 },
      { maxLength: 1 },
      { type: ['null', 'boolean', 'object'] },
    ])
  const some = <Value>(make: () => Value, most: number): Value[] => Array.from({ length: 1 + random.below(most) }, make)
  const named = (make: () => unknown, most: number): object => Object.fromEntries(some(() => [random.pick(NAMES), make()], most))

  // The other half has no keyword that Ajv does not evaluate rightly.
  const isFull = random.chance(0.5)
  function part(depth: number, isDefinition: boolean): Schema {
    if (depth > 3) return random.chance(0.5) ? leaf() : { properties: named(leaf, 2) }
    if (depth > 0 && random.chance(0.05)) return random.chance(0.7)
    if (depth > 0 && random.chance(0.1)) return reference(isDefinition)
    const found: { [keyword: string]: unknown } = {}
    const maybe = (chance: number, keyword: string, value: () => unknown): void => {
      if (random.chance(chance)) found[keyword] = value()
    }
    const alike = (): Schema => part(depth + 1, isDefinition)
    const below = (): Schema => (random.chance(0.75) ? leaf() : part(depth + 2, false))
    maybe(0.08, 'type', () => random.pick(['object', 'array', ['object', 'array']]))
    maybe(0.5, 'properties', () => named(below, 2))
    if (isFull) maybe(0.2, 'patternProperties', () => ({ [random.pick(PATTERNS)]: below() }))
    maybe(0.06, 'additionalProperties', below)
    maybe(0.08, 'propertyNames', () => ({ maxLength: 1 + random.below(2) }))
    maybe(0.2, 'required', () => [random.pick(NAMES)])
    maybe(0.35, 'prefixItems', () => some(below, 2))
    maybe(0.06, 'items', below)
    if (isFull && random.chance(0.15)) {
      found['contains'] = leaf()
      maybe(0.4, 'minContains', () => random.below(3))
      maybe(0.2, 'maxContains', () => 1 + random.below(2))
    }
    maybe(0.15, 'allOf', () => some(alike, 2))
    maybe(0.2, 'anyOf', () => some(alike, 3))
    maybe(0.15, 'oneOf', () => some(alike, 2))
    maybe(0.08, 'not', alike)
    if (isFull && random.chance(0.2)) {
      found['if'] = alike()
      maybe(0.85, 'then', alike)
      maybe(0.7, 'else', alike)
    }
    if (isFull) maybe(0.2, 'dependentSchemas', () => named(alike, 2))
    if (random.chance(0.12)) Object.assign(found, reference(isDefinition))
    const chance = depth === 0 ? 0.8 : 0.12
    maybe(chance, 'unevaluatedProperties', () => (random.chance(0.6) ? false : below()))
    maybe(chance, 'unevaluatedItems', () => (random.chance(0.6) ? false : below()))
    return found
  }

  const isDynamic = isFull && random.chance(0.3)
  // Definitions refer to the last one alone, so that they end.
  const reference = (isDefinition: boolean): { readonly [keyword: string]: unknown } =>
    isDefinition
      ? { $ref: '#/$defs/z' }
      : random.pick([
          { $ref: '#/$defs/x' },
          { $ref: '#/$defs/y' },
          { $ref: '#/$defs/z' },
          isDynamic ? { $dynamicRef: '#dynamic' } : { $ref: '#dynamic' },
        ])
  const y = part(1, true)
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...(part(0, false) as object),
    $defs: {
      x: part(1, true),
      y: typeof y === 'object' ? { ...y, $dynamicAnchor: 'dynamic' } : { $dynamicAnchor: 'dynamic', properties: { a: y } },
      z: { properties: named(leaf, 2), prefixItems: some(leaf, 2) },
    },
  }
}
