import { type CallExpression, type Expression, type ImportSpecifier, Node, type SourceFile, SyntaxKind, ts } from 'ts-morph'
import type { HandlerFacts } from '../ir/handler.ts'
import { builderCalls, builtPart } from './built-part.ts'
import { callsNextOnce } from './calls-next.ts'
import { cannotFail } from './cannot-fail/cannot-fail.ts'
import { namedCalls } from './named-calls.ts'
import { namedFields } from './named-fields.ts'
import { parsedModule } from './parsed-module.ts'
import { passesOn } from './passes-on.ts'

/** Nothing is known: it may do anything. */
export const UNKNOWN: HandlerFacts = Object.freeze({
  isSynchronous: false,
  usesPrevious: true,
  stops: true,
  removes: true,
  writes: Object.freeze([]),
})

/** What the functions a module exports do, by the way to each of them (`default.beforeCreate`, `audit.handler`). */
export function readHandlers(path: string, text: string, exportPaths: readonly string[]): ReadonlyMap<string, HandlerFacts> {
  const source = parsedModule(path, text)
  return new Map(exportPaths.map((exportPath) => [exportPath, factsAt(source, exportPath)]))
}

/** How a function was come to. */
interface Way {
  /** Through a call of a function that may have put another in its place. */
  isWrapped: boolean
}

function factsAt(source: SourceFile, exportPath: string): HandlerFacts {
  const way: Way = { isWrapped: false }
  const node = functionAt(source, exportPath, way)
  return factsOf(node, way)
}

/** The function behind a path of exports. Undefined where it cannot be told by reading this module alone. */
function functionAt(source: SourceFile, exportPath: string, way: Way): Node | undefined {
  const [first = '', ...keys] = [...exportPath.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, name]) => quoted ?? index ?? name ?? '',
  )
  const calls = chainAt(source, first)
  if (calls) {
    const part = builtPart(calls, keys)
    return part?.keys.reduce<Node | undefined>((node, key) => member(node, key, way), unwrapped(part.node, way))
  }
  let node = exported(source, first, way)
  for (const key of keys) node = member(node, key, way)
  return node
}

/** The calls of a plugin that was put together. */
function chainAt(source: SourceFile, name: string): readonly CallExpression[] | undefined {
  const assigned =
    name === 'default'
      ? source.getExportAssignment((one) => !one.isExportEquals())?.getExpression()
      : source.getVariableDeclaration(name)?.getInitializer()
  const made = Node.isIdentifier(assigned) ? source.getVariableDeclaration(assigned.getText())?.getInitializer() : assigned
  return made && builderCalls(made)
}

function exported(source: SourceFile, name: string, way: Way): Node | undefined {
  if (name !== 'default') {
    const declared = source.getVariableDeclaration(name)?.getInitializer() ?? source.getFunction(name)
    return declared && unwrapped(declared, way)
  }
  const assigned = source.getExportAssignment((assignment) => !assignment.isExportEquals())?.getExpression()
  if (assigned) return unwrapped(assigned, way)
  return source.getFunctions().find((declared) => declared.isDefaultExport())
}

function member(node: Node | undefined, key: string, way: Way): Node | undefined {
  if (Node.isArrayLiteralExpression(node)) {
    const element = node.getElements()[Number(key)]
    return element && unwrapped(element, way)
  }
  if (!Node.isObjectLiteralExpression(node)) return undefined
  const property = node.getProperty((one) => 'getName' in one && one.getName().replace(/^['"]|['"]$/g, '') === key)
  if (Node.isMethodDeclaration(property)) return property
  if (Node.isPropertyAssignment(property)) {
    const value = property.getInitializer()
    return value && unwrapped(value, way)
  }
  return Node.isShorthandPropertyAssignment(property) ? unwrapped(property.getNameNode(), way) : undefined
}

/** Without types, brackets and wrappers of one argument; names stand for what the module declares. */
function unwrapped(node: Node, way: Way): Node | undefined {
  if (Node.isAsExpression(node) || Node.isSatisfiesExpression(node) || Node.isParenthesizedExpression(node) || Node.isTypeAssertion(node))
    return unwrapped(node.getExpression(), way)
  if (Node.isCallExpression(node)) {
    const [only, ...others] = node.getArguments()
    if (!isBuilder(node.getExpression())) way.isWrapped = true
    return only && others.length === 0 && Node.isObjectLiteralExpression(only) ? only : undefined
  }
  if (!Node.isIdentifier(node)) return node
  const source = node.getSourceFile()
  const declared = source.getVariableDeclaration(node.getText())?.getInitializer() ?? source.getFunction(node.getText())
  return declared && declared !== node ? unwrapped(declared, way) : undefined
}

/** Builders of this package, also under its older names, give back what they get: `definePlugin({ … })`. */
function isBuilder(called: Node): boolean {
  const [first = ''] = called.getText().split('.')
  const from = called.getSourceFile().getImportDeclaration((one) => one.getNamedImports().some((named) => localName(named) === first))
  return /^(?:@?objectql|@objectstack)(?:\/|$)/.test(from?.getModuleSpecifierValue() ?? '')
}

const localName = (named: ImportSpecifier): string => (named.getAliasNode() ?? named.getNameNode()).getText()

/** Names by which contexts give access to other records. */
const ACCESS = new Set(['api', 'ql', 'db', 'host', 'sudo', 'transaction', 'statements'])
const PREVIOUS = new Set(['previous', 'previousData', 'old', 'isModified'])
const WRITES = new Set(['create', 'insert', 'update', 'updateMany', 'upsert', 'delete', 'deleteMany'])

/** Fields are deleted, or another record takes the place of the one that is written. */
const REMOVES = /\bdelete\b|\.\s*(?:data|new|input)\s*=[^=]/

function factsOf(node: Node | undefined, { isWrapped }: Way): HandlerFacts {
  if (
    !Node.isArrowFunction(node) &&
    !Node.isFunctionExpression(node) &&
    !Node.isFunctionDeclaration(node) &&
    !Node.isMethodDeclaration(node)
  )
    return UNKNOWN
  const names = new Set(node.getDescendantsOfKind(SyntaxKind.Identifier).map((identifier) => identifier.getText()))
  const has = (wanted: ReadonlySet<string>): boolean => [...wanted].some((name) => names.has(name))
  // The context as a whole goes somewhere else: nothing is known about what happens to it there.
  const escapes = leavesSight(node)
  const isGenerator = node.getFirstChildByKind(SyntaxKind.AsteriskToken) !== undefined
  const waitsItself = node.isAsync() || escapes || names.has('Promise') || has(ACCESS) || isGenerator
  const isSynchronous = !waitsItself && !returnsUnknown(node)
  const callsOnce = !isWrapped && callsNextOnce(node)
  return {
    isSynchronous,
    ...(isSynchronous && !isWrapped && cannotFail(node) ? { cannotFail: true } : {}),
    ...(node.isAsync() && !isGenerator && !isWrapped ? { isAsync: true } : {}),
    ...(callsOnce ? { callsNextOnce: true } : {}),
    ...(callsOnce && !waitsItself && passesOn(node) ? { passesOn: true } : {}),
    usesPrevious: escapes || has(PREVIOUS),
    stops: escapes || names.has('stopPropagation'),
    removes: escapes || REMOVES.test(node.getText()),
    writes: writesOf(node),
    line: node.getStartLineNumber(),
    fields: namedFields(node),
    calls: namedCalls(node),
  }
}

/** True when the parameter is used other than by its members. */
function leavesSight(node: Node): boolean {
  const [parameter] = Node.isParametered(node) ? node.getParameters() : []
  if (node.getDescendantsOfKind(SyntaxKind.ThisKeyword).length > 0) return true
  const name = parameter?.getNameNode()
  if (name === undefined) return node.getText().includes('arguments')
  // Taken apart at once: `({ data }) => …`; a rest element is the context again.
  if (!Node.isIdentifier(name)) return name.getText().includes('...')
  return node.getDescendantsOfKind(SyntaxKind.Identifier).some((identifier) => {
    if (identifier === name || identifier.getText() !== name.getText()) return false
    const parent = identifier.getParent()
    if (Node.isPropertyAccessExpression(parent)) return false
    return !(
      Node.isVariableDeclaration(parent) &&
      Node.isObjectBindingPattern(parent.getNameNode()) &&
      !parent.getNameNode().getText().includes('...')
    )
  })
}

/** True when what it gives back might be a promise. */
function returnsUnknown(node: Node): boolean {
  const isPlain = (value: Expression | undefined): boolean =>
    value === undefined || (!value.getDescendantsOfKind(SyntaxKind.CallExpression).length && !Node.isCallExpression(value))
  if (Node.isArrowFunction(node)) {
    const body = node.getBody()
    if (Node.isExpression(body)) return !isPlain(body)
  }
  return node.getDescendantsOfKind(SyntaxKind.ReturnStatement).some((statement) => {
    const owner = statement.getFirstAncestor((one) => ts.isFunctionLike(one.compilerNode))
    return owner === node && !isPlain(statement.getExpression())
  })
}

/** `api.update('account', …)`, `api.object('account').create(…)`, `db.doc.update('account', …)`. */
function writesOf(node: Node): readonly string[] {
  const found = node.getDescendantsOfKind(SyntaxKind.CallExpression).flatMap((call): string[] => {
    const called = call.getExpression()
    if (!Node.isPropertyAccessExpression(called) || !WRITES.has(called.getName())) return []
    const holder = called.getExpression()
    const argument = Node.isCallExpression(holder) ? holder.getArguments()[0] : call.getArguments()[0]
    return Node.isStringLiteral(argument) || Node.isNoSubstitutionTemplateLiteral(argument) ? [argument.getLiteralValue()] : []
  })
  return [...new Set(found)].sort()
}
