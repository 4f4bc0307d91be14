import type { LinkedObject } from '../3-link/model.ts'
import { nearest } from '../diagnostics/suggest.ts'
import type { ExpressionSchema } from '../expression/schema.ts'
import type { RuleCheck } from '../ir/rule.ts'
import { readFilter } from './read-filter.ts'
import type { RuleNode } from './rule-node.ts'
import { RuleProblem } from './rule-problem.ts'
import type { ReadCheck, RuleScope } from './rule-scope.ts'

/** What must be there, or must not, among related records. @throws RuleProblem */
export function readRelated(node: RuleNode, { object, schema }: RuleScope): readonly ReadCheck[] {
  const condition = node.member('condition', 'rule', 'constraint') ?? node
  const lookup = condition.member('lookup')
  if (lookup) return [lookupCheck(lookup, object, schema)]
  const related = condition.member('has_related')
  const child = related?.member('object')?.text()
  const field = related?.member('relation_field', 'field')?.text()
  if (!related || child === undefined || field === undefined)
    throw new RuleProblem('incomplete', condition.span, 'it needs "lookup" or "has_related", with an object and a field')
  known(field, related, schema, child)
  const filter = related.member('filter', 'filters', 'where')
  return [{ check: { kind: 'related', object: child, field, matches: 'id', ...filterOf(filter, schema, child), expects: 'none' } }]
}

function lookupCheck(lookup: RuleNode, object: LinkedObject, schema: ExpressionSchema): ReadCheck {
  const own = lookup.member('match_field', 'via', 'lookup_field')?.text()
  const target = lookup.member('object')?.text() ?? targetOf(object, own)
  if (own === undefined || target === undefined)
    throw new RuleProblem('incomplete', lookup.span, 'a lookup has an object and the field that leads to it')
  known(own, lookup, schema, object.name)
  const field = lookup.member('target_field')?.text() ?? 'id'
  known(field, lookup, schema, target)
  const filter = lookup.member('validate', 'filter', 'filters')
  const check: RuleCheck = { kind: 'related', object: target, field, matches: own, ...filterOf(filter, schema, target), expects: 'some' }
  return { check, about: [own] }
}

const targetOf = ({ fields }: LinkedObject, own: string | undefined): string | undefined =>
  fields.find(({ name }) => name === own)?.reference?.objects[0]

const filterOf = (filter: RuleNode | undefined, schema: ExpressionSchema, target: string) =>
  filter && filter.value !== null ? { filter: readFilter(filter.value, filter.span, schema, target) } : {}

/** @throws RuleProblem for a field or an object that is not there. */
function known(field: string, node: RuleNode, schema: ExpressionSchema, object: string): void {
  const names = schema.fieldNames(object)
  if (schema.field(object, 'id') === undefined) throw new RuleProblem('unknown-field', node.span, `there is no object "${object}"`)
  if (schema.field(object, field) !== undefined) return
  const meant = nearest(field, names)
  throw new RuleProblem('unknown-field', node.span, `"${object}" has no field "${field}"`, meant === undefined ? {} : { meant })
}

/**
 * `relationships: { account: { validate: { … } } }` of a business rule: what must hold of the records that lookups lead to. The key, or `via`, is
 * the lookup. @throws RuleProblem
 */
export function readRelationships(relationships: RuleNode, { object, schema }: RuleScope): readonly ReadCheck[] {
  return relationships.members().map(([name, node]): ReadCheck => {
    const own = node.member('via', 'match_field', 'lookup_field')?.text() ?? name
    const target = targetOf(object, own)
    if (target === undefined) throw new RuleProblem('unknown-field', node.span, `"${own}" is no lookup of "${object.name}"`)
    const condition = node.member('validate', 'condition', 'filter') ?? node
    const filter = readFilter(withoutWay(condition), node.span, schema, target)
    return { check: { kind: 'related', object: target, field: 'id', matches: own, filter, expects: 'some' }, about: [own] }
  })
}

const WAY: ReadonlySet<string> = new Set(['via', 'match_field', 'lookup_field', 'object', 'type'])

const withoutWay = ({ value }: RuleNode): RuleNode['value'] =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).filter(([key]) => !WAY.has(key)))
    : value
