import { Node, SyntaxKind } from 'ts-morph'
import { bare } from './bare.ts'
import { ANY, BOOLEAN, type Kinds, NOTHING, NUMBER, STRING } from './kinds.ts'
import { type Scope, withShown } from './scope.ts'

const KIND_OF_TYPE: Readonly<Record<string, Kinds>> = { string: STRING, number: NUMBER, boolean: BOOLEAN }

/** What is known where a condition holds, or does not. */
export function assume(condition: Node, holds: boolean, scope: Scope): Scope {
  const node = bare(condition)
  if (Node.isPrefixUnaryExpression(node) && node.getOperatorToken() === SyntaxKind.ExclamationToken)
    return assume(node.getOperand(), !holds, scope)
  if (isPlace(node)) return holds ? withShown(scope, node, ANY & ~NOTHING) : scope
  if (!Node.isBinaryExpression(node)) return scope
  const operator = node.getOperatorToken().getText()
  if (operator === (holds ? '&&' : '||')) return assume(node.getRight(), holds, assume(node.getLeft(), holds, scope))
  const isEqual = operator === '===' || operator === '=='
  if (!isEqual && operator !== '!==' && operator !== '!=') return scope
  return compared(bare(node.getLeft()), bare(node.getRight()), isEqual === holds, operator.length === 2, scope)
}

/** `typeof value === 'string'`, `value === null`. */
function compared(left: Node, right: Node, isEqual: boolean, isLoose: boolean, scope: Scope): Scope {
  if (Node.isTypeOfExpression(left) && Node.isStringLiteral(right)) {
    const place = bare(left.getExpression())
    const kinds = KIND_OF_TYPE[right.getLiteralValue()]
    if (!isPlace(place) || kinds === undefined) return scope
    return withShown(scope, place, isEqual ? kinds : ANY & ~kinds)
  }
  const isNothing = Node.isNullLiteral(right) || right.getText() === 'undefined'
  if (!isPlace(left) || !isNothing) return scope
  // One of the two that are nothing may be left where only the other was looked for.
  if (isEqual) return withShown(scope, left, NOTHING)
  return isLoose ? withShown(scope, left, ANY & ~NOTHING) : scope
}

/** Names and members by name: nothing changes them between a test and what stands behind it. */
const isPlace = (node: Node): boolean =>
  Node.isIdentifier(node) || (Node.isPropertyAccessExpression(node) && !node.hasQuestionDotToken() && isPlace(node.getExpression()))
