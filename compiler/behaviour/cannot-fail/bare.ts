import { Node } from 'ts-morph'

/** Without brackets, assertions and exclamation marks. */
export function bare(node: Node): Node {
  if (
    Node.isParenthesizedExpression(node) ||
    Node.isAsExpression(node) ||
    Node.isNonNullExpression(node) ||
    Node.isSatisfiesExpression(node) ||
    Node.isTypeAssertion(node)
  )
    return bare(node.getExpression())
  return node
}
