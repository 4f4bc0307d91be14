import { Node, SyntaxKind, ts } from 'ts-morph'
import { isAnswer, nextOf } from './next-of.ts'

/** What could reach `next` under another name. */
const REACHES = new Set(['arguments', 'eval'])

/**
 * True when a middleware is proven never to call `next` twice, so that nothing has to watch it: there is one call that no loop and no inner function
 * repeats, or each call ends the function.
 */
export function callsNextOnce(node: Node): boolean {
  if (node.getFirstChildByKind(SyntaxKind.AsteriskToken) !== undefined) return false
  const next = nextOf(node)
  if (next === undefined) return false
  const identifiers = node.getDescendantsOfKind(SyntaxKind.Identifier)
  if (identifiers.some((one) => REACHES.has(one.getText()))) return false
  if (next === 'none') return true
  const uses = identifiers.filter((one) => one !== next && one.getText() === next.getText()).map((one) => one.getParentOrThrow())
  if (!uses.every((use) => isCallOf(use, next.getText()) && !isRepeated(use, node))) return false
  if (uses.length < 2) return true
  // Behind an error of one call another could come.
  return node.getDescendantsOfKind(SyntaxKind.TryStatement).length === 0 && uses.every((use) => isAnswer(awaited(use), node))
}

const isCallOf = (node: Node, name: string): boolean => Node.isCallExpression(node) && node.getExpression().getText() === name

const awaited = (node: Node): Node => {
  const parent = node.getParent()
  return Node.isAwaitExpression(parent) ? parent : node
}

/** Inside of something that may run more than once while the function runs once. */
function isRepeated(call: Node, owner: Node): boolean {
  for (let one = call.getParentOrThrow(); one !== owner; one = one.getParentOrThrow())
    if (ts.isFunctionLike(one.compilerNode) || ts.isClassLike(one.compilerNode) || ts.isIterationStatement(one.compilerNode, false))
      return true
  return false
}
