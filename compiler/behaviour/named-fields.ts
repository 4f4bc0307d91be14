import { Node, SyntaxKind } from 'ts-morph'
import type { NamedField } from '../ir/handler.ts'

/** Members of a context that are records of the object. */
const RECORDS: ReadonlySet<string> = new Set(['data', 'new', 'input', 'doc', 'previous', 'previousData', 'old'])

/** What stands in `input` where it is no record, as some contexts have it, and what every object has. */
const OTHERS: ReadonlySet<string> = new Set([
  'data',
  'options',
  'ast',
  'doc',
  '_id',
  '_version',
  ...Object.getOwnPropertyNames(Object.prototype),
])

/** The fields that a handler names: `ctx.data.stage`, `({ previous }) => previous?.stage`, `ctx.isModified('stage')`. */
export function namedFields(handler: Node): readonly NamedField[] {
  const [parameter] = Node.isParametered(handler) ? handler.getParameters() : []
  const name = parameter?.getNameNode()
  const context = Node.isIdentifier(name) ? name.getText() : undefined
  const holders = new Set<string>()
  const takeApart = (pattern: Node | undefined): void => {
    if (!Node.isObjectBindingPattern(pattern)) return
    for (const element of pattern.getElements())
      if (RECORDS.has(element.getPropertyNameNode()?.getText() ?? element.getName()) && Node.isIdentifier(element.getNameNode()))
        holders.add(element.getName())
  }
  takeApart(name)
  const isRecord = (node: Node): boolean => {
    const bare = plain(node)
    if (Node.isIdentifier(bare)) return holders.has(bare.getText())
    return Node.isPropertyAccessExpression(bare) && RECORDS.has(bare.getName()) && plain(bare.getExpression()).getText() === context
  }
  for (const declared of handler.getDescendantsOfKind(SyntaxKind.VariableDeclaration)) {
    const value = declared.getInitializer()
    if (!value) continue
    if (context !== undefined && plain(value).getText() === context) takeApart(declared.getNameNode())
    else if (Node.isIdentifier(declared.getNameNode()) && isRecord(value)) holders.add(declared.getName())
  }
  const found: NamedField[] = []
  const add = (node: Node, text: string, inset = 0): void => {
    if (!OTHERS.has(text)) found.push({ name: text, start: node.getStart() + inset, end: node.getEnd() - inset })
  }
  for (const access of handler.getDescendantsOfKind(SyntaxKind.PropertyAccessExpression))
    if (isRecord(access.getExpression())) add(access.getNameNode(), access.getName())
  for (const access of handler.getDescendantsOfKind(SyntaxKind.ElementAccessExpression)) {
    const key = access.getArgumentExpression()
    if (Node.isStringLiteral(key) && isRecord(access.getExpression())) add(key, key.getLiteralText(), 1)
  }
  for (const call of handler.getDescendantsOfKind(SyntaxKind.CallExpression)) {
    const [field] = call.getArguments()
    if (Node.isStringLiteral(field) && /(?:^|\.)isModified$/.test(call.getExpression().getText())) add(field, field.getLiteralText(), 1)
  }
  return found.sort((left, right) => left.start - right.start)
}

/** Without brackets, assertions and exclamation marks. */
function plain(node: Node): Node {
  if (
    Node.isParenthesizedExpression(node) ||
    Node.isAsExpression(node) ||
    Node.isNonNullExpression(node) ||
    Node.isSatisfiesExpression(node)
  )
    return plain(node.getExpression())
  return node
}
