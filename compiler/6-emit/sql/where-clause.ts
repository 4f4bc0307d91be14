import type { Dialect } from '../../config/config.ts'
import type { Column } from './table.ts'

export type WhereClause = { readonly ok: true; readonly sql: string } | { readonly ok: false; readonly problem: string }

interface Scope {
  readonly dialect: Dialect
  readonly columnByField: ReadonlyMap<string, Column>
  /** Quotes a column name. */
  readonly quote: (name: string) => string
}

type Token = { readonly kind: 'word' | 'quoted' | 'text' | 'number' | 'symbol'; readonly text: string }

const TOKEN =
  /\s+|'((?:[^']|'')*)'|"((?:[^"]|"")+)"|`((?:[^`]|``)+)`|(\d+(?:\.\d+)?)|([\p{L}_][\p{L}\p{N}_$]*)|(<=|>=|<>|!=|==|[=<>(),-])/uy

/**
 * The condition of a partial index, read and printed again: comparisons, `is null`, `in`, `between`, `like`, `and`, `or`, `not` over
 * the object's own fields. Anything else is refused, because one bad condition would make the whole schema fail to load.
 */
export function whereClause(text: string, scope: Scope): WhereClause {
  const tokens = tokenize(text)
  if (!tokens) return { ok: false, problem: 'it has a character that does not belong there' }
  try {
    const parser = { tokens, position: 0, scope }
    const sql = parseOr(parser)
    const rest = parser.tokens[parser.position]
    return rest ? { ok: false, problem: `"${rest.text}" was not expected` } : { ok: true, sql }
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, problem: error.message }
    throw error
  }
}

class Unreadable extends Error {}

interface Parser {
  readonly tokens: readonly Token[]
  position: number
  readonly scope: Scope
}

function tokenize(text: string): Token[] | undefined {
  const tokens: Token[] = []
  let position = 0
  while (position < text.length) {
    TOKEN.lastIndex = position
    const match = TOKEN.exec(text)
    if (!match) return undefined
    position = TOKEN.lastIndex
    const [, string, double, backtick, number, word, symbol] = match
    if (string !== undefined) tokens.push({ kind: 'text', text: string.replaceAll("''", "'") })
    else if (double !== undefined) tokens.push({ kind: 'quoted', text: double.replaceAll('""', '"') })
    else if (backtick !== undefined) tokens.push({ kind: 'quoted', text: backtick.replaceAll('``', '`') })
    else if (number !== undefined) tokens.push({ kind: 'number', text: number })
    else if (word !== undefined) tokens.push({ kind: 'word', text: word })
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol })
  }
  return tokens
}

/** Consumes the next token when it is one of these words or symbols. */
function take(parser: Parser, ...wanted: readonly string[]): string | undefined {
  const token = parser.tokens[parser.position]
  if (token === undefined || token.kind === 'text' || token.kind === 'quoted') return undefined
  const found = wanted.find((candidate) => candidate === token.text.toLowerCase())
  if (found !== undefined) parser.position++
  return found
}

function expect(parser: Parser, wanted: string): void {
  if (take(parser, wanted) === undefined) throw new Unreadable(`"${wanted}" is missing`)
}

function parseOr(parser: Parser): string {
  let sql = parseAnd(parser)
  while (take(parser, 'or')) sql = `${sql} or ${parseAnd(parser)}`
  return sql
}

function parseAnd(parser: Parser): string {
  let sql = parseNot(parser)
  while (take(parser, 'and')) sql = `${sql} and ${parseNot(parser)}`
  return sql
}

function parseNot(parser: Parser): string {
  if (take(parser, 'not')) return `not ${parseNot(parser)}`
  if (!take(parser, '(')) return parsePredicate(parser)
  const sql = parseOr(parser)
  expect(parser, ')')
  return `(${sql})`
}

const COMPARISONS: Readonly<Record<string, string>> = {
  '=': '=',
  '==': '=',
  '<>': '<>',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
}

function parsePredicate(parser: Parser): string {
  const left = parseOperand(parser)
  const comparison = take(parser, ...Object.keys(COMPARISONS))
  if (comparison !== undefined) return comparisonSql(left, COMPARISONS[comparison] ?? comparison, parseOperand(parser), parser.scope)
  if (take(parser, 'is')) {
    const not = take(parser, 'not') ? 'not ' : ''
    expect(parser, 'null')
    return `${left.sql} is ${not}null`
  }
  const not = take(parser, 'not') ? 'not ' : ''
  if (take(parser, 'in')) {
    expect(parser, '(')
    const items = [parseOperand(parser).sql]
    while (take(parser, ',')) items.push(parseOperand(parser).sql)
    expect(parser, ')')
    return `${left.sql} ${not}in (${items.join(', ')})`
  }
  if (take(parser, 'like')) return `${left.sql} ${not}like ${parseOperand(parser).sql}`
  if (take(parser, 'between')) {
    const low = parseOperand(parser).sql
    expect(parser, 'and')
    return `${left.sql} ${not}between ${low} and ${parseOperand(parser).sql}`
  }
  // A boolean field alone.
  if (not === '' && left.column?.storage.kind === 'boolean') return comparisonSql(left, '=', { sql: 'true', truth: true }, parser.scope)
  throw new Unreadable('a comparison is missing')
}

interface Operand {
  readonly sql: string
  readonly column?: Column
  readonly truth?: boolean
}

function comparisonSql(left: Operand, operator: string, right: Operand, { dialect }: Scope): string {
  const isBoolean = left.column?.storage.kind === 'boolean' || right.column?.storage.kind === 'boolean'
  const print = ({ sql, truth }: Operand): string => {
    const value = truth ?? (isBoolean && (sql === '0' || sql === '1') ? sql === '1' : undefined)
    if (value === undefined) return sql
    return dialect === 'postgres' ? String(value) : value ? '1' : '0'
  }
  return `${print(left)} ${operator} ${print(right)}`
}

const KEYWORDS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'is', 'in', 'like', 'between', 'null'])

function parseOperand(parser: Parser): Operand {
  const token = parser.tokens[parser.position++]
  if (token === undefined) throw new Unreadable('it ends too early')
  const text = (value: string): Operand => ({ sql: `'${value.replaceAll("'", "''")}'` })
  switch (token.kind) {
    case 'text':
      return text(token.text)
    case 'number':
      return { sql: token.text }
    case 'symbol':
      if (token.text === '-' && parser.tokens[parser.position]?.kind === 'number') return { sql: `-${parseOperand(parser).sql}` }
      throw new Unreadable(`"${token.text}" was not expected`)
    case 'quoted': {
      // MySQL and old SQLite habits: "active" is text when no field has that name.
      const column = parser.scope.columnByField.get(token.text)
      return column ? { sql: parser.scope.quote(column.name), column } : text(token.text)
    }
    case 'word': {
      const lower = token.text.toLowerCase()
      const column =
        parser.scope.columnByField.get(token.text) ?? (KEYWORDS.has(lower) ? undefined : columnIgnoringCase(lower, parser.scope))
      if (column) return { sql: parser.scope.quote(column.name), column }
      if (lower === 'true' || lower === 'false') return { sql: lower, truth: lower === 'true' }
      throw new Unreadable(`"${token.text}" is not a field`)
    }
    default:
      return token.kind satisfies never
  }
}

function columnIgnoringCase(lower: string, { columnByField }: Scope): Column | undefined {
  for (const [field, column] of columnByField) if (field.toLowerCase() === lower) return column
  return undefined
}
