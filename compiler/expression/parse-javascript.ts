import { type Expression, parseSync, type Statement } from 'oxc-parser'
import { ExpressionProblem } from './problem.ts'
import type { BinaryOperator, Range, Syntax } from './syntax.ts'

const BINARY: Readonly<Record<string, BinaryOperator>> = {
  '+': '+',
  '-': '-',
  '*': '*',
  '/': '/',
  '%': '%',
  '**': 'power',
  '==': 'eq',
  '===': 'eq',
  '!=': 'ne',
  '!==': 'ne',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
  '&&': 'and',
  '||': 'or',
  '??': 'coalesce',
}

/** Names that constants of a function body stand for. */
type Constants = ReadonlyMap<string, Syntax>

/**
 * A JavaScript expression, or the body of a function with constants, `if` and `return`. It is read and translated, never run.
 * @throws ExpressionProblem for what is no JavaScript, and for JavaScript that has no translation.
 */
export function parseJavaScript(source: string): Syntax {
  const isBody = isFunctionBody(source)
  const prefix = isBody ? '(function () {' : '('
  const { program, errors } = parseSync('expression.js', `${prefix}${source}\n${isBody ? '})' : ')'}`, {
    lang: 'js',
    preserveParens: false,
  })
  const [failure] = errors
  const at = ({ start, end }: Range): Range => ({
    start: Math.min(Math.max(start - prefix.length, 0), source.length),
    end: Math.min(Math.max(end - prefix.length, 0), source.length),
  })
  if (failure) {
    const label = failure.labels?.[0]
    throw new ExpressionProblem('syntax', label ? at(label) : { start: 0, end: source.length }, failure.message.replace(/[.\s]+$/, ''))
  }
  const [only] = program.body
  if (program.body.length !== 1 || only?.type !== 'ExpressionStatement')
    throw new ExpressionProblem('syntax', { start: 0, end: source.length }, 'it is no single expression')
  const { expression } = only
  if (!isBody) return translate(expression, new Map(), at)
  if (expression.type !== 'FunctionExpression' || !expression.body)
    throw new ExpressionProblem('syntax', { start: 0, end: source.length }, 'it is no body of a function')
  return translateBody(expression.body.body as readonly Statement[], new Map(), at)
}

/** As earlier servers told them apart: `return`, line breaks, `if (` and braces make a body. */
const isFunctionBody = (source: string): boolean =>
  /\breturn\b/.test(source) ||
  /\bif\s*\(/.test(source) ||
  /^\s*(?:const|let|\{)/.test(source) ||
  (source.trim().includes('\n') && /[;}]\s*$/.test(source))

type At = (range: Range) => Range

const refuse = (range: Range, what: string): ExpressionProblem => new ExpressionProblem('not-translatable', range, what)

/** Statements from here to the end of the function as one value. */
function translateBody(statements: readonly Statement[], outer: Constants, at: At, after?: Syntax): Syntax {
  const constants = new Map(outer)
  for (const [index, statement] of statements.entries()) {
    switch (statement.type) {
      case 'EmptyStatement':
        break
      case 'VariableDeclaration':
        if (statement.kind === 'var') throw refuse(at(statement), '"var"')
        for (const { id, init } of statement.declarations) {
          if (id.type !== 'Identifier' || init === null) throw refuse(at(id), 'a variable without a value')
          constants.set(id.name, translate(init, constants, at))
        }
        break
      case 'ReturnStatement':
        return statement.argument === null ? nothing(at(statement)) : translate(statement.argument, constants, at)
      case 'BlockStatement':
        return translateBody([...(statement.body as readonly Statement[]), ...statements.slice(index + 1)], constants, at, after)
      case 'IfStatement': {
        const rest = (): Syntax => translateBody(statements.slice(index + 1), constants, at, after)
        const branch = (one: Statement | null): Syntax =>
          one === null ? rest() : translateBody([one, ...statements.slice(index + 1)], constants, at, after)
        const condition = translate(statement.test, constants, at)
        return { kind: 'choice', condition, result: branch(statement.consequent), otherwise: branch(statement.alternate), ...at(statement) }
      }
      default:
        throw refuse(at(statement), `a statement of the kind ${statement.type.replace(/Statement$|Declaration$/, '')}`)
    }
  }
  return after ?? nothing({ start: 0, end: 0 })
}

const nothing = (range: Range): Syntax => ({ kind: 'literal', value: null, ...range })

function translate(expression: Expression, constants: Constants, at: At): Syntax {
  const inner = (one: Expression): Syntax => translate(one, constants, at)
  const range = at(expression)
  switch (expression.type) {
    case 'Literal': {
      const { value } = expression
      if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
        if (!('regex' in expression)) return { kind: 'literal', value, ...range }
      }
      throw refuse(range, 'a regular expression or a BigInt')
    }
    case 'Identifier':
      if (expression.name === 'undefined') return nothing(range)
      return constants.get(expression.name) ?? { kind: 'name', name: expression.name, ...range }
    case 'ParenthesizedExpression':
      return inner(expression.expression)
    case 'ChainExpression':
      return inner(expression.expression)
    case 'TemplateLiteral':
      return template(expression, inner, range)
    case 'UnaryExpression':
      if (expression.operator === '!') return { kind: 'unary', operator: 'not', of: inner(expression.argument), ...range }
      if (expression.operator === '-' || expression.operator === '+')
        return { kind: 'unary', operator: expression.operator, of: inner(expression.argument), ...range }
      throw refuse(range, `the operator "${expression.operator}"`)
    case 'BinaryExpression':
    case 'LogicalExpression': {
      const operator = BINARY[expression.operator]
      if (operator === undefined) throw refuse(range, `the operator "${expression.operator}"`)
      return { kind: 'binary', operator, left: inner(expression.left as Expression), right: inner(expression.right), ...range }
    }
    case 'ConditionalExpression':
      return {
        kind: 'choice',
        condition: inner(expression.test),
        result: inner(expression.consequent),
        otherwise: inner(expression.alternate),
        ...range,
      }
    case 'ArrayExpression':
      return {
        kind: 'list',
        items: expression.elements.map((element) => {
          if (element === null || element.type === 'SpreadElement') throw refuse(range, 'a list with gaps or spreads')
          return inner(element)
        }),
        ...range,
      }
    case 'MemberExpression': {
      const { property, object } = expression
      if (!expression.computed && property.type === 'Identifier')
        return { kind: 'member', of: inner(object), name: property.name, ...range }
      if (property.type === 'Literal' && typeof property.value === 'string')
        return { kind: 'member', of: inner(object), name: property.value, ...range }
      throw refuse(range, 'a place that is worked out')
    }
    case 'NewExpression':
      if (expression.callee.type === 'Identifier' && expression.callee.name === 'Date')
        return { kind: 'call', name: 'new Date', args: argumentsOf(expression.arguments, inner, range), ...range }
      throw refuse(range, '"new"')
    case 'CallExpression': {
      const matched = patternCall(expression, inner, range)
      if (matched) return matched
      const args = argumentsOf(expression.arguments, inner, range)
      const { callee } = expression
      if (callee.type === 'Identifier') return { kind: 'call', name: callee.name, args, ...range }
      if (callee.type === 'MemberExpression' && !callee.computed && callee.property.type === 'Identifier') {
        const { name } = callee.property
        if (callee.object.type === 'Identifier' && GLOBALS.has(callee.object.name) && !constants.has(callee.object.name))
          return { kind: 'call', name: `${callee.object.name}.${name}`, args, ...range }
        return { kind: 'call', name, of: inner(callee.object), args, ...range }
      }
      throw refuse(range, 'a call of what is worked out')
    }
    default:
      throw refuse(range, WORDS[expression.type] ?? expression.type)
  }
}

/** `/^a/.test(x)` and `x.match(/^a/)`, both as methods of the text. */
function patternCall(
  { callee, arguments: args }: Extract<Expression, { type: 'CallExpression' }>,
  inner: (one: Expression) => Syntax,
  range: Range,
): Syntax | undefined {
  if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier' || args.length !== 1) return undefined
  const { name } = callee.property
  const [pattern, text] = name === 'test' ? [callee.object, args[0]] : name === 'match' ? [args[0], callee.object] : []
  if (!pattern || !text || pattern.type !== 'Literal' || !('regex' in pattern) || text.type === 'SpreadElement') return undefined
  const { regex } = pattern
  if (!/^u?$/.test(regex.flags)) throw refuse(range, `a regular expression with the flags "${regex.flags}"`)
  return { kind: 'call', name, of: inner(text as Expression), args: [{ kind: 'literal', value: regex.pattern, ...range }], ...range }
}

const GLOBALS: ReadonlySet<string> = new Set(['Math', 'Number', 'String', 'Date', 'Array', 'Object', 'JSON'])

const WORDS: Readonly<Record<string, string>> = {
  AssignmentExpression: 'an assignment',
  UpdateExpression: '"++" or "--"',
  ArrowFunctionExpression: 'a function',
  FunctionExpression: 'a function',
  ObjectExpression: 'an object',
  ThisExpression: '"this"',
  AwaitExpression: '"await"',
  SequenceExpression: 'several expressions with commas',
  ImportExpression: '"import"',
  TaggedTemplateExpression: 'a tagged template',
}

function argumentsOf(
  args: readonly (Expression | { readonly type: 'SpreadElement' })[],
  inner: (one: Expression) => Syntax,
  range: Range,
): readonly Syntax[] {
  return args.map((arg) => {
    if (arg.type === 'SpreadElement') throw refuse(range, 'a spread')
    return inner(arg as Expression)
  })
}

/** Texts joined; a value that is null is empty text. */
function template(
  { quasis, expressions }: Extract<Expression, { type: 'TemplateLiteral' }>,
  inner: (one: Expression) => Syntax,
  range: Range,
): Syntax {
  let joined: Syntax = { kind: 'literal', value: quasis[0]?.value.cooked ?? '', ...range }
  for (const [index, expression] of expressions.entries()) {
    joined = { kind: 'binary', operator: 'join', left: joined, right: inner(expression), ...range }
    const text = quasis[index + 1]?.value.cooked ?? ''
    if (text !== '')
      joined = { kind: 'binary', operator: 'join', left: joined, right: { kind: 'literal', value: text, ...range }, ...range }
  }
  return joined
}
