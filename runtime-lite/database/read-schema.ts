/** A table as the generated schema describes it. Names are unquoted. */
export interface WantedTable {
  readonly name: string
  /** The statement that creates it. */
  readonly sql: string
  readonly columns: readonly WantedColumn[]
  readonly indexes: readonly WantedIndex[]
  readonly references: readonly WantedReference[]
}

export interface WantedColumn {
  readonly name: string
  readonly type: string
  readonly isKey: boolean
  readonly isNotNull: boolean
  readonly default?: string
}

export interface WantedIndex {
  readonly name: string
  readonly isUnique: boolean
  /** Undefined for expressions and prefixes. */
  readonly columns?: readonly string[]
  readonly where?: string
  readonly sql: string
}

export interface WantedReference {
  readonly name: string
  readonly column: string
  readonly table: string
  readonly targetColumn: string
  readonly sql: string
}

export interface WantedSchema {
  readonly tables: readonly WantedTable[]
  /** Everything else, such as extensions and triggers, as statements that can be repeated. */
  readonly others: readonly string[]
}

const NAME = '("(?:[^"]|"")+"|`(?:[^`]|``)+`)'
const CREATE_TABLE = new RegExp(`^create table ${NAME} \\(\n([\\s\\S]*)\n\\)([^\n]*)$`)
const COLUMN = new RegExp(`^ {2}${NAME} (.+?)( primary key)?( not null)?(?: default (\\S+?))?,?$`)
const CREATE_INDEX = new RegExp(`^create (unique |fulltext )?index ${NAME} on ${NAME}(?: using \\w+)? \\((.+?)\\)(?: where (.+))?$`, 's')
const FOREIGN_KEY = new RegExp(
  `^alter table ${NAME} add constraint ${NAME} foreign key \\(${NAME}\\) references ${NAME} \\(${NAME}\\) on delete .+$`,
)
const NAMES = new RegExp(`^${NAME}(?:, ${NAME})*$`)

const unquoted = (name: string | undefined): string => {
  const quote = name?.charAt(0) ?? ''
  return (name ?? '').slice(1, -1).replaceAll(quote + quote, quote)
}

/** Reads a generated schema file. It has one column per line, and statements as `print-schema.ts` prints them. */
export function readSchema(text: string): WantedSchema {
  const tables = new Map<string, { -readonly [Key in keyof WantedTable]: WantedTable[Key] }>()
  const others: string[] = []
  const tableOf = (name: string | undefined): { indexes: readonly WantedIndex[]; references: readonly WantedReference[] } => {
    const table = tables.get(unquoted(name))
    if (!table) throw new Error(`The generated schema has no table ${name}. Run "objectql compile" again.`)
    return table
  }
  for (const sql of splitStatements(text)) {
    const table = CREATE_TABLE.exec(sql)
    const index = table ? null : CREATE_INDEX.exec(sql)
    const reference = table || index ? null : FOREIGN_KEY.exec(sql)
    if (table) {
      const name = unquoted(table[1])
      tables.set(name, { name, sql, columns: (table[2] ?? '').split('\n').map(readColumn), indexes: [], references: [] })
    } else if (index) {
      const [, kind, name, on, columns = '', where] = index
      const owner = tableOf(on)
      owner.indexes = [
        ...owner.indexes,
        {
          name: unquoted(name),
          isUnique: kind === 'unique ',
          ...(NAMES.test(columns) ? { columns: Array.from(columns.matchAll(new RegExp(NAME, 'g')), ([column]) => unquoted(column)) } : {}),
          ...(where === undefined ? {} : { where }),
          sql,
        },
      ]
    } else if (reference) {
      const [, on, name, column, target, targetColumn] = reference
      const owner = tableOf(on)
      owner.references = [
        ...owner.references,
        { name: unquoted(name), column: unquoted(column), table: unquoted(target), targetColumn: unquoted(targetColumn), sql },
      ]
    } else others.push(sql)
  }
  return { tables: [...tables.values()], others }
}

function readColumn(line: string): WantedColumn {
  const match = COLUMN.exec(line)
  if (!match) throw new Error(`The generated schema has a column that cannot be read: ${line.trim()}. Run "objectql compile" again.`)
  const [, name, type = '', key, notNull, fallback] = match
  return {
    name: unquoted(name),
    type,
    isKey: key !== undefined,
    isNotNull: notNull !== undefined,
    ...(fallback === undefined ? {} : { default: fallback }),
  }
}

/** The statements of a script, without comments; comments that MySQL executes stay. Quoted text may hold anything. */
export function splitStatements(script: string): readonly string[] {
  const token = /--[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"]|"")*"|\bE'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'|`(?:[^`]|``)*`|;/g
  const statements: string[] = []
  let statement = ''
  let from = 0
  const end = (): void => {
    const trimmed = statement.trim()
    if (trimmed !== '') statements.push(trimmed)
    statement = ''
  }
  for (const { 0: found, index } of script.matchAll(token)) {
    statement += script.slice(from, index)
    from = index + found.length
    if (found === ';') end()
    else if (!/^(?:--|\/\*(?!M?!))/.test(found)) statement += found
  }
  statement += script.slice(from)
  end()
  return statements
}
