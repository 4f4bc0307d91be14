import { code, joined, lines, type Raw, raw } from '../../code/code.ts'
import { propertyKey } from '../../code/literal.ts'
import { sourceText } from '../../code/source-text.ts'
import type { Dialect, ResolvedConfig } from '../../config/config.ts'
import type { AppIr } from '../../ir/object.ts'
import { fileHeader } from '../file-header.ts'
import type { Storage } from '../sql/storage.ts'
import { type Column, type Table, tablesOf } from '../sql/table.ts'
import type { EmitContext, OutputFile, Target } from '../target.ts'

/** `database.d.ts`: the tables as Kysely sees them, for queries that the language of this package cannot express. */
export const databaseTarget: Target = { name: 'database', emit: emitDatabase }

function emitDatabase(app: AppIr, { databases }: ResolvedConfig, { memory }: EmitContext): readonly OutputFile[] {
  const [dialect = 'sqlite'] = databases
  const tables = [...tablesOf(app, dialect, memory)].sort((left, right) => (left.name < right.name ? -1 : 1))
  const text = sourceText({
    header: fileHeader(),
    body: code`
${joined(
  tables.map((table) => tableType(table, dialect)),
  '\n\n',
)}

/** Every table: the type of \`app.db\`. Columns hold what ${raw(NAMES[dialect])} stores, not what records look like. */
export interface Database {
  ${lines(tables.map((table) => raw(`${propertyKey(table.name)}: ${typeName(table)}`)))}
}
`,
  })
  return [{ path: 'database.d.ts', text }]
}

const NAMES: Readonly<Record<Dialect, string>> = { sqlite: 'SQLite', postgres: 'PostgreSQL', mysql: 'MySQL' }

const tableType = (table: Table, dialect: Dialect) => code`
export interface ${raw(typeName(table))} {
  ${lines(table.columns.map((column) => columnType(column, dialect)))}
}
`

/** Named after the first object that is stored in it: those names are unique in the app. */
const typeName = ({ objects }: Table): string => `${objects[0]?.names.pascal}Table`

function columnType(column: Column, dialect: Dialect): Raw {
  const type = TYPES[dialect][column.storage.kind]
  return raw(`${propertyKey(column.name)}: ${column.isNotNull ? type : `${type} | null`}`)
}

/** What `app.db` gives for a column: dates, instants and JSON are text everywhere, decimals where the database has exact ones. */
const COMMON = {
  id: 'string',
  string: 'string',
  integer: 'number',
  double: 'number',
  decimal: 'string',
  boolean: '0 | 1',
  date: 'string',
  datetime: 'string',
  time: 'string',
  json: 'string',
} as const satisfies Readonly<Record<Storage['kind'], string>>

const TYPES: Readonly<Record<Dialect, Readonly<Record<Storage['kind'], string>>>> = {
  sqlite: { ...COMMON, decimal: 'number' },
  postgres: { ...COMMON, boolean: 'boolean' },
  mysql: COMMON,
}
