import { Node, type SourceFile, SyntaxKind, type VariableDeclaration, VariableDeclarationKind } from 'ts-morph'
import { bare } from './bare.ts'
import { ANY, BOOLEAN, isOnly, type Kinds, NUMBER, STRING } from './kinds.ts'
import type { Scope } from './scope.ts'

type KindsOf = (node: Node, scope: Scope) => Kinds | undefined

/** A `Map` or `Set` of a module that nobody else gets hold of. */
export interface OwnCollection {
  readonly type: 'Map' | 'Set'
  /** What its values are. */
  readonly values: Kinds
}

/** Guesses that are then proven: what holds before every write and is kept by every write holds always. */
const GUESSES: readonly Kinds[] = [NUMBER, STRING, BOOLEAN]

/** Members of collections that give nobody the collection itself. */
const HARMLESS_MEMBERS: ReadonlySet<string> = new Set(['get', 'has', 'delete', 'clear', 'size', 'keys', 'values', 'entries'])

/** Those that give it back, and are used as statements. */
const WRITERS: Readonly<Record<string, string>> = { Map: 'set', Set: 'add' }

/** How often each name is declared anywhere in a module. */
const countsBySource = new WeakMap<SourceFile, ReadonlyMap<string, number>>()

/** A name that the module declares nowhere means what the language means by it. */
export const isGlobal = (name: string, source: SourceFile): boolean => !declaredIn(source).has(name)

/** A constant of the module that holds a collection, when nothing but its own members is ever used. */
export function ownCollection(name: string, source: SourceFile, scope: Scope, kindsOf: KindsOf): OwnCollection | undefined {
  const declared = moduleVariable(name, source)
  const made = declared?.getInitializer()
  if (!declared || !isConstant(declared) || declared.isExported() || !Node.isNewExpression(made)) return undefined
  const type = made.getExpression().getText()
  if ((type !== 'Map' && type !== 'Set') || !isGlobal(type, source) || made.getArguments().length > 0) return undefined
  const uses = usesOf(name, declared)
  if (!uses.every((use) => isHarmlessUse(use, WRITERS[type]))) return undefined
  const assumed = scope.assumed.get(name)
  if (type === 'Set' || assumed !== undefined) return { type, values: assumed ?? ANY }
  const written = uses.flatMap((use): readonly (Node | undefined)[] => {
    const call = use.getParent()?.getParent()
    return Node.isCallExpression(call) && memberOf(use) === 'set' ? [call.getArguments()[1]] : []
  })
  const guess = GUESSES.find((kinds) => {
    const inside = induction(scope, name, kinds)
    return written.every((value) => value !== undefined && isOnly(kindsOf(value, inside), kinds))
  })
  return { type, values: guess ?? ANY }
}

/** What a variable of the module is whenever a function of it runs; undefined where there is no such variable. */
export function moduleKinds(name: string, source: SourceFile, scope: Scope, kindsOf: KindsOf): Kinds | undefined {
  const declared = moduleVariable(name, source)
  if (!declared) return undefined
  const assumed = scope.assumed.get(name)
  if (assumed !== undefined) return assumed
  const initial = declared.getInitializer()
  const uses = usesOf(name, declared)
  if (!initial || uses.some(isHiddenWrite)) return ANY
  const isKept = (kinds: Kinds): boolean => {
    const inside = induction(scope, name, kinds)
    return isOnly(kindsOf(initial, inside), kinds) && uses.every((use) => isOnly(writtenBy(use, inside, kindsOf), kinds))
  }
  return GUESSES.find(isKept) ?? ANY
}

/** Whether the module itself may give the variable another value. */
export const isAssignable = (name: string, source: SourceFile): boolean => {
  const declared = moduleVariable(name, source)
  return declared !== undefined && !isConstant(declared)
}

/** Elsewhere in the module nothing is known about names; what is found there only counts where it was reached without an error. */
const induction = ({ assumed }: Scope, name: string, kinds: Kinds): Scope => ({
  locals: new Map(),
  shown: new Map(),
  assumed: new Map([...assumed, [name, kinds]]),
  unknown: ANY,
})

const isConstant = (declared: VariableDeclaration): boolean =>
  declared.getVariableStatement()?.getDeclarationKind() === VariableDeclarationKind.Const

/**
 * A variable that the module declares once and that has its value before any function of it is called from outside: a module that imports nothing is
 * not part of a circle of imports.
 */
function moduleVariable(name: string, source: SourceFile): VariableDeclaration | undefined {
  if (declaredIn(source).get(name) !== 1 || importsValues(source)) return undefined
  const found = source.getVariableDeclaration(name)
  return found && Node.isIdentifier(found.getNameNode()) && !found.getVariableStatement()?.hasDeclareKeyword() ? found : undefined
}

const importsValues = (source: SourceFile): boolean =>
  source.getImportDeclarations().some((statement) => !statement.isTypeOnly()) ||
  source.getExportDeclarations().some((statement) => statement.getModuleSpecifier() !== undefined && !statement.isTypeOnly()) ||
  // Code that is made of text may do anything to the module's variables.
  source.getDescendantsOfKind(SyntaxKind.Identifier).some((one) => /^(?:eval|require)$/.test(one.getText()))

function declaredIn(source: SourceFile): ReadonlyMap<string, number> {
  const known = countsBySource.get(source)
  if (known) return known
  const counts = new Map<string, number>()
  for (const identifier of source.getDescendantsOfKind(SyntaxKind.Identifier))
    if (isDeclaration(identifier)) counts.set(identifier.getText(), (counts.get(identifier.getText()) ?? 0) + 1)
  countsBySource.set(source, counts)
  return counts
}

function isDeclaration(identifier: Node): boolean {
  const parent = identifier.getParent()
  if (
    Node.isImportSpecifier(parent) ||
    Node.isImportClause(parent) ||
    Node.isNamespaceImport(parent) ||
    Node.isImportEqualsDeclaration(parent)
  )
    return true
  const declares =
    Node.isVariableDeclaration(parent) ||
    Node.isParameterDeclaration(parent) ||
    Node.isBindingElement(parent) ||
    Node.isFunctionDeclaration(parent) ||
    Node.isFunctionExpression(parent) ||
    Node.isClassDeclaration(parent) ||
    Node.isClassExpression(parent) ||
    Node.isEnumDeclaration(parent) ||
    Node.isModuleDeclaration(parent)
  return declares && parent.getNameNode() === identifier
}

/** Everywhere else in the module that the name stands, except as the name of a member. */
const usesOf = (name: string, declared: VariableDeclaration): readonly Node[] =>
  declared
    .getSourceFile()
    .getDescendantsOfKind(SyntaxKind.Identifier)
    .filter((one) => {
      if (one.getText() !== name || one === declared.getNameNode()) return false
      const parent = one.getParent()
      return !((Node.isPropertyAccessExpression(parent) || Node.isPropertyAssignment(parent)) && parent.getNameNode() === one)
    })

const memberOf = (use: Node): string | undefined => {
  const access = use.getParent()
  return Node.isPropertyAccessExpression(access) && access.getExpression() === use ? access.getName() : undefined
}

function isHarmlessUse(use: Node, writer: string | undefined): boolean {
  const parent = use.getParent()
  const member = memberOf(use)
  if (member === undefined) return Node.isSpreadElement(parent) || (Node.isForOfStatement(parent) && parent.getExpression() === use)
  const call = parent?.getParent()
  if (member === 'size') return true
  if (!Node.isCallExpression(call) || call.getExpression() !== parent) return false
  return HARMLESS_MEMBERS.has(member) || (member === writer && Node.isExpressionStatement(call.getParent()))
}

/** With the brackets and assertions around it. */
const dressed = (node: Node): Node => {
  const parent = node.getParent()
  return parent && bare(parent) !== parent ? dressed(parent) : node
}

/** `[count] = list`, `({ count } = record)`, `for (count of list)`: what is written cannot be told. */
const isHiddenWrite = (use: Node): boolean => {
  const whole = dressed(use)
  const parent = whole.getParent()
  return (
    Node.isArrayLiteralExpression(parent) ||
    Node.isSpreadElement(parent) ||
    Node.isSpreadAssignment(parent) ||
    Node.isPropertyAssignment(parent) ||
    Node.isShorthandPropertyAssignment(parent) ||
    ((Node.isForOfStatement(parent) || Node.isForInStatement(parent)) && parent.getInitializer() === whole)
  )
}

/** What a use of a variable writes into it; no kinds at all where it only reads. */
function writtenBy(use: Node, scope: Scope, kindsOf: KindsOf): Kinds | undefined {
  const whole = dressed(use)
  const parent = whole.getParent()
  if (Node.isPostfixUnaryExpression(parent)) return kindsOf(parent, scope)
  if (Node.isPrefixUnaryExpression(parent))
    return [SyntaxKind.PlusPlusToken, SyntaxKind.MinusMinusToken].includes(parent.getOperatorToken()) ? kindsOf(parent, scope) : 0
  return Node.isBinaryExpression(parent) && parent.getLeft() === whole && isAssignment(parent.getOperatorToken().getText())
    ? kindsOf(parent, scope)
    : 0
}

const isAssignment = (operator: string): boolean => operator.endsWith('=') && !/^(?:[=!]==?|[<>]=)$/.test(operator)
