import type { Dialect, Sql } from './dialect.ts'
import { columnOf, fieldPlanOf, parameterKindOf, type TablePlan, tableOf, VERSION_COLUMN } from './names-of.ts'
import { parameterList } from './parameter-list.ts'
import type { WriteStatement } from './print-write.ts'

/** How many records one statement changes so. */
export const maxUpdateRows = (fields: number, { maxParameters }: Dialect): number =>
  Math.max(1, Math.floor(maxParameters / (2 * fields + 1)))

/**
 * So many records by their ids, each with values of its own. Values: for each field of `set` in order the id and the value of each record in turn, then
 * the ids. No rows: `changes` says how many there were.
 */
export function printUpdateEach(plan: TablePlan, dialect: Dialect, set: readonly string[], rows: number): WriteStatement {
  const list = parameterList(dialect)
  const id = dialect.quoteName(columnOf(plan, 'id'))
  const version = dialect.quoteName(VERSION_COLUMN)
  const each = (text: () => Sql): readonly Sql[] => Array.from({ length: rows }, text)
  const sets = set.map((field) => {
    const column = dialect.quoteName(columnOf(plan, field))
    const kind = parameterKindOf(fieldPlanOf(plan, field))
    // The column as the last case says which type the values are of.
    return `${column} = case ${id} ${each(() => `when ${list.extra('text')} then ${list.extra(kind)}`).join(' ')} else ${column} end`
  })
  const ids = each(() => list.extra('text')).join(', ')
  const text = `update ${tableOf(plan, dialect)} set ${[...sets, `${version} = ${version} + 1`].join(', ')} where ${id} in (${ids})`
  const { sql, parameters } = list.finish(text)
  return Object.freeze({ sql, kinds: parameters.map(({ kind }) => kind), isRead: false, returnsRows: false })
}
