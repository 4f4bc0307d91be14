import { type Code, code, type Hole, raw, sym } from '../../../code/code.ts'
import { literal } from '../../../code/literal.ts'
import type { JsonType, SchemaKeywords } from '../../../ir/json-schema.ts'
import { meantTypes } from '../../meant-types.ts'
import { mustBe } from '../../must-be.ts'
import { compilePattern } from '../../objects/value-check.ts'
import { RUNTIME } from '../module-scope.ts'

/** A condition that is true for a value that is wrong, and what is said then. */
export interface SchemaTerm {
  readonly bad: Code
  readonly problem: string
}

/** Values of an enum that are listed in a message. */
const MAX_LISTED = 10
const MAX_SHOWN = 200

/** Keywords that look inside of a value, or at other schemas. */
const DEEP = [
  ...['ref', 'first', 'items', 'minItems', 'maxItems', 'uniqueItems', 'contains', 'properties', 'patternProperties'],
  ...['additionalProperties', 'propertyNames', 'required', 'minProperties', 'maxProperties', 'dependentRequired', 'dependentSchemas'],
  ...['allOf', 'anyOf', 'oneOf', 'not', 'if', 'unevaluatedItems', 'unevaluatedProperties'],
] as const

/** Nothing but the type of the value, numbers, texts and lists of values. */
export const isFlat = (schema: SchemaKeywords): boolean => DEEP.every((keyword) => schema[keyword] === undefined)

const helper = (name: string): Hole => sym(name, RUNTIME)

/** What a value has to be by itself; `constant` declares a regular expression. */
export function schemaTerms(
  schema: SchemaKeywords,
  value: Hole,
  constant: (pattern: Code) => Code,
): { readonly type: readonly SchemaTerm[]; readonly others: readonly SchemaTerm[] } {
  const { types, oneValueOf } = schema
  const only = types?.length === 1 ? types[0] : undefined
  const others: SchemaTerm[] = []
  if (oneValueOf) others.push(oneOfTerm(oneValueOf, value))
  const about = (kinds: readonly JsonType[], test: string, wrong: Code, problem: string): void => {
    others.push({ bad: only && kinds.includes(only) ? wrong : code`typeof ${value} === ${test} && ${wrong}`, problem })
  }
  const number = (wrong: Code, problem: string): void => about(['number', 'integer'], 'number', wrong, problem)
  const text = (wrong: Code, problem: string): void => about(['string'], 'string', wrong, problem)
  const bound = (name: 'minimum' | 'maximum' | 'exclusiveMinimum' | 'exclusiveMaximum', bad: string, words: string): void => {
    const limit = schema[name]
    if (limit !== undefined) number(code`${value} ${raw(bad)} ${raw(literal(limit))}`, `must be ${words} ${limit}`)
  }
  bound('minimum', '<', 'at least')
  bound('maximum', '>', 'at most')
  bound('exclusiveMinimum', '<=', 'more than')
  bound('exclusiveMaximum', '>=', 'less than')
  const { multipleOf, minLength, maxLength, pattern, format } = schema
  if (multipleOf !== undefined)
    number(code`!${helper('isMultiple')}(${value}, ${raw(literal(multipleOf))})`, `must be a multiple of ${multipleOf}`)
  if (minLength !== undefined && minLength > 0)
    text(code`!${helper('isLongEnough')}(${value}, ${minLength})`, `must have at least ${characters(minLength)}`)
  if (maxLength !== undefined) text(code`${helper('isLongerThan')}(${value}, ${maxLength})`, `must have at most ${characters(maxLength)}`)
  if (pattern !== undefined) text(noMatch(pattern, value, constant), `must match ${pattern}`)
  if (format !== undefined) text(code`!${helper('hasFormat')}(${value}, ${format})`, `must look like the format "${format}"`)
  return { type: types ? [typeTerm(types, value)] : [], others }
}

export function noMatch(pattern: string, value: Hole, constant: (pattern: Code) => Code): Code {
  const { source, flags } = compilePattern(pattern) ?? /(?:)/
  return code`!${helper('isMatch')}(${value}, ${constant(code`new RegExp(${source}, ${flags})`)})`
}

const characters = (count: number): string => `${count} ${count === 1 ? 'character' : 'characters'}`

function typeTerm(types: readonly JsonType[], value: Hole): SchemaTerm {
  const meant = meantTypes(types)
  const parts = meant.map((type) => wrongType(type, value))
  const bad = parts.slice(1).reduce((all, part) => code`${all} && ${part}`, parts[0] as Code)
  return { bad, problem: mustBe(types) }
}

function wrongType(type: JsonType, value: Hole): Code {
  switch (type) {
    case 'null':
      return code`${value} !== null`
    case 'array':
      return code`!${helper('isList')}(${value})`
    case 'object':
      return code`!${helper('isObject')}(${value})`
    case 'integer':
      return code`!${helper('isWhole')}(${value})`
    default:
      return code`typeof ${value} !== ${type}`
  }
}

function oneOfTerm(values: NonNullable<SchemaKeywords['oneValueOf']>, value: Hole): SchemaTerm {
  const [only] = values
  const shown =
    values.length === 0
      ? 'nothing'
      : values
          .slice(0, MAX_LISTED)
          .map((one) => JSON.stringify(one))
          .join(', ')
  const listed = `${shown.slice(0, MAX_SHOWN).toWellFormed()}${values.length > MAX_LISTED || shown.length > MAX_SHOWN ? ' …' : ''}`
  const problem = values.length === 1 ? `must be ${listed}` : `must be one of ${listed}`
  if (values.length === 1 && (typeof only !== 'object' || only === null)) return { bad: code`${value} !== ${raw(literal(only))}`, problem }
  return { bad: code`!${helper('isOneOf')}(${value}, ${raw(literal(values))})`, problem }
}
