import type { RuleNode } from '../rule-node.ts'
import { RuleProblem } from '../rule-problem.ts'

export interface Resolved {
  /** The way there, in one spelling. */
  readonly key: string
  readonly target: RuleNode
}

const memberOf = (node: RuleNode, name: string): RuleNode | undefined => node.members().find(([key]) => key === name)?.[1]

/** What a `$ref` or `$dynamicRef` leads to: a pointer or an anchor in the same document. @throws RuleProblem for anything else. */
export function resolveReference(node: RuleNode, root: RuleNode): Resolved {
  const written = node.text()
  if (written === undefined) throw new RuleProblem('bad-schema', node.span, 'a "$ref" is a text')
  const id = memberOf(root, '$id')?.text()?.replace(/#$/, '')
  const fragment = written.startsWith('#')
    ? written
    : id !== undefined && written.startsWith(id)
      ? written.slice(id.length) || '#'
      : undefined
  if (fragment === undefined || !fragment.startsWith('#'))
    throw new RuleProblem('not-translatable', node.span, `"${written}", a schema that stands elsewhere,`)
  const pointer = decoded(fragment.slice(1), node)
  const target = pointer === '' || pointer.startsWith('/') ? atPointer(root, pointer) : withAnchor(root, pointer)
  if (!target) throw new RuleProblem('bad-schema', node.span, `nothing stands at "${written}"`)
  return { key: `#${pointer}`, target }
}

function decoded(fragment: string, node: RuleNode): string {
  try {
    return decodeURIComponent(fragment)
  } catch {
    throw new RuleProblem('bad-schema', node.span, 'its "$ref" is not written as an address is')
  }
}

function atPointer(root: RuleNode, pointer: string): RuleNode | undefined {
  let found: RuleNode | undefined = root
  for (const step of pointer.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~')
    if (!found) return undefined
    found = Array.isArray(found.value) ? (/^\d+$/.test(name) ? found.items()[Number(name)] : undefined) : memberOf(found, name)
  }
  return found
}

/** `$anchor` or `$dynamicAnchor`, and what draft 7 wrote for it: `$id: "#name"`. */
function withAnchor(node: RuleNode, anchor: string): RuleNode | undefined {
  const isNamed = ['$anchor', '$dynamicAnchor'].some((keyword) => memberOf(node, keyword)?.value === anchor)
  if (isNamed || memberOf(node, '$id')?.value === `#${anchor}`) return node
  const inner = Array.isArray(node.value) ? node.items() : node.members().map(([, child]) => child)
  for (const child of inner) {
    const found = withAnchor(child, anchor)
    if (found) return found
  }
  return undefined
}
