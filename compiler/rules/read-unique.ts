import { fieldOf, namedFields } from './condition.ts'
import type { RuleNode } from './rule-node.ts'
import { RuleProblem } from './rule-problem.ts'
import type { ReadCheck, RuleScope } from './rule-scope.ts'

/** No two records have the same values in these fields. @throws RuleProblem */
export function readUnique(node: RuleNode, { schema }: RuleScope): readonly ReadCheck[] {
  const named = node.member('fields', 'field')
  const fields = [...new Set(namedFields(named))]
  if (!named || fields.length === 0) throw new RuleProblem('incomplete', node.span, 'it names no field')
  for (const item of named.items()) fieldOf(item, schema)
  const scope = node.member('scope')
  const isCaseSensitive = node.member('case_sensitive')?.value !== false
  return [
    {
      check: { kind: 'unique', fields, isCaseSensitive, ...(scope && scope.value !== null ? { scope: scope.value } : {}) },
      about: fields,
    },
  ]
}
