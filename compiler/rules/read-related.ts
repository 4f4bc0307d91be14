import type { RuleNode } from './rule-node.ts'
import { RuleProblem } from './rule-problem.ts'
import type { ReadCheck, RuleScope } from './rule-scope.ts'

/** What must be there, or must not, among related records. @throws RuleProblem */
export function readRelated(node: RuleNode, { object }: RuleScope): readonly ReadCheck[] {
  const condition = node.member('condition', 'rule') ?? node
  const lookup = condition.member('lookup')
  if (lookup) {
    const own = lookup.member('match_field')?.text()
    const target = lookup.member('object')?.text() ?? object.fields.find(({ name }) => name === own)?.reference?.objects[0]
    if (own === undefined || target === undefined)
      throw new RuleProblem('incomplete', lookup.span, 'a lookup has an object and the field that leads to it')
    const filter = lookup.member('validate', 'filter')
    return [
      {
        check: {
          kind: 'related',
          object: target,
          field: lookup.member('target_field')?.text() ?? 'id',
          matches: own,
          ...(filter ? { filter: filter.value } : {}),
          expects: 'some',
        },
        about: [own],
      },
    ]
  }
  const related = condition.member('has_related')
  const child = related?.member('object')?.text()
  const field = related?.member('relation_field', 'field')?.text()
  if (!related || child === undefined || field === undefined)
    throw new RuleProblem('incomplete', condition.span, 'it needs "lookup" or "has_related", with an object and a field')
  const filter = related.member('filter', 'filters', 'where')
  return [{ check: { kind: 'related', object: child, field, matches: 'id', ...(filter ? { filter: filter.value } : {}), expects: 'none' } }]
}
