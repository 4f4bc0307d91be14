import type { DatabaseSync } from 'node:sqlite'
import { SQLITE_MARKER } from '../query/print/sqlite-search-names.ts'
import { foldName } from './fold-name.ts'
import { type HelperShape, readHelpers } from './helper-shape.ts'

export { foldName } from './fold-name.ts'

/** What a SQLite database has, as far as a migration looks at it. Maps are keyed by `foldName`. */
export interface DatabaseShape {
  /** In the order they were created. */
  readonly tables: ReadonlyMap<string, TableShape>
  /** Views and virtual tables: their names are taken. */
  readonly others: ReadonlyMap<string, string>
}

export interface TableShape {
  readonly name: string
  /** The statement that created it. */
  readonly sql: string
  readonly columns: ReadonlyMap<string, ColumnShape>
  readonly indexes: readonly IndexShape[]
  readonly hasRowid: boolean
  /** Triggers and tables of the full-text index that generated schemas add to it. */
  readonly helpers: readonly HelperShape[]
}

export interface ColumnShape {
  readonly name: string
  readonly type: string
  readonly isNotNull: boolean
  readonly default: string | null
  /** From 1 within the primary key, else 0. */
  readonly keyPosition: number
  readonly isGenerated: boolean
  readonly reference?: ReferenceShape
}

export interface ReferenceShape {
  readonly table: string
  /** null: the primary key. */
  readonly column: string | null
  readonly onDelete: string
  /** Part of a key over several columns. */
  readonly isComposite: boolean
}

export interface IndexShape {
  readonly name: string
  /** Column names; null for an expression. */
  readonly columns: readonly (string | null)[]
  readonly isUnique: boolean
  readonly where?: string
  /** The statement that created it; null for one that belongs to a constraint. */
  readonly sql: string | null
}

export function readShape(db: DatabaseSync): DatabaseShape {
  const references = readReferences(db)
  const indexes = readIndexes(db)
  const columns = readColumns(db, references)
  const helpers = readHelpers(db)
  const tables = new Map<string, TableShape>()
  const others = new Map<string, string>()
  const rows = db.prepare(
    `select s.name, s.type, s.sql, s.sql like 'create virtual%' as "virtual", l.wr, l.type = 'shadow' as "shadow" from sqlite_schema as s left join pragma_table_list(s.name) as l on l.schema = 'main' where s.type in ('table', 'view') order by s.rowid`,
  )
  for (const row of rows.all()) {
    const name = String(row['name'])
    if (name.startsWith('sqlite_') || row['shadow'] === 1 || String(row['sql']).includes(SQLITE_MARKER)) continue
    if (row['type'] !== 'table') others.set(foldName(name), 'view')
    else if (row['virtual'] === 1) others.set(foldName(name), 'virtual table')
    else {
      const shape = {
        name,
        sql: statementText(String(row['sql'])),
        columns: columns.get(name) ?? new Map(),
        indexes: indexes.get(name) ?? [],
        hasRowid: row['wr'] === 0,
        helpers: helpers.get(foldName(name)) ?? [],
      }
      tables.set(foldName(name), shape)
    }
  }
  return { tables, others }
}

function readColumns(
  db: DatabaseSync,
  references: ReadonlyMap<string, ReferenceShape>,
): ReadonlyMap<string, ReadonlyMap<string, ColumnShape>> {
  const columns = new Map<string, Map<string, ColumnShape>>()
  const rows = db.prepare(
    `select m.name as "table", x.* from sqlite_schema as m join pragma_table_xinfo(m.name) as x where m.type = 'table' and m.sql not like 'create virtual%' order by m.rowid, x.cid`,
  )
  for (const row of rows.all()) {
    const name = String(row['name'])
    const table = String(row['table'])
    const reference = references.get(`${table}\0${foldName(name)}`)
    entry(columns, table, () => new Map<string, ColumnShape>()).set(foldName(name), {
      name,
      type: String(row['type']),
      isNotNull: row['notnull'] === 1,
      default: row['dflt_value'] === null ? null : String(row['dflt_value']),
      keyPosition: Number(row['pk']),
      isGenerated: Number(row['hidden']) !== 0,
      ...(reference ? { reference } : {}),
    })
  }
  return columns
}

function readReferences(db: DatabaseSync): ReadonlyMap<string, ReferenceShape> {
  const references = new Map<string, ReferenceShape>()
  const rows = db
    .prepare(
      `select m.name as child, f.id, f."table", f."from", f."to", f.on_delete, count(*) over (partition by m.name, f.id) as width from sqlite_schema as m join pragma_foreign_key_list(m.name) as f where m.type = 'table' and m.sql not like 'create virtual%'`,
    )
    .all()
  for (const row of rows)
    references.set(`${row['child']}\0${foldName(String(row['from']))}`, {
      table: String(row['table']),
      column: row['to'] === null ? null : String(row['to']),
      onDelete: String(row['on_delete']),
      isComposite: Number(row['width']) > 1,
    })
  return references
}

function readIndexes(db: DatabaseSync): ReadonlyMap<string, readonly IndexShape[]> {
  const rows = db
    .prepare(
      `select m.name as "table", l.name, l."unique", l.partial, s.sql, x.name as "column" from sqlite_schema as m join pragma_index_list(m.name) as l join pragma_index_xinfo(l.name) as x left join sqlite_schema as s on s.type = 'index' and s.name = l.name where m.type = 'table' and m.sql not like 'create virtual%' and x.key = 1 order by m.rowid, l.seq desc, x.seqno`,
    )
    .all()
  const byTable = new Map<string, Map<string, IndexShape & { readonly columns: (string | null)[] }>>()
  for (const row of rows) {
    const name = String(row['name'])
    const sql = row['sql'] === null ? null : statementText(String(row['sql']))
    const index = entry(
      entry(byTable, String(row['table']), () => new Map()),
      name,
      () => ({
        name,
        columns: [],
        isUnique: row['unique'] === 1,
        ...(row['partial'] === 1 && sql !== null ? { where: conditionOf(sql) } : {}),
        sql,
      }),
    )
    index.columns.push(row['column'] === null ? null : String(row['column']))
  }
  return new Map([...byTable].map(([table, indexes]) => [table, [...indexes.values()]]))
}

function entry<Value>(map: Map<string, Value>, key: string, create: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const created = create()
  map.set(key, created)
  return created
}

/** SQLite rewrites the first words of what it was given, in capitals. */
const statementText = (sql: string): string => sql.replace(/^CREATE (?:TABLE|INDEX|UNIQUE INDEX) /, (words) => words.toLowerCase())

/** The text behind `where` of a partial index. Quoted names and texts may contain anything. */
function conditionOf(sql: string): string {
  const token = /"(?:[^"]|"")*"|'(?:[^']|'')*'|`(?:[^`]|``)*`|\[[^\]]*\]|[()]/g
  let depth = 0
  for (let match = token.exec(sql); match; match = token.exec(sql)) {
    if (match[0] === '(') depth++
    else if (match[0] === ')' && --depth === 0) break
  }
  return sql
    .slice(token.lastIndex)
    .replace(/^\s*where\s+/i, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
