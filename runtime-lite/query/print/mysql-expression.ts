import type { Sql } from './dialect.ts'

/** ISO 8601 with milliseconds and `Z` of a UTC datetime. */
export const mysqlInstant = (sql: Sql): Sql => `concat(left(date_format(${sql}, '%Y-%m-%dT%H:%i:%s.%f'), 23), 'Z')`

/**
 * Folds ASCII letters only, where `lower` folds all there are: the bytes of UTF-8 are read as Hebrew of eight bits, in which no other byte
 * than those of ASCII letters has a case, and become UTF-8 again.
 */
export const mysqlFoldedBy =
  (collation: string) =>
  (text: Sql, fold: 'lower' | 'upper'): Sql =>
    `convert(cast(${fold}(convert(cast(convert(${text} using utf8mb4) as binary) using hebrew)) as binary) using utf8mb4) collate ${collation}`
