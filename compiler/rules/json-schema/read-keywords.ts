import { nearest } from '../../diagnostics/suggest.ts'
import { JSON_FORMATS, type JsonFormat, type JsonType, type SchemaIr, type SchemaKeywords } from '../../ir/json-schema.ts'
import type { Json } from '../../source/json.ts'
import type { RuleNode } from '../rule-node.ts'
import { RuleProblem } from '../rule-problem.ts'
import type { Draft } from './draft.ts'
import { KEYWORDS, REMARKS, UNSUPPORTED } from './keywords.ts'
import { settleUnevaluated } from './settle-unevaluated.ts'
import { withoutIdle } from './without-idle.ts'

export interface SchemaScope {
  readonly root: RuleNode
  readonly draft: Draft
  /** Reads what a `$ref` leads to, once; the name it goes by. */
  readonly reference: (node: RuleNode) => string
}

/** Nobody writes schemas that are deeper. */
const MAX_DEPTH = 50

/** One schema and those inside of it. @throws RuleProblem */
export function readKeywords(node: RuleNode, scope: SchemaScope, depth = 0): SchemaIr {
  if (depth > MAX_DEPTH) throw new RuleProblem('bad-schema', node.span, `it is nested deeper than ${MAX_DEPTH} levels`)
  if (typeof node.value === 'boolean') return node.value
  if (!isMap(node.value)) throw bad(node, 'a schema is an object, or true or false')
  const found: Writable = {}
  const inner = (one: RuleNode): SchemaIr => readKeywords(one, scope, depth + 1)
  for (const [name, one] of node.members()) {
    if (KEYWORDS[scope.draft].has(name)) take(found, name, one, inner, scope)
    else refuseUnknown(name, one)
  }
  // Where items are described one by one, the others go by another name.
  if (isOldTuple(node, scope)) {
    const rest = node.members().find(([name]) => name === 'additionalItems')?.[1]
    if (rest) found.items = inner(rest)
  }
  if (isMap(node.value) && node.value['nullable'] === true && found.types) found.types = [...found.types, 'null']
  return Object.keys(found).length === 0 ? true : settleUnevaluated(withoutIdle(found))
}

type Writable = { -readonly [Key in keyof SchemaKeywords]: SchemaKeywords[Key] }

const isMap = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const bad = (node: RuleNode, problem: string): RuleProblem => new RuleProblem('bad-schema', node.span, problem)

const isOldTuple = (node: RuleNode, { draft }: SchemaScope): boolean =>
  draft !== '2020-12' && node.members().some(([name, one]) => name === 'items' && Array.isArray(one.value))

function refuseUnknown(name: string, node: RuleNode): void {
  if (UNSUPPORTED.has(name)) throw new RuleProblem('not-translatable', node.span, `"${name}" of a JSON Schema`)
  if (KEYWORDS.any.has(name) || REMARKS.has(name) || name.startsWith('x-')) return
  const meant = nearest(name, [...KEYWORDS.any, ...REMARKS])
  // What nobody knows is a remark, too; what is nearly a keyword is not meant to be one.
  if (meant !== undefined) throw new RuleProblem('bad-schema', node.span, `"${name}" is no keyword`, { meant })
}

function take(found: Writable, name: string, node: RuleNode, inner: (one: RuleNode) => SchemaIr, scope: SchemaScope): void {
  const named = <Value>(read: (one: RuleNode) => Value): readonly (readonly [string, Value])[] => {
    if (!isMap(node.value)) throw bad(node, `"${name}" is an object`)
    return node.members().map(([key, one]) => [key, read(one)] as const)
  }
  switch (name) {
    case 'type':
      found.types = typesOf(node)
      return
    case 'enum':
    case 'const': {
      const values = name === 'const' ? [node.value] : listOf(node, name).map(({ value }) => value)
      // Both together allow what both allow.
      if (found.oneValueOf) found.allOf = [...(found.allOf ?? []), { oneValueOf: values }]
      else found.oneValueOf = values
      return
    }
    case '$ref':
      found.ref = scope.reference(node)
      return
    case '$dynamicRef':
      // All of it is one document: no other anchor of that name can come first.
      found.allOf = [...(found.allOf ?? []), { ref: scope.reference(node) }]
      return
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      found[name] = numberOf(node, name)
      return
    case 'multipleOf':
      found.multipleOf = numberOf(node, name)
      if (found.multipleOf <= 0) throw bad(node, '"multipleOf" is more than 0')
      return
    case 'minLength':
    case 'maxLength':
    case 'minItems':
    case 'maxItems':
    case 'minProperties':
    case 'maxProperties':
    case 'minContains':
    case 'maxContains':
      found[name] = countOf(node, name)
      return
    case 'pattern':
      found.pattern = patternOf(node, node.value)
      return
    case 'format':
      if (typeof node.value !== 'string') throw bad(node, '"format" is a text')
      if ((JSON_FORMATS as readonly string[]).includes(node.value)) found.format = node.value as JsonFormat
      return
    case 'uniqueItems':
      if (typeof node.value !== 'boolean') throw bad(node, '"uniqueItems" is true or false')
      if (node.value) found.uniqueItems = true
      return
    case 'items':
      if (!Array.isArray(node.value)) found.items = inner(node)
      else if (scope.draft === '2020-12') throw bad(node, 'a list of schemas goes by "prefixItems"')
      else found.first = schemasOf(node, name, inner)
      return
    case 'prefixItems':
      found.first = schemasOf(node, name, inner)
      return
    case 'additionalItems':
      inner(node)
      return
    case 'contains':
    case 'unevaluatedItems':
    case 'unevaluatedProperties':
    case 'additionalProperties':
    case 'propertyNames':
    case 'not':
    case 'if':
    case 'then':
    case 'else':
      found[name] = inner(node)
      return
    case 'properties':
    case 'dependentSchemas':
      found[name] = [...(found[name] ?? []), ...named(inner)]
      return
    case 'patternProperties':
      found.patternProperties = named(inner)
      for (const [pattern, one] of node.members()) patternOf(one, pattern)
      return
    case 'required':
      found.required = namesOf(node, name)
      return
    case 'dependentRequired':
      found.dependentRequired = [...(found.dependentRequired ?? []), ...named((one) => namesOf(one, name))]
      return
    case 'dependencies':
      for (const [key, one] of node.members()) {
        if (Array.isArray(one.value)) found.dependentRequired = [...(found.dependentRequired ?? []), [key, namesOf(one, name)]]
        else found.dependentSchemas = [...(found.dependentSchemas ?? []), [key, inner(one)]]
      }
      named(() => undefined)
      return
    case 'allOf':
      found.allOf = [...(found.allOf ?? []), ...schemasOf(node, name, inner)]
      return
    case 'anyOf':
    case 'oneOf':
      found[name] = schemasOf(node, name, inner)
      return
    case '$id':
      if (typeof node.value !== 'string') throw bad(node, '"$id" is a text')
      if (node.pointer !== `${scope.root.pointer}/$id` && !node.value.startsWith('#'))
        throw new RuleProblem('not-translatable', node.span, 'a schema with an "$id" of its own inside of another')
      return
    case 'definitions':
    case '$defs':
      // Nothing refers to some of them, and they are wrong all the same.
      named(inner)
      return
    default:
      return
  }
}

const TYPES: ReadonlySet<string> = new Set(['string', 'number', 'integer', 'boolean', 'null', 'array', 'object'])

function typesOf(node: RuleNode): readonly JsonType[] {
  const items = node.items()
  for (const item of items) {
    if (typeof item.value === 'string' && TYPES.has(item.value)) continue
    const meant = typeof item.value === 'string' ? nearest(item.value, TYPES) : undefined
    const problem = `${JSON.stringify(item.value)} is no type`
    throw new RuleProblem('bad-schema', item.span, problem, meant === undefined ? {} : { meant, isExact: true })
  }
  if (items.length === 0) throw bad(node, '"type" names no type')
  const types = items.map(({ value }) => value as JsonType)
  if (new Set(types).size < types.length) throw bad(node, '"type" names one type twice')
  return types
}

function listOf(node: RuleNode, name: string): readonly RuleNode[] {
  if (!Array.isArray(node.value)) throw bad(node, `"${name}" is a list`)
  return node.items()
}

function schemasOf(node: RuleNode, name: string, inner: (one: RuleNode) => SchemaIr): readonly SchemaIr[] {
  const items = listOf(node, name)
  if (items.length === 0) throw bad(node, `"${name}" is an empty list`)
  return items.map(inner)
}

function namesOf(node: RuleNode, name: string): readonly string[] {
  const names = listOf(node, name).map((item) => {
    if (typeof item.value !== 'string') throw bad(item, `"${name}" is a list of names`)
    return item.value
  })
  if (new Set(names).size < names.length) throw bad(node, `"${name}" has one name twice`)
  return names
}

function numberOf(node: RuleNode, name: string): number {
  if (typeof node.value === 'number' && Number.isFinite(node.value)) return node.value
  throw bad(node, `"${name}" is a number`)
}

function countOf(node: RuleNode, name: string): number {
  const count = numberOf(node, name)
  if (Number.isInteger(count) && count >= 0) return count
  throw bad(node, `"${name}" is a whole number, 0 or more`)
}

function patternOf(node: RuleNode, pattern: Json): string {
  if (typeof pattern !== 'string') throw bad(node, '"pattern" is a text')
  try {
    new RegExp(pattern, 'u')
    return pattern
  } catch (error) {
    throw bad(node, error instanceof Error ? error.message.replace(/\.$/, '') : String(error))
  }
}
