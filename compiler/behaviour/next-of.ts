import { type Identifier, Node, ts } from 'ts-morph'

/** The parameter by which a middleware calls on, or `none` where it has none; undefined where it cannot be told. */
export function nextOf(node: Node): Identifier | 'none' | undefined {
  if (!Node.isParametered(node)) return undefined
  const [context, next] = node.getParameters()
  if (context?.isRestParameter() || next?.isRestParameter()) return undefined
  const name = next?.getNameNode()
  return name === undefined ? 'none' : Node.isIdentifier(name) ? name : undefined
}

/** The function that a node belongs to. */
export const ownerOf = (node: Node): Node | undefined => node.getFirstAncestor((one) => ts.isFunctionLike(one.compilerNode))

/** The whole of what a function returns, or a branch of it. */
export function isAnswer(node: Node, owner: Node): boolean {
  const parent = node.getParent()
  if (Node.isReturnStatement(parent)) return ownerOf(parent) === owner
  if (parent === owner) return Node.isArrowFunction(owner) && owner.getBody() === node
  if (Node.isParenthesizedExpression(parent)) return isAnswer(parent, owner)
  return Node.isConditionalExpression(parent) && parent.getCondition() !== node && isAnswer(parent, owner)
}
