import { Node, SyntaxKind } from 'ts-morph'
import { isAnswer, nextOf, ownerOf } from './next-of.ts'

/**
 * True when a middleware calls `next` at most to return what it gives, and never goes on after an error: then it needs no promise, and nothing it
 * does not see has to be undone. `node`: a function that is known not to wait by itself.
 */
export function passesOn(node: Node): boolean {
  if (node.getDescendantsOfKind(SyntaxKind.TryStatement).length > 0) return false
  const name = nextOf(node)
  if (name === undefined || name === 'none') return false
  const next = name.getText()
  const isNextCall = (call: Node): boolean =>
    Node.isCallExpression(call) && call.getArguments().length === 0 && call.getExpression().getText() === next
  const uses = node.getDescendantsOfKind(SyntaxKind.Identifier).filter((one) => one !== name && one.getText() === next)
  if (!uses.every((one) => isNextCall(one.getParentOrThrow()) && isAnswer(one.getParentOrThrow(), node))) return false
  return answersOf(node).every((answer) => isPlain(answer, isNextCall))
}

/** What is returned, of this function alone. */
function answersOf(node: Node): readonly Node[] {
  const body = Node.isArrowFunction(node) ? node.getBody() : undefined
  if (Node.isExpression(body)) return [body]
  return node
    .getDescendantsOfKind(SyntaxKind.ReturnStatement)
    .filter((statement) => ownerOf(statement) === node)
    .flatMap((statement) => statement.getExpression() ?? [])
}

/** What `next` gives, or a value that no call gives, which might be a promise. */
function isPlain(node: Node, isNextCall: (node: Node) => boolean): boolean {
  if (isNextCall(node)) return true
  if (Node.isParenthesizedExpression(node)) return isPlain(node.getExpression(), isNextCall)
  if (Node.isConditionalExpression(node)) return isPlain(node.getWhenTrue(), isNextCall) && isPlain(node.getWhenFalse(), isNextCall)
  return !Node.isCallExpression(node) && node.getDescendantsOfKind(SyntaxKind.CallExpression).length === 0
}
