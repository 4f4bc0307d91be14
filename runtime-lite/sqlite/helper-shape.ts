import type { DatabaseSync } from 'node:sqlite'
import { quoteName } from '../query/names.ts'
import { SQLITE_MARKER, sqliteSearchNames } from '../query/print/sqlite-search-names.ts'
import { foldName } from './fold-name.ts'

/**
 * A trigger, or a table of a full-text index, that belongs to a table. It holds nothing that is not in that table, so it comes and goes freely.
 * The marker in its statement tells it from what others made.
 */
export interface HelperShape {
  readonly kind: 'table' | 'trigger'
  readonly name: string
  readonly sql: string
}

/** Helpers by the folded name of their table, in the order they were created. */
export function readHelpers(db: DatabaseSync): ReadonlyMap<string, readonly HelperShape[]> {
  const rows = db
    .prepare(
      `select s.type, s.name, s.tbl_name as "table", s.sql, l.type = 'virtual' as "virtual" from sqlite_schema as s left join pragma_table_list as l on l.schema = 'main' and l.name = s.name where s.type in ('table', 'trigger') and instr(s.sql, ?) > 0 order by s.rowid`,
    )
    .all(SQLITE_MARKER)
  const byTable = new Map<string, HelperShape[]>()
  for (const row of rows) {
    const [name, isTrigger] = [String(row['name']), row['type'] === 'trigger']
    const table = foldName(isTrigger ? String(row['table']) : ownerOf(name, row['virtual'] === 1))
    const helpers = byTable.get(table) ?? []
    helpers.push({
      kind: isTrigger ? 'trigger' : 'table',
      name,
      // SQLite rewrites the first words of what it was given, in capitals.
      sql: String(row['sql']).replace(/^CREATE (?:TABLE|TRIGGER|VIRTUAL TABLE) /, (words) => words.toLowerCase()),
    })
    byTable.set(table, helpers)
  }
  return byTable
}

const ownerOf = (name: string, isVirtual: boolean): string => {
  const { index, rows } = sqliteSearchNames('')
  return name.slice(0, -(isVirtual ? index : rows).length)
}

/** Statements that remove helpers. Triggers go first: they name the tables. */
export const dropHelpers = (helpers: readonly HelperShape[]): readonly string[] =>
  [...helpers.filter(({ kind }) => kind === 'trigger'), ...helpers.filter(({ kind }) => kind === 'table').reverse()].map(
    ({ kind, name }) => `drop ${kind} ${quoteName(name)}`,
  )

/** Statements that fill the full-text index of a table that has rows. */
export function fillHelpers(table: string, key: string, helpers: readonly HelperShape[]): readonly string[] {
  const names = sqliteSearchNames(table)
  const index = helpers.find(({ kind, name }) => kind === 'table' && name === names.index)
  const insert = helpers.find(({ kind, name }) => kind === 'trigger' && name === names.trigger('insert'))
  const columns = /fts5\((c0(?:, c\d+)*),/.exec(index?.sql.slice(quoteName(names.index).length) ?? '')?.[1]
  if (!insert || columns === undefined) return []
  const [on, map, fts, id] = [table, names.rows, names.index, key].map(quoteName) as [string, string, string, string]
  // What the trigger adds for one row, for all of them.
  const start = `insert into ${fts} (rowid, ${columns}) values ((select "row" from ${map} where "id" = new.${id}), `
  const values = insert.sql.slice(insert.sql.lastIndexOf(start) + start.length, insert.sql.lastIndexOf(');'))
  return [
    `insert into ${map} ("id") select ${id} from ${on}`,
    `insert into ${fts} (rowid, ${columns}) select r."row", ${values} from ${map} as r join ${on} as new on new.${id} = r."id"`,
  ]
}
