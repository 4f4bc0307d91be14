import type { RuleNode } from '../rule-node.ts'
import { RuleProblem } from '../rule-problem.ts'

/** Which keywords there are. `any`: those of both. */
export type Draft = 'draft-07' | '2020-12' | 'any'

/** @throws RuleProblem for a `$schema` that is neither. */
export function draftOf(root: RuleNode): Draft {
  const named = root.members().find(([name]) => name === '$schema')?.[1]
  if (!named) return 'any'
  const match = /^https?:\/\/json-schema\.org\/(?:(draft-07)|draft\/(2020-12))\/schema#?$/.exec(named.text() ?? '')
  if (!match) throw new RuleProblem('not-translatable', named.span, `a schema of another draft than draft-07 and 2020-12`)
  return match[1] === undefined ? '2020-12' : 'draft-07'
}
