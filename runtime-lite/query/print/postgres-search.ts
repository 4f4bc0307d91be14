import type { Sql } from './dialect.ts'

/** Text beyond these characters is not searched: an index entry holds 1 MiB. */
const SEARCHED_CHARACTERS = 200_000

const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'

/** Punctuation divides words, as in the other databases: PostgreSQL would keep `first-class` and `a@example.com` in one piece. */
const divided = (text: Sql): Sql => `translate(${text}, E'${PUNCTUATION.replaceAll(/['\\]/g, '\\$&')}', repeat(' ', ${PUNCTUATION.length}))`

/** Words of some columns, quoted. An index is used only over the very same expression, so the schema is printed with it, too. */
export function postgresDocument(columns: readonly Sql[]): Sql {
  const text = columns.map((column) => `coalesce(${column}, '')`).join(" || ' ' || ")
  return `to_tsvector('simple', ${divided(`left(${text}, ${SEARCHED_CHARACTERS})`)})`
}

/** What to look for: all words of a text, or one of them. */
export function postgresWords(text: Sql, operator: 'and' | 'or'): Sql {
  const all = `plainto_tsquery('simple', ${divided(text)})`
  // Words hold no punctuation, so that every `&` stands between two of them.
  return operator === 'and' ? all : `replace(${all}::text, '&', '|')::tsquery`
}
