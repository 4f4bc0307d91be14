import { COLUMNS } from './account.ts'
import { HttpProblem } from './problem.ts'

export type SqlValue = string | number | boolean | null

/** What differs between the two databases. */
export interface SqlStyle {
  readonly place: (index: number) => string
  readonly boolean: (value: boolean) => SqlValue
  readonly differs: string
  readonly contains: (field: string, place: string) => string
  readonly startsWith: (field: string, place: string) => string
  readonly endsWith: (field: string, place: string) => string
}

export const SQLITE: SqlStyle = {
  place: () => '?',
  boolean: Number,
  differs: 'IS NOT',
  contains: (field, place) => `instr(${field}, ${place}) > 0`,
  startsWith: (field, place) => `substr(${field}, 1, length(${place})) = ${place}`,
  endsWith: (field, place) => `substr(${field}, -length(${place})) = ${place}`,
}

export const POSTGRES: SqlStyle = {
  place: (index) => `$${index}`,
  boolean: (value) => value,
  differs: 'IS DISTINCT FROM',
  contains: (field, place) => `strpos(${field}, ${place}) > 0`,
  startsWith: (field, place) => `starts_with(${field}, ${place})`,
  endsWith: (field, place) => `right(${field}, length(${place})) = ${place}`,
}

export interface Where {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

const COLUMN_NAMES = new Set<string>(COLUMNS)
const COMPARISONS: Readonly<Record<string, string>> = { eq: '=', ne: '<>', gt: '>', ge: '>=', lt: '<', le: '<=' }
const TOKEN = /\s*(?:('(?:[^']|'')*')|(-?\d+(?:\.\d+)?)|([A-Za-z_][A-Za-z0-9_]*)|([(),]))/y

interface Token {
  readonly kind: 'text' | 'number' | 'word' | 'mark'
  readonly text: string
}

function tokenize(source: string): Token[] {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < source.length) {
    const start = TOKEN.lastIndex
    const match = TOKEN.exec(source)
    if (match === null) throw new HttpProblem(400, 'INVALID_FILTER', `Unexpected text at position ${start} of $filter.`)
    if (match[1] !== undefined) tokens.push({ kind: 'text', text: match[1].slice(1, -1).replaceAll("''", "'") })
    else if (match[2] !== undefined) tokens.push({ kind: 'number', text: match[2] })
    else if (match[3] !== undefined) tokens.push({ kind: 'word', text: match[3] })
    else tokens.push({ kind: 'mark', text: match[4] ?? '' })
  }
  return tokens
}

/** `$filter` (OData text) to a WHERE clause with placeholders. Values are always parameters. */
export function parseFilter(source: string, style: SqlStyle): Where {
  const tokens = tokenize(source.trimEnd())
  const values: SqlValue[] = []
  let position = 0

  const fail = (message: string): never => {
    throw new HttpProblem(400, 'INVALID_FILTER', message)
  }
  const next = (): Token => tokens[position++] ?? fail('The filter ends too early.')
  const isWord = (word: string): boolean => tokens[position]?.kind === 'word' && tokens[position]?.text === word
  const expectMark = (mark: string): void => {
    const token = next()
    if (token.kind !== 'mark' || token.text !== mark) fail(`Expected "${mark}" but found "${token.text}".`)
  }
  const column = (): string => {
    const token = next()
    if (token.kind !== 'word' || !COLUMN_NAMES.has(token.text)) fail(`Account has no field "${token.text}".`)
    return `account.${token.text}`
  }
  /** Pushes a literal and returns its placeholder; null stays text. */
  const literal = (): string => {
    const token = next()
    if (token.kind === 'text') values.push(token.text)
    else if (token.kind === 'number') values.push(Number(token.text))
    else if (token.text === 'true' || token.text === 'false') values.push(style.boolean(token.text === 'true'))
    else if (token.text === 'null') return 'null'
    else fail(`Expected a value but found "${token.text}".`)
    return style.place(values.length)
  }

  const parseOr = (): string => {
    let sql = parseAnd()
    while (isWord('or')) {
      position++
      sql = `(${sql} OR ${parseAnd()})`
    }
    return sql
  }
  const parseAnd = (): string => {
    let sql = parseNot()
    while (isWord('and')) {
      position++
      sql += ` AND ${parseNot()}`
    }
    return sql
  }
  const parseNot = (): string => {
    if (!isWord('not')) return parseTerm()
    position++
    // "Not" of a comparison with a missing value is true, as in the comparison with ne.
    return `(${parseTerm()}) IS NOT TRUE`
  }
  const parseTerm = (): string => {
    const token = tokens[position]
    if (token?.kind === 'mark' && token.text === '(') {
      position++
      const sql = parseOr()
      expectMark(')')
      return `(${sql})`
    }
    if (isWord('contains') || isWord('startswith') || isWord('endswith')) return parseMatch(next().text)
    const field = column()
    const operator = next().text
    if (operator === 'in') return parseIn(field)
    const sign = COMPARISONS[operator] ?? fail(`"${operator}" is not an operator.`)
    const value = literal()
    if (value === 'null')
      return operator === 'eq' ? `${field} IS NULL` : operator === 'ne' ? `${field} IS NOT NULL` : fail('null can only be equal or not.')
    // "Not equal" includes records without a value, as people expect.
    return operator === 'ne' ? `${field} ${style.differs} ${value}` : `${field} ${sign} ${value}`
  }
  const parseMatch = (name: string): string => {
    expectMark('(')
    const field = column()
    expectMark(',')
    const token = next()
    if (token.kind !== 'text') fail(`${name} needs a text.`)
    expectMark(')')
    const place = (): string => style.place(values.push(token.text))
    if (name === 'contains') return style.contains(field, place())
    // SQLite's places are counted, so a value that stands twice is given twice.
    const both = style === SQLITE ? `${place()}${place().slice(1)}` : place()
    return name === 'startswith' ? style.startsWith(field, both) : style.endsWith(field, both)
  }
  const parseIn = (field: string): string => {
    expectMark('(')
    const places = [literal()]
    while (tokens[position]?.text === ',') {
      position++
      places.push(literal())
    }
    expectMark(')')
    return `${field} IN (${places.join(', ')})`
  }

  const sql = parseOr()
  const rest = tokens[position]
  if (rest !== undefined) fail(`Unexpected "${rest.text}".`)
  return { sql, values }
}

/** `$orderby` to an ORDER BY clause. The id comes last, in the last item's direction: the order is total and an index still serves it. */
export function parseOrderBy(source: string): string {
  let last = 'ASC'
  const items = source.split(',').map((item) => {
    const [field = '', direction = 'asc', ...rest] = item.trim().split(/\s+/)
    if (!COLUMN_NAMES.has(field)) throw new HttpProblem(400, 'INVALID_SORT', `Account has no field "${field}".`)
    if ((direction !== 'asc' && direction !== 'desc') || rest.length > 0)
      throw new HttpProblem(400, 'INVALID_SORT', `Cannot sort by "${item}".`)
    last = direction === 'desc' ? 'DESC' : 'ASC'
    return `account.${field} ${last}`
  })
  return [...items, `account.id ${last}`].join(', ')
}
