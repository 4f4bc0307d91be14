import { Node, type ParameterDeclaration, type SourceFile, SyntaxKind, VariableDeclarationKind } from 'ts-morph'
import { assume } from './assume.ts'
import { bare } from './bare.ts'
import { kindsOf, memberOfContext, placeOf } from './expression-kinds.ts'
import { ANY } from './kinds.ts'
import { type Local, type Scope, withLocals } from './scope.ts'

/**
 * True when a hook behind a write is proven to come to its end, whatever is written: it throws nothing, waits for nothing, looks at nothing but the
 * record that is written, and changes nothing but what its own module keeps to itself. So a transaction that waits for it always commits.
 *
 * The proof takes the language for what it is: that nobody puts functions of his own into `Map.prototype`, and that memory and stack last.
 */
export function cannotFail(node: Node): boolean {
  if (
    !Node.isArrowFunction(node) &&
    !Node.isFunctionExpression(node) &&
    !Node.isFunctionDeclaration(node) &&
    !Node.isMethodDeclaration(node)
  )
    return false
  const [parameter, ...others] = node.getParameters()
  const body = node.getBody()
  if (node.isAsync() || others.length > 0 || !body || isReplaceable(node) || declaresTwice(node)) return false
  if (!Node.isArrowFunction(node) && node.isGenerator()) return false
  const start: Scope = { locals: new Map(), shown: new Map(), assumed: new Map(), unknown: undefined }
  const scope = parameter ? withParameter(start, parameter) : start
  if (!scope) return false
  return Node.isBlock(body) ? afterAll(body.getStatements(), scope) !== undefined : kindsOf(body, scope) !== undefined
}

/** Its name may come to stand for another function. */
const isReplaceable = (node: Node): boolean => {
  const statement = node.getFirstAncestor(Node.isVariableStatement)
  if (statement) return statement.getDeclarationKind() !== VariableDeclarationKind.Const
  const name = Node.isFunctionDeclaration(node) ? node.getName() : undefined
  return name !== undefined && isAssignedTo(name, node.getSourceFile())
}

const isAssignedTo = (name: string, source: SourceFile): boolean =>
  source
    .getDescendantsOfKind(SyntaxKind.BinaryExpression)
    .some((one) => one.getOperatorToken().getText() === '=' && bare(one.getLeft()).getText() === name)

/** A name that stands for two things in one function stands for none before the inner one is declared. */
function declaresTwice(node: Node): boolean {
  const names = [...node.getDescendantsOfKind(SyntaxKind.VariableDeclaration), ...node.getDescendantsOfKind(SyntaxKind.BindingElement)]
    .map((one) => one.getNameNode())
    .concat(Node.isParametered(node) ? node.getParameters().map((one) => one.getNameNode()) : [])
    .filter(Node.isIdentifier)
    .map((one) => one.getText())
  return new Set(names).size < names.length
}

function withParameter(scope: Scope, parameter: ParameterDeclaration): Scope | undefined {
  if (parameter.isRestParameter() || parameter.hasInitializer()) return undefined
  return withPattern(scope, parameter.getNameNode(), { is: 'context' })
}

/** The names that a pattern takes out of a value. Undefined: taking it apart may fail. */
function withPattern(scope: Scope, name: Node, value: Local): Scope | undefined {
  if (Node.isIdentifier(name)) return withLocals(scope, [[name.getText(), value]])
  if (!Node.isObjectBindingPattern(name) || value.is === 'value') return undefined
  let inside = scope
  for (const element of name.getElements()) {
    const key = element.getPropertyNameNode() ?? element.getNameNode()
    if (element.getDotDotDotToken() || element.getInitializer() || !Node.isIdentifier(key)) return undefined
    const member: Local | undefined = value.is === 'record' ? { is: 'value', kinds: ANY } : memberOfContext(key.getText())
    const next = member && withPattern(inside, element.getNameNode(), member)
    if (!next) return undefined
    inside = next
  }
  return inside
}

/** Nothing comes behind a return. */
const ENDED = 'ended'

type Outcome = Scope | typeof ENDED | undefined

function afterAll(statements: readonly Node[], start: Scope): Outcome {
  let scope = start
  for (const statement of statements) {
    const next = after(statement, scope)
    if (next === undefined || next === ENDED) return next
    scope = next
  }
  return scope
}

/** What is known behind a statement. Undefined: it may fail. */
function after(statement: Node, scope: Scope): Outcome {
  if (Node.isEmptyStatement(statement)) return scope
  if (Node.isExpressionStatement(statement)) return kindsOf(statement.getExpression(), scope) === undefined ? undefined : scope
  if (Node.isReturnStatement(statement)) {
    const value = statement.getExpression()
    return value === undefined || kindsOf(value, scope) !== undefined ? ENDED : undefined
  }
  if (Node.isBlock(statement)) {
    const inside = afterAll(statement.getStatements(), scope)
    // Its names end with it; what its tests have shown is about names of outside as well, and is not needed.
    return inside === undefined || inside === ENDED ? inside : scope
  }
  if (Node.isIfStatement(statement)) {
    const condition = statement.getExpression()
    const otherwise = statement.getElseStatement()
    if (kindsOf(condition, scope) === undefined) return undefined
    const [holds, fails] = [assume(condition, true, scope), assume(condition, false, scope)]
    const first = after(statement.getThenStatement(), holds)
    const second = otherwise ? after(otherwise, fails) : fails
    if (first === undefined || second === undefined) return undefined
    if (first === ENDED) return second === ENDED ? ENDED : fails
    return second === ENDED ? holds : scope
  }
  return Node.isVariableStatement(statement) ? withVariables(statement, scope) : undefined
}

/** Names that get their value where they are declared, and keep it: what would give them another is no proven expression. */
function withVariables(statement: Node, start: Scope): Scope | undefined {
  if (!Node.isVariableStatement(statement) || statement.getDeclarationKind() === VariableDeclarationKind.Var) return undefined
  let scope: Scope | undefined = start
  for (const declared of statement.getDeclarations()) {
    const value = declared.getInitializer()
    const kinds = value && scope && kindsOf(value, scope)
    if (!value || !scope || kinds === undefined) return undefined
    scope = withPattern(scope, declared.getNameNode(), placeOf(bare(value), scope) ?? { is: 'value', kinds })
  }
  return scope
}
