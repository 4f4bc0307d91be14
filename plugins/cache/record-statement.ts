import { sqlTokens, type Token } from './sql-tokens.ts'

/** A statement that touches no records of a table but those whose ids stand in its values. */
export interface RecordStatement {
  readonly kind: 'select' | 'insert' | 'update' | 'delete'
  readonly table: string
  /** Which values are ids, from 0. */
  readonly at: readonly number[]
}

/**
 * Recognises the statements by which an application reads and writes single records, by their text. Whatever looks different in any way is not one of them: then the
 * statement is taken to touch all of the table.
 */
export function recordStatement(sql: string): RecordStatement | undefined {
  const tokens = sqlTokens(sql)
  if (!tokens) return undefined
  switch (tokens[0]?.text) {
    case 'select':
      return selected(tokens)
    case 'insert':
      return inserted(tokens)
    case 'update':
      return updated(tokens)
    case 'delete':
      return deleted(tokens)
    default:
      return undefined
  }
}

const is = (token: Token | undefined, ...words: readonly string[]): boolean =>
  (token?.kind === 'word' || token?.kind === 'sign') && words.includes(token.text)

/** Where a word stands outside of all brackets, if it does so once. */
function only(tokens: readonly Token[], word: string): number | undefined {
  const found = tokens.flatMap((token, at) => (token.depth === 0 && is(token, word) ? [at] : []))
  return found.length === 1 ? found[0] : undefined
}

const has = (tokens: readonly Token[], ...words: readonly string[]): boolean =>
  tokens.some((token) => token.depth === 0 && is(token, ...words))

/** `select … from "t" [as a] where …`; the table stands nowhere else but before names of its columns. */
function selected(tokens: readonly Token[]): RecordStatement | undefined {
  const from = only(tokens, 'from')
  const table = tokens[(from ?? tokens.length) + 1]
  if (from === undefined || table?.kind !== 'name') return undefined
  const hasAlias = is(tokens[from + 2], 'as') && tokens[from + 3]?.kind === 'word'
  const where = from + (hasAlias ? 4 : 2)
  if (!is(tokens[where], 'where') || only(tokens, 'where') !== where) return undefined
  const isElsewhere = tokens.some(
    (token, at) =>
      at !== from + 1 &&
      token.kind === 'name' &&
      token.text === table.text &&
      !(is(tokens[at + 1], '.') && !is(tokens[at - 1], 'from', 'join', '.')),
  )
  const id = isElsewhere ? undefined : idIn(tokens.slice(where + 1), hasAlias ? tokens[from + 3]?.text : undefined)
  return id === undefined ? undefined : { kind: 'select', table: table.text, at: [id] }
}

/** `update "t" set … where "id" = ? …`, which leaves the id as it is. */
function updated(tokens: readonly Token[]): RecordStatement | undefined {
  const [, table, set] = tokens
  const where = only(tokens, 'where')
  if (table?.kind !== 'name' || !is(set, 'set') || where === undefined) return undefined
  const assigned = tokens.slice(3, where)
  const begins = (at: number): boolean => at === 0 || (is(assigned[at - 1], ',') && assigned[at]?.depth === 0)
  if (assigned.some((token, at) => begins(at) && (token.kind !== 'name' || token.text === 'id' || !is(assigned[at + 1], '='))))
    return undefined
  if (has(assigned, 'from', 'join', 'limit')) return undefined
  const id = idIn(withoutReturning(tokens.slice(where + 1)))
  return id === undefined ? undefined : { kind: 'update', table: table.text, at: [id] }
}

/** `delete from "t" where "id" = ? …` */
function deleted(tokens: readonly Token[]): RecordStatement | undefined {
  const [, from, table, where] = tokens
  if (!is(from, 'from') || table?.kind !== 'name' || !is(where, 'where') || only(tokens, 'where') !== 3) return undefined
  const id = idIn(withoutReturning(tokens.slice(4)))
  return id === undefined ? undefined : { kind: 'delete', table: table.text, at: [id] }
}

/** `insert into "t" ("id", …) values (?, …), (?, …)` */
function inserted(tokens: readonly Token[]): RecordStatement | undefined {
  const [, into, table, open] = tokens
  if (!is(into, 'into') || table?.kind !== 'name' || !is(open, '(')) return undefined
  const values = only(tokens, 'values')
  if (values === undefined || !is(tokens[values - 1], ')')) return undefined
  const columns = tokens.slice(4, values - 1)
  if (!columns.every((token, at) => (at % 2 === 0 ? token.kind === 'name' : is(token, ',')))) return undefined
  const column = columns.findIndex(({ text }) => text === 'id') / 2
  const rows = withoutReturning(tokens.slice(values + 1))
  const ids = column < 0 ? undefined : idsOfRows(rows, column)
  return ids && { kind: 'insert', table: table.text, at: ids }
}

/** The value of a column in each of `(…), (…)`; undefined where one of them is no parameter, or something else follows. */
function idsOfRows(tokens: readonly Token[], column: number): readonly number[] | undefined {
  const ids: number[] = []
  let at = 0
  for (;;) {
    if (!is(tokens[at], '(')) return undefined
    const end = tokens.findIndex((token, place) => place > at && token.depth === 0)
    const cells: Token[][] = [[]]
    for (const token of tokens.slice(at + 1, end))
      if (token.depth === 1 && is(token, ',')) cells.push([])
      else cells.at(-1)?.push(token)
    const [id, ...cast] = cells[column] ?? []
    if (id?.kind !== 'parameter' || !isCast(cast)) return undefined
    ids.push(id.at)
    if (end + 1 === tokens.length) return ids
    if (!is(tokens[end + 1], ',')) return undefined
    at = end + 2
  }
}

/** `::text` behind a parameter, or nothing. */
const isCast = (tokens: readonly Token[]): boolean =>
  tokens.length === 0 || (tokens.length === 2 && is(tokens[0], '::') && is(tokens[1], 'text'))

function withoutReturning(tokens: readonly Token[]): readonly Token[] {
  const at = tokens.findIndex((token) => token.depth === 0 && is(token, 'returning'))
  return at < 0 ? tokens : tokens.slice(0, at)
}

/** What else might come than further conditions that all have to hold. */
const NOT_AND = ['or', 'xor', '||', 'union', 'intersect', 'except', 'order', 'group', 'limit', 'offset', 'for', 'from', 'join', 'set', ';']

/** The value in `"id" = ?`, alone or before `and`. `alias`: as `t0."id" = ?`, and maybe all of it in brackets. */
function idIn(tokens: readonly Token[], alias?: string): number | undefined {
  const [first] = tokens
  if (is(first, '(')) {
    const depth = (first as Token).depth + 1
    const last = tokens.length - 1
    if (!is(tokens[last], ')') || tokens.findIndex((token, at) => at > 0 && token.depth < depth) !== last) return undefined
    return idIn(
      tokens.slice(1, last).map((token) => ({ ...token, depth: token.depth - depth })),
      alias,
    )
  }
  let at = 0
  if (alias !== undefined) {
    if (!is(tokens[0], alias) || !is(tokens[1], '.')) return undefined
    at = 2
  }
  const [name, equals, value] = tokens.slice(at)
  if (name?.kind !== 'name' || name.text !== 'id' || !is(equals, '=') || value?.kind !== 'parameter') return undefined
  let end = at + 3
  if (is(tokens[end], '::')) {
    if (!isCast(tokens.slice(end, end + 2))) return undefined
    end += 2
  }
  const rest = tokens.slice(end)
  if (rest.length > 0 && (!is(rest[0], 'and') || has(rest, ...NOT_AND))) return undefined
  return value.at
}
