import { nearest } from '../diagnostics/suggest.ts'
import { not } from '../expression/build.ts'
import { fieldsOf } from '../expression/map-fields.ts'
import { sourceTextOf } from '../expression/recognise.ts'
import type { Typed } from '../expression/typed.ts'
import type { CompiledRule } from '../ir/rule.ts'
import type { Json } from '../source/json.ts'
import { readCondition, readExpression } from './condition.ts'
import { hasMessage, readEnvelope } from './envelope.ts'
import { readFormat, readSchemaRule } from './read-format.ts'
import { readRelated, readRelationships } from './read-related.ts'
import { readTransitions } from './read-transitions.ts'
import { readUnique } from './read-unique.ts'
import { readValidator } from './read-validator.ts'
import type { RuleNode } from './rule-node.ts'
import { RuleProblem } from './rule-problem.ts'
import type { ReadCheck, RuleScope } from './rule-scope.ts'

const HERE = { start: 0, end: 0 } as const

type ReadType = (node: RuleNode, scope: RuleScope) => readonly ReadCheck[]

/**
 * A rule of any type and dialect. A conditional one may be two; one that is switched off is none.
 * @throws RuleProblem
 */
export function readRule(node: RuleNode, scope: RuleScope): readonly CompiledRule[] {
  if (node.member('active')?.value === false || node.member('enabled')?.value === false) return []
  refuseForeign(node)
  const base = readEnvelope(node, scope)
  return checksOf(node, scope).map(({ check, applies, about = [], message }) => {
    const both = base.applies && applies ? all(base.applies, applies) : (base.applies ?? applies)
    return {
      ...base,
      ...(base.about.length === 0 ? { about } : {}),
      ...(message !== undefined && !hasMessage(node) ? { message } : {}),
      ...(both ? { applies: both } : {}),
      ...check,
    }
  })
}

/** What is checked elsewhere. */
function refuseForeign(node: RuleNode): void {
  const contexts = node.member('context')
  if (contexts && !contexts.items().some((one) => ['api', 'all', 'server', '*'].includes((one.text() ?? '').toLowerCase())))
    throw new RuleProblem('not-run', contexts.span, 'its context is not "api", so it is left to user interfaces')
}

/** @throws RuleProblem */
function checksOf(node: RuleNode, scope: RuleScope): readonly ReadCheck[] {
  const type = (node.pointer === '' ? scope.rule.type : (node.member('type')?.text() ?? 'condition')).toLowerCase()
  const read = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined
  if (read) return read(node, scope)
  const named = node.member('type')
  if (type === 'unknown') return condition(node, scope)
  const meant = nearest(type, Object.keys(TYPES))
  throw new RuleProblem('unknown-type', named?.span ?? node.span, type, { ...(meant === undefined ? {} : { meant }), isExact: true })
}

const all = (...parts: readonly Typed[]): Typed => ({ kind: 'and', type: 'boolean', parts, ...HERE })

/** What conditions compare is what they are about; expressions are about the record, unless they name one field alone. */
function holds(condition: Typed, isExpression = false): readonly ReadCheck[] {
  const names = [...new Set(fieldsOf(condition).flatMap(({ root, path: [first = ''] }) => (root === 'record' ? [first] : [])))]
  return [{ check: { kind: 'record', holds: condition }, about: isExpression && names.length > 1 ? [] : names }]
}

const isExpression = (node: RuleNode): boolean => sourceTextOf(node.value) !== undefined || node.member('expression') !== undefined

/** Expressions under `condition` say what is wrong; conditions with fields and operators say what is right. */
const failsWhen: ReadType = (node, { schema }) => {
  const wrong = node.member('condition', 'formula', 'expression')
  if (!wrong) throw new RuleProblem('incomplete', node.span, 'it has no condition')
  const isExpressed = sourceTextOf(wrong.value) !== undefined
  const read = readCondition(wrong, schema, { isDemanded: !isExpressed })
  return sourceTextOf(wrong.value) ? holds(not(read, HERE), true) : holds(read)
}

/** What must hold: under `rule`, under `constraint`, or written out in the rule itself. */
const condition: ReadType = (node, scope) => {
  const { schema } = scope
  const must = node.member('rule', 'constraint')
  if (must) return holds(readCondition(must, schema, { isDemanded: true }), isExpression(must))
  if (node.member('field') && node.member('operator')) return holds(readCondition(node, schema, { isDemanded: true }))
  return failsWhen(node, scope)
}

/** A condition over the record, conditions over the records that its lookups lead to, or both. */
const businessRule: ReadType = (node, scope) => {
  const constraint = node.member('constraint', 'rule') ?? node
  const relationships = constraint.member('relationships')
  if (!relationships) return condition(node, scope)
  const asked = readRelationships(relationships, scope)
  const { relationships: _, ...own } = constraint.value as { readonly [key: string]: Json }
  const holdsOf = Object.keys(own).filter((key) => OWN_CONDITION.has(key))
  return holdsOf.length === 0 ? asked : [...holds(readCondition(constraint, scope.schema, { isDemanded: true })), ...asked]
}

const OWN_CONDITION: ReadonlySet<string> = new Set(['expression', 'formula', 'all_of', 'any_of', 'if', 'if_field', 'field', 'not'])

/** `{ condition, rule }`, or `{ when, then, otherwise }` whose parts may be rules of their own. */
const conditional: ReadType = (node, scope) => {
  const { schema } = scope
  const when = node.member('when', 'condition', 'if')
  const then = node.member('then', 'rule')
  const otherwise = node.member('otherwise', 'else')
  if (!when || !(then || otherwise)) throw new RuleProblem('incomplete', node.span, 'it needs a condition and what must hold then')
  const applies = readCondition(when, schema)
  const part = (inner: RuleNode | undefined, only: Typed): readonly ReadCheck[] => {
    if (!inner) return []
    const checks = inner.member('type')
      ? checksOf(inner, scope)
      : holds(readCondition(inner, schema, { isDemanded: true }), isExpression(inner))
    return checks.map((one) => ({ ...one, applies: one.applies ? all(only, one.applies) : only }))
  }
  return [...part(then, applies), ...part(otherwise, not(applies, HERE))]
}

/** JavaScript that is read and translated, and says that the record is right; or the name of a function. */
const custom: ReadType = (node, scope) => {
  const validator = node.member('validator', 'validate', 'expression', 'condition')
  const source = validator?.text()
  if (validator && source !== undefined) return holds(readExpression({ source, dialect: 'javascript' }, validator, scope.schema), true)
  if (validator && sourceTextOf(validator.value)) return holds(readCondition(validator, scope.schema), true)
  return readValidator(node, scope)
}

const TYPES: Readonly<Record<string, ReadType>> = {
  // The oldest dialect: a formula that is true for what is wrong.
  formula: failsWhen,
  script: failsWhen,
  cross_field: condition,
  field: condition,
  condition,
  business_rule: businessRule,
  conditional,
  custom,
  async: readValidator,
  remote: readValidator,
  state_machine: readTransitions,
  unique: readUnique,
  dependency: readRelated,
  format: readFormat,
  regex: readFormat,
  json_schema: readSchemaRule,
}
