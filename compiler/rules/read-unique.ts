import { fieldOf, namedFields } from './condition.ts'
import { readFilter } from './read-filter.ts'
import type { RuleNode } from './rule-node.ts'
import { RuleProblem } from './rule-problem.ts'
import type { ReadCheck, RuleScope } from './rule-scope.ts'

/** No two records have the same values in these fields. @throws RuleProblem */
export function readUnique(node: RuleNode, { schema }: RuleScope): readonly ReadCheck[] {
  const named = node.member('fields', 'field')
  const key = [...new Set(namedFields(named))]
  if (!named || key.length === 0) throw new RuleProblem('incomplete', node.span, 'it names no field')
  for (const item of named.items()) {
    const { type } = fieldOf(item, schema)
    if (type === 'list' || type === 'structure') throw new RuleProblem('wrong-type', item.span, `a ${type} cannot be unique`)
  }
  const scope = node.member('scope')
  const isCaseSensitive = node.member('case_sensitive')?.value !== false
  return [
    {
      check: {
        kind: 'unique',
        key,
        isCaseSensitive,
        ...(scope && scope.value !== null ? { scope: readFilter(scope.value, scope.span, schema, schema.object) } : {}),
      },
      about: key,
    },
  ]
}
