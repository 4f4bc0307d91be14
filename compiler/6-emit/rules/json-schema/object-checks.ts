import { type Code, code, type Hole, joined, lines, raw } from '../../../code/code.ts'
import { literal } from '../../../code/literal.ts'
import { safeIdentifier } from '../../../ir/identifier.ts'
import type { SchemaKeywords } from '../../../ir/json-schema.ts'
import { camelCase, pascalCase } from '../../../ir/words.ts'
import { tells } from './known-terms.ts'
import { add, alike, block, given, givenOr, statement, whole } from './part-checks.ts'
import { below, fresh, helper, type Part, type SchemaScope } from './schema-scope.ts'
import { noMatch } from './schema-terms.ts'

/** What is said about `value` where it is an object. */
export function objectChecks(schema: SchemaKeywords, scope: SchemaScope): readonly Hole[] {
  const { properties = [], required = [], minProperties = 0, maxProperties, dependentRequired = [], dependentSchemas = [] } = schema
  const checks: Hole[] = []
  const listed = new Set(properties.flatMap(([name, one]) => (one === true ? [] : [name])))
  const others = required.filter((name) => !listed.has(name))
  if (others.length > 0) checks.push(needs(others))
  const count = code`${helper('countMembers')}(value)`
  if (minProperties > 0) checks.push(whole(code`${count} < ${minProperties}`, `must have at least ${members(minProperties)}`))
  if (maxProperties !== undefined) checks.push(whole(code`${count} > ${maxProperties}`, `must have at most ${members(maxProperties)}`))
  for (const [name, one] of properties) {
    if (one === true) continue
    const value = fresh(safeIdentifier(camelCase(name)), scope.used)
    const missing = required.includes(name) ? 'is required' : undefined
    const found = givenOr(missing, one, { value, at: below(name) }, scope.stem + pascalCase(name), scope)
    if (found.length > 0) checks.push(code`const ${raw(value)} = ${helper('member')}(value, ${name})`, ...found)
  }
  const has = (name: string): Code => code`${helper('member')}(value, ${name}) !== undefined`
  for (const [name, names] of dependentRequired) if (names.length > 0) checks.push(statement([{ bad: has(name), call: needs(names) }]))
  for (const [name, one] of dependentSchemas) {
    const found = alike(one, true, `${scope.stem}With${pascalCase(name)}`, scope)
    if (found.length > 0) checks.push(block(has(name), found))
  }
  if (schema.additionalProperties !== undefined) checks.push(...tells(scope, 'knowsAll'))
  else if (properties.length > 0) checks.push(...tells(scope, 'knows', raw(literal(properties.map(([name]) => name)))))
  return [...checks, ...memberChecks(schema, scope)]
}

const needs = (names: readonly string[]): Code => code`${helper('needs')}(value, ${raw(literal(names))}, at, problems)`

const members = (count: number): string => `${count} ${count === 1 ? 'member' : 'members'}`

/** What holds of every member, whatever its name. */
function memberChecks(schema: SchemaKeywords, scope: SchemaScope): readonly Hole[] {
  const { properties = [], patternProperties = [], additionalProperties = true, propertyNames = true } = schema
  const part: Part = { value: 'item', at: 'inside' }
  const named = given(propertyNames, { value: 'name', at: part.at }, `${scope.stem}Name`, scope)
  const inner: Hole[] = [...named]
  let isPlaced = named.length > 0
  const patterns = patternProperties.map(([pattern, one]) => ({ one, isOther: noMatch(pattern, raw('name'), scope.declare) }))
  for (const { one, isOther } of patterns) {
    const found = given(one, part, `${scope.stem}Matching`, scope)
    // All of them are known where others are looked at, too.
    const told = schema.additionalProperties === undefined ? tells(scope, 'knows', raw('[name]')) : []
    if (found.length + told.length > 0) inner.push(block(code`!(${isOther})`, [...found, ...told]))
    isPlaced ||= found.length > 0
  }
  const found =
    additionalProperties === false ? [add(part.at, 'is not known')] : given(additionalProperties, part, `${scope.stem}Other`, scope)
  if (found.length > 0) {
    isPlaced = true
    const known = properties.map(([name]) => name)
    const conditions: Hole[] = [
      ...(known.length === 0 ? [] : [code`!${raw(literal(known))}.includes(name)`]),
      ...patterns.map(({ isOther }) => isOther),
    ]
    inner.push(...(conditions.length === 0 ? found : [block(joined(conditions, ' && '), found)]))
  }
  if (inner.length === 0) return []
  const usesItem = /\bitem\b/.test(JSON.stringify(inner))
  return [
    code`
for (const ${raw(usesItem ? '[name, item]' : 'name')} of Object.${raw(usesItem ? 'entries' : 'keys')}(value)) {
  ${lines([...(isPlaced ? [code`const inside = ${helper('place')}(at, name)`] : []), ...inner])}
}`,
  ]
}
