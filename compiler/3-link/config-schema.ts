import { diagnose } from '../diagnostics/diagnose.ts'
import type { Json } from '../source/json.ts'
import type { Span } from '../source/span.ts'
import { isJsonObject } from './attributes.ts'
import { pointerStep } from './pointer.ts'
import type { Report } from './report.ts'
import { annotationsOf, type SchemaObject } from './schema-object.ts'

/** A JSON Schema reduced to what decides types. */
export interface ReducedSchema {
  readonly root: SchemaObject
  /** Parts that references point at, by pointer into the original. In reduced schemas `$ref` holds such a pointer; '' is the root. */
  readonly parts: ReadonlyMap<string, SchemaObject>
}

/** Where the values of a schema stand in the input. */
export interface SchemaOrigin {
  readonly spanOf: (pointer: string) => Span
  readonly report: Report
}

interface Reduction extends SchemaOrigin {
  readonly document: SchemaObject
  readonly parts: Map<string, SchemaObject>
}

/** Where in the document a schema stands. */
interface Place {
  readonly pointer: string
  readonly depth: number
  /** The part this schema is an alternative of, with no object or list between them: a reference to it would be a circle. */
  readonly within?: string
}

/** Deeper schemas describe anything. */
const DEEPEST = 60

/**
 * The part of a schema that types are made of: known keywords of the right shape, references into the schema itself. What is
 * misspelt, or refers to other documents, is reported and left out: nothing is ever fetched.
 */
export function reduceConfigSchema(document: SchemaObject, origin: SchemaOrigin): ReducedSchema {
  const reduction: Reduction = { ...origin, document, parts: new Map() }
  const root = reduce(document, { pointer: '', depth: 0, within: '' }, reduction)
  return { root: isJsonObject(root) ? root : { type: 'any' }, parts: reduction.parts }
}

function reduce(schema: Json, place: Place, reduction: Reduction): Json {
  if (schema === true || place.depth > DEEPEST) return { type: 'any' }
  if (schema === false) return false
  if (!isJsonObject(schema)) return misplaced(place.pointer, 'a schema', reduction) ?? { type: 'any' }
  const annotations = annotationsOf(schema)
  const constraints = constraintsOf(schema, place, reduction)
  const { $ref } = schema
  const reference = $ref === undefined ? undefined : reduceReference($ref, place, reduction)
  // Said outright: the printer of types takes a schema with nothing but a description for an object. The type is draft 3's.
  if (reference === undefined) return isEmpty(constraints) ? { ...annotations, type: 'any' } : { ...annotations, ...constraints }
  if (isEmpty(annotations) && isEmpty(constraints)) return reference
  return { ...annotations, allOf: isEmpty(constraints) ? [reference] : [reference, constraints] }
}

const isEmpty = (value: object): boolean => Object.keys(value).length === 0

/** Reports a value that is not what belongs there. */
function misplaced(pointer: string, expected: string, { spanOf, report }: Reduction): undefined {
  report(diagnose('link/config-schema-shape', spanOf(pointer), { keyword: pointer === '' ? '#' : `#${pointer}`, expected }))
  return undefined
}

function constraintsOf(schema: SchemaObject, place: Place, reduction: Reduction): SchemaObject {
  const at = (keyword: string): Keyword => ({ value: schema[keyword], place: inside(place, keyword), reduction })
  const properties = propertiesOf(at('properties'))
  const type = typeOf(at('type'))
  const others = otherPropertiesOf(at)
  // An object of which nothing is said holds anything.
  const isFree = properties === undefined && [type].flat().includes('object')
  const found = {
    type,
    enum: enumOf(at('enum')) ?? constOf(schema['const']),
    properties,
    required: requiredOf(at('required'), properties ?? {}),
    additionalProperties: others ?? (isFree ? true : undefined),
    ...itemsOf(at),
    allOf: everyOf(at('allOf')),
    anyOf: someOf(at('anyOf')),
    oneOf: someOf(at('oneOf')),
  }
  return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, Json] => entry[1] !== undefined))
}

interface Keyword {
  readonly value: Json | undefined
  readonly place: Place
  readonly reduction: Reduction
}

const inside = ({ pointer, depth, within }: Place, ...steps: readonly (string | number)[]): Place => ({
  pointer: pointer + steps.map(pointerStep).join(''),
  depth: depth + 1,
  ...(within === undefined ? {} : { within }),
})

/** The place of a value that is held, where a reference to the holder is no circle. */
function held(place: Place, ...steps: readonly (string | number)[]): Place {
  const { pointer, depth } = inside(place, ...steps)
  return { pointer, depth }
}

const TYPES: ReadonlySet<Json> = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'])

function typeOf({ value, place, reduction }: Keyword): Json | undefined {
  const names = [value].flat()
  if (value === undefined || (names.length > 0 && names.every((name) => name !== undefined && TYPES.has(name)))) return value
  return misplaced(place.pointer, 'a type of JSON', reduction)
}

const isScalar = (value: Json): boolean => typeof value !== 'object' || value === null

function enumOf({ value, place, reduction }: Keyword): Json | undefined {
  if (value === undefined) return undefined
  if (!Array.isArray(value) || value.length === 0) return misplaced(place.pointer, 'a list of values', reduction)
  // Values with structure have no short type: what else is said about them decides.
  return value.every(isScalar) ? value : undefined
}

const constOf = (value: Json | undefined): Json | undefined => (value !== undefined && isScalar(value) ? [value] : undefined)

function propertiesOf({ value, place, reduction }: Keyword): SchemaObject | undefined {
  if (value === undefined) return undefined
  if (!isJsonObject(value)) return misplaced(place.pointer, 'schemas by name', reduction)
  // A key `__proto__` would be lost, or worse, in whatever reads the configuration; half a character is no text.
  const names = Object.keys(value).filter((name) => name !== '__proto__' && name.isWellFormed())
  return Object.fromEntries(names.map((name) => [name, reduce(value[name] ?? {}, held(place, name), reduction)]))
}

function requiredOf({ value, place, reduction }: Keyword, properties: SchemaObject): Json | undefined {
  if (value === undefined) return undefined
  if (!Array.isArray(value)) return misplaced(place.pointer, 'a list of property names', reduction)
  return value.filter((name) => typeof name === 'string' && Object.hasOwn(properties, name))
}

function schemaOf({ value, place, reduction }: Keyword): Json | undefined {
  if (value === undefined || typeof value === 'boolean') return value
  return reduce(value, held(place), reduction)
}

/** What properties that are not listed hold: types know no patterns of names, so those of all patterns together. */
function otherPropertiesOf(at: (keyword: string) => Keyword): Json | undefined {
  const additional = schemaOf(at('additionalProperties'))
  const patterns = Object.values(propertiesOf(at('patternProperties')) ?? {})
  if (patterns.length === 0 || additional === true) return additional
  return { anyOf: [...patterns, ...(isJsonObject(additional) ? [additional] : [])] }
}

/** Lists: `items` for all, or one schema for each position (`prefixItems`, formerly a list in `items`). */
function itemsOf(at: (keyword: string) => Keyword): SchemaObject {
  const items = at('items')
  const prefix = at('prefixItems').value === undefined ? items : at('prefixItems')
  if (!Array.isArray(prefix.value)) {
    const all = schemaOf(items)
    return all === undefined || typeof all === 'boolean' ? {} : { items: all }
  }
  const { place, reduction } = prefix
  const rest = schemaOf(prefix === items ? at('additionalItems') : items)
  return {
    items: prefix.value.map((item: Json, index) => reduce(item, held(place, index), reduction)),
    ...(rest === undefined ? {} : { additionalItems: rest }),
  }
}

/** One of several schemas. If one of them takes anything, all of it does. */
function someOf(keyword: Keyword): Json | undefined {
  const schemas = schemasOf(keyword)
  return schemas?.some(isAny) ? undefined : schemas
}

/** Several schemas at once. Those that take anything say nothing. */
function everyOf(keyword: Keyword): Json | undefined {
  const schemas = schemasOf(keyword)?.filter((schema) => !isAny(schema))
  return schemas?.length === 0 ? undefined : schemas
}

const isAny = (schema: Json): boolean => isJsonObject(schema) && schema['type'] === 'any'

function schemasOf({ value, place, reduction }: Keyword): readonly Json[] | undefined {
  if (value === undefined) return undefined
  if (!Array.isArray(value) || value.length === 0) return misplaced(place.pointer, 'a list of schemas', reduction)
  return value.map((item: Json, index) => reduce(item, inside(place, index), reduction))
}

/** A reference into this schema; undefined, and reported, when it cannot be followed. */
function reduceReference($ref: Json, place: Place, reduction: Reduction): SchemaObject | undefined {
  const { document, parts } = reduction
  const refuse = (problem: string): undefined => {
    const span = reduction.spanOf(`${place.pointer}/$ref`)
    reduction.report(diagnose('link/config-schema-reference', span, { reference: JSON.stringify($ref), problem }))
    return undefined
  }
  const pointer = pointerOf($ref)
  if (pointer === undefined) return refuse('is not one like `#/$defs/name`')
  const target = valueAt(document, pointer)
  if (typeof target === 'boolean') return target ? { type: 'any' } : { enum: [] }
  if (!isJsonObject(target)) return refuse('points at nothing in this schema')
  if (place.within !== undefined && leadsTo(place.within, pointer, document)) return refuse('leads back to itself')
  if (pointer !== '' && !parts.has(pointer)) {
    // Known before it is complete: it may refer to itself.
    parts.set(pointer, {})
    const part = reduce(target, { pointer, depth: place.depth + 1, within: pointer }, reduction)
    if (isJsonObject(part)) parts.set(pointer, part)
  }
  return { $ref: pointer }
}

/** The JSON pointer of `#/…`, or undefined for a reference to another document or a named place. */
function pointerOf($ref: Json): string | undefined {
  if (typeof $ref !== 'string' || !/^#(?:\/|$)/.test($ref)) return undefined
  try {
    return decodeURIComponent($ref.slice(1))
  } catch {
    return $ref.slice(1)
  }
}

function valueAt(document: SchemaObject, pointer: string): Json | undefined {
  let value: Json | undefined = document
  for (const step of pointer.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as SchemaObject)[key]
  }
  return value
}

/** Whether the schema at `from` is, by references and alternatives alone, the one at `goal` again. */
function leadsTo(goal: string, from: string, document: SchemaObject, seen: Set<string> = new Set()): boolean {
  if (from === goal) return true
  if (seen.has(from)) return false
  seen.add(from)
  return aliasesOf(valueAt(document, from)).some((pointer) => leadsTo(goal, pointer, document, seen))
}

function aliasesOf(schema: Json | undefined): readonly string[] {
  if (!isJsonObject(schema)) return []
  const own = schema['$ref'] === undefined ? undefined : pointerOf(schema['$ref'])
  const alternatives = ['allOf', 'anyOf', 'oneOf'].flatMap((keyword) => {
    const value = schema[keyword]
    return Array.isArray(value) ? value : []
  })
  return [...(own === undefined ? [] : [own]), ...alternatives.flatMap(aliasesOf)]
}
