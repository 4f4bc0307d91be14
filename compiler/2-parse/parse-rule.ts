import type { MapNode, Node } from '../1-load/node.ts'
import { reportShape } from './read-attributes.ts'
import { isEmpty, pointerSpans, textOf, toJson } from './read-node.ts'
import type { Report } from './report.ts'
import type { RuleSyntax } from './syntax.ts'

/** Validation rules of any dialect. Their bodies are kept whole: what a rule means depends on its type and is compiled later. */
export function parseRules(node: Node, key: string, report: Report): readonly RuleSyntax[] {
  if (isEmpty(node)) return []
  if (node.kind === 'map') return node.entries.flatMap((entry) => parseRule(entry.value, entry.key, report) ?? [])
  if (node.kind !== 'list') {
    reportShape(node, `"${key}"`, 'a list of rules', report)
    return []
  }
  return node.items.flatMap((item, index) => parseRule(item, `rule_${index + 1}`, report) ?? [])
}

function parseRule(node: Node, inferredName: string, report: Report): RuleSyntax | undefined {
  if (node.kind !== 'map') {
    reportShape(node, 'A rule', 'a map with a "type"', report)
    return undefined
  }
  // The server imports no schema for what stands in the middle of it.
  for (const { key, value } of node.entries)
    if (ASKED_KEYS.has(key) && value.kind === 'function')
      reportShape(value, `"${key}"`, 'the name of a function in a *.validator.ts', report)
  return {
    name: memberText(node, 'name') ?? inferredName,
    type: memberText(node, 'type') ?? inferType(node),
    body: toJson(node),
    spanOf: pointerSpans(node),
    span: node.span,
  }
}

const ASKED_KEYS: ReadonlySet<string> = new Set(['handler', 'validatorFunction', 'validator_function'])

/** The oldest dialect has formulas only and gives no type. */
function inferType(node: MapNode): string {
  return node.entries.some(({ key }) => key === 'formula') ? 'formula' : 'unknown'
}

const memberText = (node: MapNode, key: string): string | undefined =>
  textOf(node.entries.find((entry) => entry.key.toLowerCase() === key)?.value)
