import type { SqlValue } from '../../object/object-plan.ts'
import type { BoundSearch } from '../bound.ts'
import { quoteName, quoteText } from '../names.ts'
import type { Derive, Sql } from './dialect.ts'
import { searchWords } from './search-words.ts'
import { sqliteSearchNames } from './sqlite-search-names.ts'

/** What divides words in a text: spaces, control characters and ASCII punctuation, as in `searchWords`. NUL cannot be replaced. */
const DIVIDERS = Array.from({ length: 0x7f }, (_, code) => String.fromCharCode(code + 1)).filter(
  (character) => !/[ 0-9A-Za-z]/.test(character),
)

/** Over the full-text table of the generated schema, else word by word: slow, but with the same answer. */
export function sqliteSearch({ plan, alias, columns, operator, isIndexed }: BoundSearch, text: Sql, derive: Derive): Sql {
  if (isIndexed) {
    const words = derive(text, `fts-${operator}`, 'text', searchDerivations[`fts-${operator}`])
    const names = sqliteSearchNames(plan.table.slice(1, -1).replaceAll('""', '"'))
    const [index, rows] = [quoteName(names.index), quoteName(names.rows)]
    return `${alias}."id" in (select r."id" from ${index} as f join ${rows} as r on r."row" = f.rowid where f.${index} match ${words})`
  }
  const words = derive(text, 'words', 'list', searchDerivations.words)
  const searched = columns.map((column) => `coalesce(${alias}.${quoteName(column)}, '')`).join(`||' '||`)
  const each = (condition: Sql): Sql => `select 1 from json_each(${words}) as w where ${condition}`
  const isEvery = (isThere: Sql): Sql => `not exists (${each(`not ${isThere}`)})`
  const isMet = (isThere: Sql): Sql => (operator === 'and' ? isEvery(isThere) : `exists (${each(isThere)})`)
  const exact = `(select ${isMet(`instr(e.t, ' '||w.value||' ') > 0`)} from (select ${divided(`' '||d.t||' '`)} as t) as e)`
  // Dividing a text takes long: only those are divided that have the letters at all, once and not for every word.
  const hasLetters = `json_array_length(${words}) > 0 and ${isMet('instr(d.t, w.value) > 0')}`
  return `(select case when ${hasLetters} then ${exact} else 0 end from (select lower(${searched}) as t) as d)`
}

/** What is made of the text to search for when it is bound. */
export const searchDerivations = {
  'fts-and': (value: SqlValue): SqlValue => matchOf(String(value), 'and'),
  'fts-or': (value: SqlValue): SqlValue => matchOf(String(value), 'or'),
  words: (value: SqlValue): SqlValue => JSON.stringify(searchWords(foldAscii(String(value)))),
} as const

const divided = (text: Sql): Sql => DIVIDERS.reduce((sql, character) => `replace(${sql}, ${literal(character)}, ' ')`, text)

const literal = (character: string): Sql => (/[!-~]/.test(character) ? quoteText(character) : `char(${character.charCodeAt(0)})`)

const foldAscii = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())

/** Words in quotation marks are no operators of FTS5. None at all: a text that nothing matches. */
const matchOf = (text: string, operator: 'and' | 'or'): string =>
  searchWords(text)
    .map((word) => `"${word}"`)
    .join(operator === 'and' ? ' AND ' : ' OR ') || '""'
