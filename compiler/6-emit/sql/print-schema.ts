import type { Dialect } from '../../config/config.ts'
import type { AppIr } from '../../ir/object.ts'
import { noMemory, type PrintMemory } from '../print-memory.ts'
import { columnTypes } from './column-type.ts'
import { countersTable } from './counters-table.ts'
import { historyTable } from './history-table.ts'
import { ruleIndexes } from './rule-index.ts'
import { searchIndex, sqliteSearchStatements } from './search-index.ts'
import { type Table, tablesOf } from './table.ts'
import { indexesOf, type TableIndexes } from './table-index.ts'
import { createTableStatement, foreignKeyConstraints, indexStatement, type TablePrinter, tablePrinter } from './table-printer.ts'
import { versionTrigger, versionTriggerPrelude } from './version-trigger.ts'
import { workflowTables } from './workflow-tables.ts'

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
  for (const own of [countersTable(printer, app), historyTable(printer, app), workflowTables(printer, app)])
    if (own !== undefined) output.add(paragraph(own))
  for (const table of tables) {
    const indexes = indexesByTable.get(table) ?? { indexes: [], omitted: [] }
    const span = table.objects[0]?.span
    output.add(printedTable(table, indexes), span && { path: span.path, start: span.start })
  }
  if (dialect !== 'sqlite') {
    const constraints = foreignKeyConstraints(printer, tables, memory).flatMap(({ key, create }) => [
      ...(key.note === undefined ? [] : [comment(key.note)]),
      `${create};`,
    ])
    if (constraints.length > 0)
      output.add(paragraph(`-- Foreign keys, when every table is there: references may form a circle.\n${constraints.join('\n')}`))
    const triggers = [...versionTriggerPrelude(printer, tables), ...tables.flatMap((table) => versionTrigger(printer, table)?.create ?? [])]
    if (triggers.length > 0)
      output.add(paragraph(`-- A reference that the database clears counts as a change.\n${triggers.map((text) => `${text};`).join('\n')}`))
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
  const { dialect } = printer
  const types = columnTypes(table, indexes, dialect)
  const search = searchIndex(printer, table)
  const helpers = dialect === 'sqlite' ? [...sqliteSearchStatements(printer, table), ...(versionTrigger(printer, table)?.create ?? [])] : []
  return [
    comment(
      table.objects
        .map((object) => (object.description === undefined ? object.label : `${object.label}: ${object.description}`))
        .join(' / '),
    ),
    ...(dialect === 'sqlite' ? table.foreignKeys.flatMap((key) => key.note ?? []).map(comment) : []),
    `${createTableStatement(printer, table, indexes)};`,
    ...indexes.flatMap((index) => [...index.notes.map(comment), `${indexStatement(printer, table, index, types)};`]),
    ...ruleIndexes(table, dialect).map(({ create }) => `${create};`),
    ...(search ? [`${search.create};`] : []),
    ...helpers.map((statement) => `${statement};`),
    ...omitted.map(comment),
  ].join('\n')
}

/** Author's text in a comment: on one line, so that it can never become a statement. */
const comment = (text: string): string => `-- ${text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 200)}`
