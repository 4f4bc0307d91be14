import type { Sql } from './dialect.ts'

/** A column or a parameter: what may stand in a statement twice without being computed twice or making it long. */
const isShort = (sql: Sql): boolean => /^(?:\0\d+\0|\w+\.(?:\w+|"(?:[^"]|"")*"))$/.test(sql)

/**
 * SQL over expressions that it needs more than once. Long ones are computed once, in a row of their own: SQLite takes a select without FROM for
 * a table that it does not merge into the outer one, so that functions of functions stay as long as they are written. Not for aggregates,
 * which would count that one row.
 */
export function named(expressions: readonly Sql[], print: (...names: readonly Sql[]) => Sql): Sql {
  if (expressions.every(isShort)) return print(...expressions)
  const columns = expressions.map((sql, index) => `${sql} as v${index}`)
  return `(select ${print(...expressions.map((_sql, index) => `f.v${index}`))} from (select ${columns.join(', ')}) as f)`
}
