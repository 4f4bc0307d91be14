import { Node, SyntaxKind } from 'ts-morph'

/** What an expression is as far as its text says. `unknown`: some value, known when the program runs. */
export type Literal = { readonly value: unknown } | 'unknown'

/** Stands in for values that are not known: no part of a query's structure. */
export const SOME_VALUE = 'x'

/** A literal, also behind `as const`, in parentheses, and as a constant of this file. Objects may hold unknown values, and spread known objects. */
export function readLiteral(node: Node, depth = 0): Literal {
  const inner = plain(node)
  if (depth > 20) return 'unknown'
  if (Node.isStringLiteral(inner) || Node.isNoSubstitutionTemplateLiteral(inner)) return { value: inner.getLiteralText() }
  if (Node.isNumericLiteral(inner)) return { value: inner.getLiteralValue() }
  if (Node.isTrueLiteral(inner) || Node.isFalseLiteral(inner)) return { value: Node.isTrueLiteral(inner) }
  if (Node.isNullLiteral(inner)) return { value: null }
  if (Node.isPrefixUnaryExpression(inner) && Node.isNumericLiteral(inner.getOperand())) return { value: Number(inner.getText()) }
  if (Node.isIdentifier(inner)) return inner.getText() === 'undefined' ? { value: undefined } : constantOf(inner, depth)
  if (Node.isArrayLiteralExpression(inner)) return readList(inner.getElements(), depth)
  return Node.isObjectLiteralExpression(inner) ? readObject(inner.getProperties(), depth) : 'unknown'
}

function plain(node: Node): Node {
  if (Node.isAsExpression(node) || Node.isSatisfiesExpression(node) || Node.isParenthesizedExpression(node))
    return plain(node.getExpression())
  return node
}

/** A `const` of the same file that nothing between hides. */
function constantOf(name: Node, depth: number): Literal {
  for (let scope: Node | undefined = name.getParent(); scope; scope = scope.getParent()) {
    if (hidesByParameter(scope, name.getText())) return 'unknown'
    if (!Node.isSourceFile(scope) && !Node.isBlock(scope)) continue
    const declaration = scope.getVariableDeclaration(name.getText())
    if (declaration === undefined) continue
    const initializer = declaration.getInitializer()
    const isConstant = declaration.getVariableStatement()?.getDeclarationKind() === 'const'
    return isConstant && initializer !== undefined ? readLiteral(initializer, depth + 1) : 'unknown'
  }
  return 'unknown'
}

const hidesByParameter = (scope: Node, name: string): boolean =>
  Node.isParametered(scope) &&
  scope.getParameters().some((parameter) =>
    parameter
      .getDescendants()
      .concat(parameter)
      .some((part) => Node.isIdentifier(part) && part.getText() === name),
  )

function readList(elements: readonly Node[], depth: number): Literal {
  const items: unknown[] = []
  for (const element of elements) {
    if (Node.isSpreadElement(element)) {
      const spread = readLiteral(element.getExpression(), depth + 1)
      if (spread === 'unknown' || !Array.isArray(spread.value)) return 'unknown'
      items.push(...spread.value)
    } else items.push(memberOf(readLiteral(element, depth + 1)))
  }
  return { value: items }
}

function readObject(properties: readonly Node[], depth: number): Literal {
  const members: [string, unknown][] = []
  for (const property of properties) {
    if (Node.isSpreadAssignment(property)) {
      const spread = readLiteral(property.getExpression(), depth + 1)
      if (spread === 'unknown' || typeof spread.value !== 'object' || spread.value === null) return 'unknown'
      members.push(...Object.entries(spread.value))
    } else if (Node.isShorthandPropertyAssignment(property))
      members.push([property.getName(), memberOf(constantOf(property.getNameNode(), depth + 1))])
    else if (Node.isPropertyAssignment(property)) {
      const name = property.getNameNode()
      if (name.isKind(SyntaxKind.ComputedPropertyName)) return 'unknown'
      const key = Node.isStringLiteral(name) ? name.getLiteralText() : name.getText()
      members.push([key, memberOf(readLiteral(property.getInitializerOrThrow(), depth + 1))])
    } else return 'unknown'
  }
  return { value: Object.fromEntries(members) }
}

/** An unknown value: a text that says it is one. */
const memberOf = (literal: Literal): unknown => (literal === 'unknown' ? UNKNOWN : literal.value)

export const UNKNOWN: unique symbol = Symbol('unknown')
