import type { JsonSchemaIr, SchemaIr } from '../../ir/json-schema.ts'
import type { RuleNode } from '../rule-node.ts'
import { RuleProblem } from '../rule-problem.ts'
import { circleIn } from './circle-in.ts'
import { draftOf } from './draft.ts'
import { readKeywords } from './read-keywords.ts'
import { resolveReference } from './resolve-reference.ts'

/**
 * A JSON Schema of draft 7 or 2020-12, as `$schema` says; without it, keywords of both. References lead to places of the same document.
 * @throws RuleProblem with the place of what is wrong
 */
export function readJsonSchema(root: RuleNode): JsonSchemaIr {
  const draft = draftOf(root)
  const definitions = new Map<string, SchemaIr>()
  const reference = (node: RuleNode): string => {
    const { key, target } = resolveReference(node, root)
    if (!definitions.has(key)) {
      // A schema may name itself while it is read.
      definitions.set(key, true)
      definitions.set(key, readKeywords(target, { root, draft, reference }))
    }
    return key
  }
  const schema = readKeywords(root, { root, draft, reference })
  const found: JsonSchemaIr = { root: schema, definitions: Object.fromEntries(definitions) }
  const circle = circleIn(found)
  if (circle !== undefined) throw new RuleProblem('bad-schema', root.span, `"${circle}" refers to itself for the same value`)
  return found
}
