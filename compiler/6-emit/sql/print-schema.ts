import type { Dialect } from '../../config/config.ts'
import type { AppIr } from '../../ir/object.ts'
import { noMemory, type PrintMemory } from '../print-memory.ts'
import { columnTypes, mysqlPrefixes } from './column-type.ts'
import { plainName } from './physical-names.ts'
import { type SqlWriter, sqlWriter, type Template } from './sql-writer.ts'
import { type Column, type ForeignKey, type Table, tablesOf } from './table.ts'
import { indexesOf, type TableIndex, type TableIndexes } from './table-index.ts'

/** A schema file, and where each table in it comes from. */
export interface SchemaText {
  readonly text: string
  readonly trace: readonly { readonly line: number; readonly path: string; readonly start: number }[]
}

/** The statements that create an empty database, in the order they can run. */
export function printSchema(app: AppIr, dialect: Dialect, header: string, memory: PrintMemory = noMemory): SchemaText {
  const printer = tablePrinter(dialect)
  const tables = tablesOf(app, dialect, memory)
  const indexesByTable = indexesOf(tables, { dialect, quote: printer.name }, memory)
  /** The text of a table, by the names its indexes got: those depend on the other tables too. */
  const printedByTable = memory.kept<Table, { readonly names: string; readonly printed: Paragraph }>('sql tables')
  const output = createOutput()
  output.add(paragraph(`-- ${header}`))
  output.add(paragraph(NOTES[dialect]))
  for (const table of tables) {
    const indexes = indexesByTable.get(table) ?? { indexes: [], omitted: [] }
    const span = table.objects[0]?.span
    output.add(printedTable(table, indexes), span && { path: span.path, start: span.start })
  }
  if (dialect !== 'sqlite') {
    const constraints = foreignKeyStatements(printer, tables, memory)
    if (constraints.length > 0)
      output.add(paragraph(`-- Foreign keys, when every table is there: references may form a circle.\n${constraints.join('\n')}`))
  }
  return { text: output.text, trace: output.trace }

  function printedTable(table: Table, indexes: TableIndexes): Paragraph {
    const names = indexes.indexes.map(({ name }) => name).join('\0')
    const known = printedByTable.get(table)
    if (known?.names === names) return known.printed
    const printed = paragraph(printTable(printer, table, indexes))
    printedByTable.set(table, { names, printed })
    return printed
  }
}

/** The statements of a dialect, whose holes are SQL text. */
interface TablePrinter extends Pick<SqlWriter, 'name'> {
  readonly dialect: Dialect
  /** table, columns and constraints, options */
  readonly createTable: Template
  /** table, column, action */
  readonly references: Template
  /** kind, index, table, method, columns, condition */
  readonly createIndex: Template
  /** table, constraint, column, references */
  readonly addForeignKey: Template
}

function tablePrinter(dialect: Dialect): TablePrinter {
  const { sql, name, template } = sqlWriter(dialect)
  return {
    dialect,
    name,
    createTable: template((table, columns, options) => sql`create table ${table} (\n${columns}\n)${options}`),
    references: template((table, column, action) => sql`references ${table} (${column}) on delete ${action}`),
    createIndex: template(
      (kind, index, table, method, columns, condition) => sql`create ${kind}index ${index} on ${table}${method} (${columns})${condition}`,
    ),
    addForeignKey: template(
      (table, constraint, column, references) =>
        sql`alter table ${table} add constraint ${constraint} foreign key (${column}) ${references}`,
    ),
  }
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

function printTable(printer: TablePrinter, table: Table, { indexes, omitted }: TableIndexes): string {
  const { dialect, name } = printer
  const types = columnTypes(table, indexes, dialect)
  const keyByColumn = new Map(dialect === 'sqlite' ? table.foreignKeys.map((key) => [key.column, key]) : [])
  const columns = table.columns.map((column) => {
    const key = keyByColumn.get(column.name)
    const constraints = `${column.isKey ? ' primary key' : ''}${column.isNotNull ? ' not null' : ''}${column.isVersion ? ' default 1' : ''}`
    return `  ${name(column.name)} ${types.get(column)}${constraints}${key ? ` ${references(printer, key)}` : ''}`
  })
  return [
    comment(
      table.objects
        .map((object) => (object.description === undefined ? object.label : `${object.label}: ${object.description}`))
        .join(' / '),
    ),
    ...(dialect === 'sqlite' ? table.foreignKeys.flatMap((key) => key.note ?? []).map(comment) : []),
    `${printer.createTable(name(table.name), columns.join(',\n'), TABLE_OPTIONS[dialect])};`,
    ...indexes.flatMap((index) => [...index.notes.map(comment), `${indexStatement(printer, table, index, types)};`]),
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

const references = ({ references: print, name }: TablePrinter, key: ForeignKey): string =>
  print(name(key.table), name(key.targetColumn), ON_DELETE[key.onDelete])

function indexStatement(
  { dialect, name, createIndex }: TablePrinter,
  table: Table,
  index: TableIndex,
  types: ReadonlyMap<Column, string>,
): string {
  const prefixes = dialect === 'mysql' && index.method !== 'fulltext' ? mysqlPrefixes(index.columns, types) : new Map<Column, number>()
  const columns = index.columns.map((column) => name(column.name) + (prefixes.has(column) ? `(${prefixes.get(column)})` : ''))
  const isFulltext = index.method === 'fulltext'
  const kind = index.isUnique ? 'unique ' : isFulltext && dialect === 'mysql' ? 'fulltext ' : ''
  const where = index.where === undefined ? '' : ` where ${index.where}`
  const print = (method: string, what: string): string => createIndex(kind, name(index.name), name(table.name), method, what, where)
  if (dialect !== 'postgres' || index.method === 'btree') return print('', columns.join(', '))
  if (!isFulltext) return print(` using ${index.method}`, columns.join(', '))
  const document = columns.map((column) => `coalesce(${column}, '')`).join(" || ' ' || ")
  return print(' using gin', `to_tsvector('simple', ${document})`)
}

function foreignKeyStatements(printer: TablePrinter, tables: readonly Table[], memory: PrintMemory): readonly string[] {
  const { name: quoted, addForeignKey } = printer
  /** A foreign key belongs to one table of one dialect; only its name depends on the others. */
  const constraintByKey = memory.kept<ForeignKey, { readonly name: string; readonly lines: readonly string[] }>('sql constraints')
  const taken = new Set<string>()
  return tables.flatMap((table) =>
    table.foreignKeys.flatMap((key) => {
      let name = plainName(`${table.name}_${key.column}_fkey`)
      for (let attempt = 2; taken.has(name.toLowerCase()); attempt++) name = plainName(`${table.name}_${key.column}_fkey (${attempt})`)
      taken.add(name.toLowerCase())
      const known = constraintByKey.get(key)
      if (known?.name === name) return known.lines
      const statement = addForeignKey(quoted(table.name), quoted(name), quoted(key.column), references(printer, key))
      const lines = [...(key.note === undefined ? [] : [comment(key.note)]), `${statement};`]
      constraintByKey.set(key, { name, lines })
      return lines
    }),
  )
}
