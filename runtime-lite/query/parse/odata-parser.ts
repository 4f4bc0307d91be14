import { queryError } from '../../problem/problem.ts'
import type { Condition, Expression, FunctionName, Operand, TextMatch } from '../ast.ts'
import { FUNCTIONS } from '../functions.ts'
import type { MarkedText } from './marked-text.ts'
import { compareNodes, type OdataNode } from './odata-node.ts'
import { EQUALITIES, listOnly, MATCHES, OPERATORS, PREFIXES, PRODUCTS, RELATIONS, SUMS, shown, unknownFunction } from './odata-words.ts'
import { pathOf } from './path.ts'
import { quantified } from './quantified.ts'
import { MAX_DEPTH } from './query-limits.ts'
import { type Token, tokenize } from './tokenize.ts'

/** Reads OData text from left to right. What it stops at is for the caller to judge. */
export interface OdataParser {
  readonly condition: () => Condition
  readonly expression: () => Expression
  /** The next token, or one behind it. */
  readonly peek: (ahead?: number) => Token
  readonly take: () => Token
  /** Takes a token when it is this word, in any case. */
  readonly takeWord: (word: string) => Token | undefined
  readonly expect: (kind: Token['kind'], what: string) => Token
  /** @throws ObjectQLError always: 400 with the position of the token. */
  readonly fail: (message: string, token: Token) => never
  readonly shown: (token: Token) => string
}

/** Each operator of a calculation nests it deeper, which whoever walks the tree must be able to follow. */
const MAX_CALCULATION = 64

type Role = 'condition' | 'value'

/**
 * OData 4.01, 5.1.1: operators by their precedence, functions, `any` and `all`. `not` takes the whole comparison behind it.
 * @throws ObjectQLError 400 with the position, as do its methods.
 */
export function odataParser(source: MarkedText, maxDepth: number, code: 'INVALID_FILTER' | 'INVALID_SORT' | 'INVALID_QUERY'): OdataParser {
  const { parameter } = source
  const tokens = tokenize(source)
  /** Variables of the `any` and `all` around, the innermost last. */
  const variables: string[] = []
  const most = Math.min(maxDepth, MAX_DEPTH)
  let next = 0
  let depth = 0

  const peek = (ahead = 0): Token => tokens[Math.min(next + ahead, tokens.length - 1)] as Token
  const take = (): Token => (next < tokens.length - 1 ? tokens[next++] : tokens[next]) as Token
  const fail = (message: string, token: Token): never => {
    throw queryError(code, parameter, message, source.originalPosition(token.at))
  }
  const place = (token: Token) => ({ at: source.originalPosition(token.at), parameter })
  const expect = (kind: Token['kind'], what: string): Token => {
    const token = take()
    return token.kind === kind ? token : fail(`Expected ${what} in ${parameter}, found ${shown(token)}.`, token)
  }
  const isWord = (token: Token, word: string): boolean => token.kind === 'word' && token.text.toLowerCase() === word
  const takeWord = (word: string): Token | undefined => (isWord(peek(), word) ? take() : undefined)
  const isOneOf = (words: ReadonlySet<string>): boolean => peek().kind === 'word' && words.has(peek().text.toLowerCase())
  const deeper = <Result>(token: Token, work: () => Result): Result => {
    if (++depth > most) fail(`${parameter} is nested deeper than ${most} levels.`, token)
    const result = work()
    depth--
    return result
  }

  function parseOr(role: Role): OdataNode {
    const first = parseAnd(role)
    if (!isWord(peek(), 'or')) return first
    const parts = [toCondition(first)]
    while (takeWord('or')) parts.push(toCondition(parseAnd('condition')))
    return { kind: 'condition', condition: { kind: 'or', parts }, token: first.token }
  }

  function parseAnd(role: Role): OdataNode {
    const first = parseNot(role)
    if (!isWord(peek(), 'and')) return first
    const parts = [toCondition(first)]
    while (takeWord('and')) parts.push(toCondition(parseNot('condition')))
    return { kind: 'condition', condition: { kind: 'and', parts }, token: first.token }
  }

  function parseNot(role: Role): OdataNode {
    const token = peek()
    if (!isWord(token, 'not') || peek(1).kind === 'end') return parseEquality(role)
    take()
    return deeper(token, () => ({ kind: 'condition', condition: { kind: 'not', part: toCondition(parseNot('condition')) }, token }))
  }

  function parseEquality(role: Role): OdataNode {
    let left = parseRelation(role)
    while (isOneOf(EQUALITIES)) {
      const operator = take()
      left = compareNodes(left, operator, parseRelation('value'), fail)
    }
    return left
  }

  function parseRelation(role: Role): OdataNode {
    let left = parseSum(role)
    while (isOneOf(RELATIONS)) {
      const operator = take()
      left = isWord(operator, 'in') ? parseIn(left) : compareNodes(left, operator, parseSum('value'), fail)
    }
    return left
  }

  function parseSum(role: Role): OdataNode {
    return parseChain(role, SUMS, parseProduct)
  }

  function parseProduct(role: Role): OdataNode {
    return parseChain(role, PRODUCTS, parseUnary)
  }

  function parseChain(role: Role, operators: ReadonlySet<string>, parsePart: (role: Role) => OdataNode): OdataNode {
    let left = parsePart(role)
    for (let count = 1; isOneOf(operators); count++) {
      const operator = take()
      if (count > MAX_CALCULATION) fail(`A calculation in ${parameter} has at most ${MAX_CALCULATION} operators in a row.`, operator)
      const name = operator.text.toLowerCase() as FunctionName
      const args = [toExpression(left), toExpression(parsePart('value'))]
      left = { kind: 'expression', expression: { kind: 'call', name, args, ...place(operator) }, token: left.token }
    }
    return left
  }

  function parseUnary(role: Role): OdataNode {
    const token = peek()
    if (token.kind !== '-') return parsePrimary(role)
    take()
    return deeper(token, () => {
      const expression: Expression = { kind: 'call', name: 'neg', args: [toExpression(parseUnary('value'))], ...place(token) }
      return { kind: 'expression', expression, token }
    })
  }

  function parsePrimary(role: Role): OdataNode {
    const token = take()
    if (token.kind === '(') {
      const inner = deeper(token, () => parseOr(role))
      expect(')', '")"')
      return { ...inner, token }
    }
    const value = literalOf(token)
    if (value) return { kind: 'expression', expression: { kind: 'value', value, ...place(token) }, token }
    if (token.kind !== 'word')
      return fail(
        role === 'condition'
          ? `Expected a field or a function in ${parameter}, found ${shown(token)}.`
          : `Expected a value in ${parameter}, found ${shown(token)}. Strings stand in apostrophes.`,
        token,
      )
    if (peek().kind === '(') return parseCall(token)
    // A field may be called "null": what a condition begins with is one when an operator follows.
    const isField = role === 'condition' && (isOneOf(EQUALITIES) || isOneOf(RELATIONS))
    if (!isField) {
      if (isWord(token, 'null')) return { kind: 'null', token }
      const isTrue = isWord(token, 'true')
      if (isTrue || isWord(token, 'false')) {
        const constant: Operand = { kind: 'constant', value: isTrue, type: 'boolean' }
        return { kind: 'expression', expression: { kind: 'value', value: constant, ...place(token) }, token }
      }
    }
    return { kind: 'expression', expression: fieldOf(token), token }
  }

  /** A literal, or a parameter of a named query. */
  function literalOf(token: Token): Operand | undefined {
    if (token.kind === 'word') return source.named(token.text, parameter, source.originalPosition(token.at))
    if (token.kind !== 'string' && token.kind !== 'bare') return undefined
    if (token.prefix !== undefined && !PREFIXES.has(token.prefix.toLowerCase()))
      fail(`Write the value in apostrophes alone, without "${token.prefix}".`, token)
    return token.literal
  }

  function fieldOf(token: Token): Expression {
    const path = pathOf(token.text) ?? fail(`"${token.text}" is not a field: write "field" or "relation/field".`, token)
    const variable = variables.at(-1)
    if (variable === undefined) return { kind: 'field', path, ...place(token) }
    const [first = '', ...rest] = path
    if (first === variable) return { kind: 'field', path: rest, ...place(token) }
    return fail(
      variables.includes(first)
        ? `"${first}" belongs to the condition around this one: only fields of "${variable}" can be compared here.`
        : `Fields of the related record begin with "${variable}/": write "${variable}/${token.text}".`,
      token,
    )
  }

  function parseCall(name: Token): OdataNode {
    const quantifier = /^(.+)[./](any|all)$/i.exec(name.text)
    if (quantifier?.[1] !== undefined) return parseQuantifier(name, quantifier[1], quantifier[2]?.toLowerCase() === 'any' ? 'any' : 'all')
    const word = name.text.toLowerCase()
    return deeper(name, () => {
      if (MATCHES.has(word) || word === 'substringof') return parseMatch(name, word)
      if (!Object.hasOwn(FUNCTIONS, word)) return fail(unknownFunction(name.text), name)
      const signature: { readonly args: readonly unknown[]; readonly required?: number } = FUNCTIONS[word as FunctionName]
      const args = parseArguments(name, signature.required ?? signature.args.length, signature.args.length)
      return { kind: 'expression', expression: { kind: 'call', name: word as FunctionName, args, ...place(name) }, token: name }
    })
  }

  function parseArguments(name: Token, required: number, most: number): readonly Expression[] {
    expect('(', '"("')
    const args: Expression[] = []
    while (args.length < most) {
      if (args.length > 0) {
        if (peek().kind !== ',' && args.length >= required) break
        expect(',', '","')
      }
      const node = parseOr('value')
      if (node.kind === 'null')
        // The first argument is a field as a rule, and one may be called "null".
        args.push(args.length === 0 ? fieldOf(node.token) : fail(`"${name.text}" needs a value, not null.`, node.token))
      else args.push(toExpression(node))
    }
    expect(')', '")"')
    return args
  }

  function parseMatch(name: Token, word: string): OdataNode {
    const [first, second] = parseArguments(name, 2, 2) as readonly [Expression, Expression]
    // OData 2 has the text first.
    const [left, right] = word === 'substringof' ? [second, first] : [first, second]
    const operator = word === 'substringof' ? 'contains' : (word as TextMatch)
    return { kind: 'condition', condition: { kind: 'match', operator, left, right }, token: name }
  }

  function parseQuantifier(name: Token, relation: string, quantifier: 'any' | 'all'): OdataNode {
    const field = fieldOf({ ...name, text: relation })
    const path = field.kind === 'field' ? field.path : []
    expect('(', '"("')
    if (peek().kind === ')') {
      if (quantifier === 'all') fail('"all" needs a condition: all(c: c/field eq …).', name)
      take()
      return { kind: 'condition', condition: { kind: 'related', path, quantifier, ...place(name) }, token: name }
    }
    const variable = expect('word', 'a name such as "c:"')
    if (variables.includes(variable.text)) fail(`"${variable.text}" is taken by the condition around this one.`, variable)
    expect(':', '":"')
    variables.push(variable.text)
    const part = deeper(name, () => toCondition(parseOr('condition')))
    variables.pop()
    expect(')', '")"')
    const condition = quantified({ path, quantifier, part, ...place(name) }) ?? fail(listOnly(variable.text), name)
    return { kind: 'condition', condition, token: name }
  }

  function parseIn(left: OdataNode): OdataNode {
    expect('(', '"("')
    const values: Operand[] = []
    do {
      const token = peek()
      const node = parsePrimary('value')
      if (node.kind === 'null') fail('null cannot stand in a list: use "eq null".', peek())
      if (node.kind !== 'expression' || node.expression.kind !== 'value')
        return fail(`Expected a value in ${parameter}, found ${shown(token)}. Strings stand in apostrophes.`, token)
      values.push(node.expression.value)
    } while (peek().kind === ',' && take())
    expect(')', '")"')
    return { kind: 'condition', condition: { kind: 'in', left: toExpression(left), values }, token: left.token }
  }

  function toCondition(node: OdataNode): Condition {
    if (node.kind === 'condition') return node.condition
    const { token } = node
    const following = peek()
    const isOver = following.kind === 'end' || following.kind === ')' || isWord(following, 'and') || isWord(following, 'or')
    if (node.kind === 'expression' && isOver) {
      const { expression } = node
      if (expression.kind === 'value' && expression.value.kind === 'constant' && typeof expression.value.value === 'boolean')
        return { kind: 'constant', holds: expression.value.value }
      if (expression.kind === 'field' && !/[=<>!]/.test(token.text)) {
        const right: Expression = { kind: 'value', value: { kind: 'constant', value: true, type: 'boolean' } }
        return { kind: 'compare', operator: 'eq', left: expression, right }
      }
    }
    return fail(`Expected an operator after ${shown(token)} (${OPERATORS}), found ${shown(following)}.`, following)
  }

  function toExpression(node: OdataNode): Expression {
    if (node.kind === 'expression') return node.expression
    return fail(
      node.kind === 'null' ? `null cannot be calculated with in ${parameter}.` : `A condition cannot stand for a value in ${parameter}.`,
      node.token,
    )
  }

  return {
    condition: () => toCondition(parseOr('condition')),
    expression: () => toExpression(parseSum('value')),
    peek,
    take,
    takeWord,
    expect,
    fail,
    shown,
  }
}
