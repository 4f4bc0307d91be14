import type { Dialect } from '../../config/config.ts'
import type { AppIr } from '../../ir/object.ts'
import { columnTypes, mysqlPrefixes } from './column-type.ts'
import { plainName } from './physical-names.ts'
import { type Fragment, type SqlWriter, sqlWriter } from './sql-writer.ts'
import { type Column, type ForeignKey, type Table, tablesOf } from './table.ts'
import { indexesOf, type TableIndex, type TableIndexes } from './table-index.ts'

/** A schema file, and where each table in it comes from. */
export interface SchemaText {
  readonly text: string
  readonly trace: readonly { readonly line: number; readonly path: string; readonly start: number }[]
}

/** The statements that create an empty database, in the order they can run. */
export function printSchema(app: AppIr, dialect: Dialect, header: string): SchemaText {
  const writer = sqlWriter(dialect)
  const tables = tablesOf(app, dialect)
  const indexesByTable = indexesOf(tables, { dialect, quote: writer.name })
  const output = createOutput()
  output.add(paragraph(`-- ${header}`))
  output.add(paragraph(NOTES[dialect]))
  for (const table of tables) {
    const indexes = indexesByTable.get(table) ?? { indexes: [], omitted: [] }
    const span = table.objects[0]?.span
    output.add(printedTable(writer, dialect, table, indexes), span && { path: span.path, start: span.start })
  }
  if (dialect !== 'sqlite') {
    const constraints = foreignKeyStatements(writer, tables)
    if (constraints.length > 0)
      output.add(paragraph(`-- Foreign keys, when every table is there: references may form a circle.\n${constraints.join('\n')}`))
  }
  return { text: output.text, trace: output.trace }
}

const NOTES: Readonly<Record<Dialect, string>> = {
  sqlite:
    '-- Only id, _version, created_at and updated_at are NOT NULL: the validators hold what is required, so that columns added later are\n-- the same as those that were there from the start. Datetimes are UTC in ISO 8601 with milliseconds; `json text` is JSON.',
  postgres: '-- Only id, _version, created_at and updated_at are NOT NULL: the validators hold what is required.',
  mysql: '-- Only id, _version, created_at and updated_at are NOT NULL: the validators hold what is required. Datetimes are UTC.',
}

/** A piece of the file. */
interface Paragraph {
  readonly text: string
  readonly lineCount: number
  /** A table's line is that of its statement, below its comments. */
  readonly statementLine: number
}

const paragraph = (text: string): Paragraph => ({
  text,
  lineCount: text.split('\n').length,
  statementLine: text.slice(0, Math.max(0, text.indexOf('\ncreate table') + 1)).split('\n').length,
})

interface Output extends SchemaText {
  readonly add: (paragraph: Paragraph, source?: { readonly path: string; readonly start: number }) => void
}

function createOutput(): Output {
  const paragraphs: string[] = []
  const trace: { line: number; path: string; start: number }[] = []
  let lines = 0
  return {
    trace,
    get text() {
      return paragraphs.join('\n')
    },
    add({ text, lineCount, statementLine }, source) {
      const isFirst = paragraphs.push(`${text}\n`) === 1
      if (!isFirst) lines++
      if (source) trace.push({ line: lines + statementLine, ...source })
      lines += lineCount
    },
  }
}

/** The text of a table, by the names its indexes got: those depend on the other tables too. */
const printedByTable = new WeakMap<Table, { readonly names: string; readonly printed: Paragraph }>()

function printedTable(writer: SqlWriter, dialect: Dialect, table: Table, indexes: TableIndexes): Paragraph {
  const names = indexes.indexes.map(({ name }) => name).join('\0')
  const known = printedByTable.get(table)
  if (known?.names === names) return known.printed
  const printed = paragraph(printTable(writer, dialect, table, indexes))
  printedByTable.set(table, { names, printed })
  return printed
}

function printTable(writer: SqlWriter, dialect: Dialect, table: Table, { indexes, omitted }: TableIndexes): string {
  const { sql, id, name, raw } = writer
  const types = columnTypes(table, indexes, dialect)
  const keyByColumn = new Map(dialect === 'sqlite' ? table.foreignKeys.map((key) => [key.column, key]) : [])
  const columns = table.columns.map((column) => {
    const key = keyByColumn.get(column.name)
    const constraints = `${column.isKey ? ' primary key' : ''}${column.isNotNull ? ' not null' : ''}${column.isVersion ? ' default 1' : ''}`
    return `  ${name(column.name)} ${types.get(column)}${constraints}${key ? ` ${writer.text(references(writer, key))}` : ''}`
  })
  const create = sql`create table ${id(table.name)} (\n${raw(columns.join(',\n'))}\n)${raw(TABLE_OPTIONS[dialect])}`
  return [
    comment(
      table.objects
        .map((object) => (object.description === undefined ? object.label : `${object.label}: ${object.description}`))
        .join(' / '),
    ),
    ...(dialect === 'sqlite' ? table.foreignKeys.flatMap((key) => key.note ?? []).map(comment) : []),
    `${writer.text(create)};`,
    ...indexes.flatMap((index) => [...index.notes.map(comment), `${writer.text(indexStatement(writer, dialect, table, index, types))};`]),
    ...omitted.map(comment),
  ].join('\n')
}

const TABLE_OPTIONS: Readonly<Record<Dialect, string>> = {
  sqlite: ' without rowid',
  postgres: '',
  // Values are compared as they are, as in the other databases.
  mysql: ' engine = innodb default character set utf8mb4 collate utf8mb4_bin',
}

/** Author's text in a comment: on one line, so that it can never become a statement. */
const comment = (text: string): string => `-- ${text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 200)}`

const ON_DELETE: Readonly<Record<ForeignKey['onDelete'], string>> = { 'set-null': 'set null', cascade: 'cascade', restrict: 'restrict' }

const references = ({ sql, id, raw }: SqlWriter, key: ForeignKey): Fragment =>
  sql`references ${id(key.table)} (${id(key.targetColumn)}) on delete ${raw(ON_DELETE[key.onDelete])}`

function indexStatement(
  writer: SqlWriter,
  dialect: Dialect,
  table: Table,
  index: TableIndex,
  types: ReadonlyMap<Column, string>,
): Fragment {
  const { sql, id, name, raw } = writer
  const prefixes = dialect === 'mysql' && index.method !== 'fulltext' ? mysqlPrefixes(index.columns, types) : new Map<Column, number>()
  const columns = index.columns.map((column) => name(column.name) + (prefixes.has(column) ? `(${prefixes.get(column)})` : ''))
  const kind = index.isUnique ? 'unique ' : index.method === 'fulltext' && dialect === 'mysql' ? 'fulltext ' : ''
  const where = raw(index.where === undefined ? '' : ` where ${index.where}`)
  if (dialect !== 'postgres' || index.method === 'btree')
    return sql`create ${raw(kind)}index ${id(index.name)} on ${id(table.name)} (${raw(columns.join(', '))})${where}`
  if (index.method !== 'fulltext')
    return sql`create index ${id(index.name)} on ${id(table.name)} using ${raw(index.method)} (${raw(columns.join(', '))})${where}`
  const document = columns.map((column) => `coalesce(${column}, '')`).join(" || ' ' || ")
  return sql`create index ${id(index.name)} on ${id(table.name)} using gin (to_tsvector('simple', ${raw(document)}))${where}`
}

function foreignKeyStatements(writer: SqlWriter, tables: readonly Table[]): readonly string[] {
  const { sql, id } = writer
  const taken = new Set<string>()
  return tables.flatMap((table) =>
    table.foreignKeys.flatMap((key) => {
      let name = plainName(`${table.name}_${key.column}_fkey`)
      for (let attempt = 2; taken.has(name.toLowerCase()); attempt++) name = plainName(`${table.name}_${key.column}_fkey (${attempt})`)
      taken.add(name.toLowerCase())
      const known = constraintByKey.get(key)
      if (known?.name === name) return known.lines
      const statement = sql`alter table ${id(table.name)} add constraint ${id(name)} foreign key (${id(key.column)}) ${references(writer, key)}`
      const lines = [...(key.note === undefined ? [] : [comment(key.note)]), `${writer.text(statement)};`]
      constraintByKey.set(key, { name, lines })
      return lines
    }),
  )
}

/** A foreign key belongs to one table of one dialect; only its name depends on the others. */
const constraintByKey = new WeakMap<ForeignKey, { readonly name: string; readonly lines: readonly string[] }>()
