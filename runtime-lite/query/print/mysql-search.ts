import type { BoundSearch } from '../bound.ts'
import type { Sql } from './dialect.ts'

/** Words are runs of letters and digits, as in the other databases. No backslash: whether it escapes in literals is a setting. */
const DIVIDERS = "'[^[:alnum:]]+'"

const divided = (text: Sql): Sql => `trim(regexp_replace(lower(${text}), ${DIVIDERS}, ' '))`

/**
 * Over a full-text index in boolean mode, which knows neither words of one or two letters nor stop words (`innodb_ft_min_token_size`,
 * `innodb_ft_enable_stopword`): set both, and the index finds what the other databases find. Without an index each word is looked for.
 */
export function mysqlSearch({ alias, columns, operator, isIndexed }: BoundSearch, text: Sql, quoteName: (name: string) => Sql): Sql {
  const names = columns.map((column) => `${alias}.${quoteName(column)}`)
  if (isIndexed) {
    const plus = operator === 'and' ? '+' : ''
    return `match(${names.join(', ')}) against (concat('${plus}', replace(${divided(text)}, ' ', ' ${plus}')) in boolean mode)`
  }
  const list = `concat('["', replace(${divided(text)}, ' ', '","'), '"]')`
  const isThere = `locate(concat(' ', w.v, ' '), concat(' ', ${divided(`concat_ws(' ', ${names.join(', ')})`)}, ' ')) > 0`
  const rows = `json_table(${list}, '$[*]' columns (v longtext path '$')) as w`
  return operator === 'and'
    ? `(${divided(text)} <> '' and not exists (select 1 from ${rows} where (${isThere}) is not true))`
    : `exists (select 1 from ${rows} where w.v <> '' and ${isThere})`
}
