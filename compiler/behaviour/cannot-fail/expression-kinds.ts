import { type BinaryExpression, type CallExpression, Node, SyntaxKind } from 'ts-morph'
import { assume } from './assume.ts'
import { bare } from './bare.ts'
import { ANY, BOOLEAN, isOnly, type Kinds, NOTHING, NUMBER, OTHER, PLAIN, STRING } from './kinds.ts'
import { isAssignable, isGlobal, moduleKinds, ownCollection } from './module-values.ts'
import type { Local, Scope } from './scope.ts'

/** Members of a context that are the record, and those that are values. Others are computed. */
const RECORDS: ReadonlySet<string> = new Set(['data', 'new', 'input', 'doc'])
const VALUES: ReadonlySet<string> = new Set(['id', 'event', 'object', 'objectName', 'operation', 'method'])

const STRING_METHODS: ReadonlySet<string> = new Set(['trim', 'trimStart', 'trimEnd', 'toUpperCase', 'toLowerCase'])
const ARITHMETIC: ReadonlySet<string> = new Set(['-', '*', '/', '%', '**', '&', '|', '^', '<<', '>>', '>>>'])
const MATH: ReadonlySet<string> = new Set(['abs', 'ceil', 'floor', 'max', 'min', 'round', 'sign', 'sqrt', 'trunc'])

/** What a name or a member stands for, where it is not just a value. */
export function placeOf(given: Node, scope: Scope): Local | undefined {
  const node = bare(given)
  if (Node.isIdentifier(node)) return scope.locals.get(node.getText())
  if (!Node.isPropertyAccessExpression(node)) return undefined
  return placeOf(node.getExpression(), scope)?.is === 'context' ? memberOfContext(node.getName()) : undefined
}

/** A member of the context by name; undefined for what is worked out when it is asked for. */
export const memberOfContext = (name: string): Local | undefined =>
  RECORDS.has(name) ? { is: 'record' } : VALUES.has(name) ? { is: 'value', kinds: ANY } : undefined

/** What an expression gives. Undefined: it may throw, run code that is not here, or change what is not the module's own. */
export const kindsOf = (node: Node, scope: Scope): Kinds | undefined => known(bare(node), scope) ?? scope.unknown

function known(node: Node, scope: Scope): Kinds | undefined {
  if (Node.isStringLiteral(node) || Node.isNoSubstitutionTemplateLiteral(node)) return STRING
  if (Node.isNumericLiteral(node)) return NUMBER
  if (Node.isTrueLiteral(node) || Node.isFalseLiteral(node)) return BOOLEAN
  if (Node.isNullLiteral(node)) return NOTHING
  if (Node.isIdentifier(node)) return nameKinds(node, scope)
  if (Node.isPropertyAccessExpression(node) || Node.isElementAccessExpression(node)) return memberKinds(node, scope)
  if (Node.isTemplateExpression(node))
    return node.getTemplateSpans().every((span) => converts(kindsOf(span.getExpression(), scope), scope)) ? STRING : undefined
  if (Node.isTypeOfExpression(node)) return given(node.getExpression(), scope, STRING)
  if (Node.isVoidExpression(node)) return given(node.getExpression(), scope, NOTHING)
  if (Node.isPrefixUnaryExpression(node)) {
    const operator = node.getOperatorToken()
    if (operator === SyntaxKind.ExclamationToken) return given(node.getOperand(), scope, BOOLEAN)
    if (operator === SyntaxKind.PlusPlusToken || operator === SyntaxKind.MinusMinusToken) return counted(node.getOperand(), scope)
    return isOnly(kindsOf(node.getOperand(), scope), PLAIN) ? NUMBER : undefined
  }
  if (Node.isPostfixUnaryExpression(node)) return counted(node.getOperand(), scope)
  if (Node.isConditionalExpression(node)) {
    const condition = node.getCondition()
    if (kindsOf(condition, scope) === undefined) return undefined
    return either(
      kindsOf(node.getWhenTrue(), assume(condition, true, scope)),
      kindsOf(node.getWhenFalse(), assume(condition, false, scope)),
    )
  }
  if (Node.isBinaryExpression(node)) return binaryKinds(node, scope)
  return Node.isCallExpression(node) ? callKinds(node, scope) : undefined
}

/** Turned into another type without an error; where errors do not matter, whatever it is. */
const converts = (kinds: Kinds | undefined, scope: Scope): boolean => scope.unknown !== undefined || isOnly(kinds, PLAIN)

/** As far as a test has shown more: of what nothing changes while the function runs. */
const narrowed = (kinds: Kinds, node: Node, { shown }: Scope): Kinds => kinds & (shown.get(node.getText()) ?? ANY)

const either = (left: Kinds | undefined, right: Kinds | undefined): Kinds | undefined =>
  left === undefined || right === undefined ? undefined : left | right

/** A result that only depends on the other expression not throwing. */
const given = (node: Node, scope: Scope, result: Kinds): Kinds | undefined => (kindsOf(node, scope) === undefined ? undefined : result)

function nameKinds(node: Node, scope: Scope): Kinds | undefined {
  const name = node.getText()
  const local = scope.locals.get(name)
  if (local) return local.is === 'value' ? narrowed(local.kinds, node, scope) : OTHER
  const source = node.getSourceFile()
  if (name === 'undefined' && isGlobal(name, source)) return NOTHING
  return moduleKinds(name, source, scope, kindsOf)
}

function memberKinds(node: Node, scope: Scope): Kinds | undefined {
  if (Node.isElementAccessExpression(node)) {
    const key = node.getArgumentExpression()
    return placeOf(node.getExpression(), scope)?.is === 'record' && Node.isStringLiteral(key) ? ANY : undefined
  }
  if (!Node.isPropertyAccessExpression(node)) return undefined
  const holder = node.getExpression()
  const place = placeOf(holder, scope)
  if (place?.is === 'record') return narrowed(ANY, node, scope)
  if (place?.is === 'context') {
    const member = memberOfContext(node.getName())
    return member && (member.is === 'value' ? member.kinds : OTHER)
  }
  if (node.getName() === 'size' && collectionOf(holder, scope)) return NUMBER
  return node.getName() === 'length' && isOnly(kindsOf(holder, scope), STRING) ? NUMBER : undefined
}

const collectionOf = (node: Node, scope: Scope): ReturnType<typeof ownCollection> =>
  Node.isIdentifier(node) && !scope.locals.has(node.getText())
    ? ownCollection(node.getText(), node.getSourceFile(), scope, kindsOf)
    : undefined

/** `count++` of a number that the module keeps. */
function counted(given: Node, scope: Scope): Kinds | undefined {
  const operand = bare(given)
  return isOwnVariable(operand, scope) && isOnly(kindsOf(operand, scope), PLAIN) ? NUMBER : undefined
}

const isOwnVariable = (node: Node, scope: Scope): boolean =>
  Node.isIdentifier(node) && !scope.locals.has(node.getText()) && isAssignable(node.getText(), node.getSourceFile())

function binaryKinds(node: BinaryExpression, scope: Scope): Kinds | undefined {
  const operator = node.getOperatorToken().getText()
  const left = kindsOf(node.getLeft(), scope)
  if (left === undefined) return undefined
  if (operator === '&&' || operator === '||') {
    const right = kindsOf(node.getRight(), assume(node.getLeft(), operator === '&&', scope))
    return right === undefined ? undefined : left | right
  }
  const right = kindsOf(node.getRight(), scope)
  if (right === undefined) return undefined
  if (operator === '??') return (left & ~NOTHING) | (left & NOTHING ? right : 0)
  if (operator === '===' || operator === '!==') return BOOLEAN
  if (operator === '==' || operator === '!=')
    return isOnly(left, NOTHING) || isOnly(right, NOTHING) || isOnly(left | right, PLAIN) ? BOOLEAN : undefined
  if (/^[<>]=?$/.test(operator)) return converts(left | right, scope) ? BOOLEAN : undefined
  if (operator === '=') return isOwnVariable(bare(node.getLeft()), scope) ? right : undefined
  const computed = operator.endsWith('=') ? operator.slice(0, -1) : operator
  if (computed !== operator && !isOwnVariable(bare(node.getLeft()), scope)) return undefined
  if (!isOnly(left | right, PLAIN)) return undefined
  if (computed === '+') return sumKinds(left, right)
  return ARITHMETIC.has(computed) ? NUMBER : undefined
}

const sumKinds = (left: Kinds, right: Kinds): Kinds =>
  left === STRING || right === STRING ? STRING : (left | right) & STRING ? STRING | NUMBER : NUMBER

function callKinds(call: CallExpression, scope: Scope): Kinds | undefined {
  const called = call.getExpression()
  const source = call.getSourceFile()
  const values = call.getArguments().map((argument) => kindsOf(argument, scope))
  const all = values.reduce<Kinds | undefined>((sum, kinds) => either(sum, kinds), 0)
  if (all === undefined) return undefined
  if (Node.isIdentifier(called)) {
    const name = called.getText()
    if (!isGlobal(name, source)) return undefined
    if (name === 'Boolean') return BOOLEAN
    if (name === 'String' || name === 'Number') return converts(all, scope) ? (name === 'String' ? STRING : NUMBER) : undefined
    return undefined
  }
  if (!Node.isPropertyAccessExpression(called)) return undefined
  const [holder, method] = [called.getExpression(), called.getName()]
  const own = collectionOf(holder, scope)
  if (own) return collectionKinds(own, method)
  if (Node.isIdentifier(holder) && isGlobal(holder.getText(), source) && !scope.locals.has(holder.getText())) {
    if (holder.getText() === 'Math') return MATH.has(method) && converts(all, scope) ? NUMBER : undefined
    if (method === 'now' && /^(?:Date|performance)$/.test(holder.getText())) return NUMBER
  }
  return STRING_METHODS.has(method) && values.length === 0 && isOnly(kindsOf(holder, scope), STRING) ? STRING : undefined
}

function collectionKinds({ type, values }: { readonly type: 'Map' | 'Set'; readonly values: Kinds }, method: string): Kinds | undefined {
  if (method === 'has' || method === 'delete') return BOOLEAN
  if (method === 'clear') return NOTHING
  if (type === 'Map' && method === 'get') return values | NOTHING
  return method === (type === 'Map' ? 'set' : 'add') ? OTHER : undefined
}
