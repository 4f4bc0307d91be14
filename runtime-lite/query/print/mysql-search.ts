import type { SqlValue } from '../../object/object-plan.ts'
import type { BoundSearch } from '../bound.ts'
import type { Derive, Sql } from './dialect.ts'
import { mysqlSearchName } from './mysql-search-name.ts'
import { physicalName } from './physical-name.ts'
import { searchWords } from './search-words.ts'

/** What stands between words, as a parameter: whether a backslash escapes in a literal is a setting of the server. */
const DIVIDERS = '[\\x{00}-\\x{2f}\\x{3a}-\\x{40}\\x{5b}-\\x{60}\\x{7b}-\\x{7f}]+'

/**
 * Word by word, over what a full-text index found where there is one. The index knows no words of one or two letters and no stop words
 * (`innodb_ft_min_token_size`, `innodb_ft_enable_stopword`): where it can say nothing, its query is empty and all records are looked at. The
 * server sees that before it chooses an index.
 */
export function mysqlSearch(
  { alias, columns, operator, isIndexed }: BoundSearch,
  text: Sql,
  derive: Derive,
  quoteName: (name: string) => Sql,
): Sql {
  const list = derive(text, 'words', 'list', mysqlSearchDerivations.words)
  const dividers = derive(text, 'dividers', 'text', mysqlSearchDerivations.dividers)
  if (list === undefined || dividers === undefined) throw new Error('What is searched for is a parameter.')
  const names = columns.map((column) => `${alias}.${quoteName(column)}`)
  const document = isIndexed
    ? `${alias}.${quoteName(mysqlSearchName(columns.map((column) => physicalName('mysql', column))))}`
    : `lower(concat_ws(' ', ${names.join(', ')}))`
  const isThere = `locate(concat(' ', lower(w.v), ' '), concat(' ', regexp_replace(${document}, ${dividers}, ' '), ' ')) > 0`
  const words = `json_table(${list}, '$[*]' columns (v longtext path '$')) as w`
  const exact =
    operator === 'and'
      ? `(json_length(${list}) > 0 and not exists (select 1 from ${words} where (${isThere}) is not true))`
      : `exists (select 1 from ${words} where ${isThere})`
  if (!isIndexed) return exact
  const query = derive(text, `fulltext-${operator}`, 'text', mysqlSearchDerivations[`fulltext-${operator}`])
  return `((match(${document}) against (${query} in boolean mode) or ${query} = '') and ${exact})`
}

/** What is made of the text to search for when it is bound. */
export const mysqlSearchDerivations = {
  words: (value: SqlValue): SqlValue => JSON.stringify(searchWords(String(value))),
  dividers: (): SqlValue => DIVIDERS,
  'fulltext-and': (value: SqlValue): SqlValue => fulltextQuery(String(value), 'and'),
  'fulltext-or': (value: SqlValue): SqlValue => fulltextQuery(String(value), 'or'),
} as const

/** What the index is asked: empty where it cannot find all that the words find. */
function fulltextQuery(text: string, operator: 'and' | 'or'): string {
  const words = searchWords(text).map((word) => word.toLowerCase())
  const known = words.filter((word) => [...word].length >= MIN_LENGTH && !STOP_WORDS.has(word))
  if (operator === 'or' && known.length < words.length) return ''
  return known.map((word) => (operator === 'and' ? `+"${word}"` : `"${word}"`)).join(' ')
}

/** Defaults of InnoDB. */
const MIN_LENGTH = 3
const STOP_WORDS: ReadonlySet<string> = new Set(
  'a about an are as at be by com de en for from how i in is it la of on or that the this to was what when where who will with und the www'.split(
    ' ',
  ),
)
