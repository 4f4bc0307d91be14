import {
  DummyDriver,
  Kysely,
  MysqlQueryCompiler,
  PostgresQueryCompiler,
  type QueryCompiler,
  type RawBuilder,
  type Sql,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely'
import type { Dialect } from '../../config/config.ts'

/** A piece of SQL that Kysely prints: identifiers quoted for the dialect, values as parameters. */
export type Fragment = RawBuilder<unknown>

export interface SqlWriter {
  readonly sql: Sql
  /** A quoted identifier. Unlike with `sql.ref`, dots and spaces in the name mean nothing. */
  readonly id: (name: string) => Fragment
  /** Text of a quoted identifier. */
  readonly name: (name: string) => string
  /** Text that is SQL already. */
  readonly raw: (text: string) => Fragment
  readonly list: (parts: readonly Fragment[], separator?: string) => Fragment
  /** SQL text of a fragment without values. */
  readonly text: (fragment: Fragment) => string
  /** SQL text with one placeholder per value, and the values in order. */
  readonly statement: (fragment: Fragment) => { readonly sql: string; readonly params: readonly unknown[] }
}

const writers = new Map<Dialect, SqlWriter>()

/**
 * Kysely's printer for a dialect. Loading Kysely costs 65 to 90 ms of CPU, so nothing may import this module on a path that has no
 * SQL to print: the pipeline loads all targets behind its gate. The schema builder is not used: it reads dots, spaces and ` as ` in
 * names as syntax.
 */
export function sqlWriter(dialect: Dialect): SqlWriter {
  const existing = writers.get(dialect)
  if (existing) return existing
  const db = new Kysely<unknown>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (schema) => new SqliteIntrospector(schema),
      createQueryCompiler: () => compilerOf(dialect),
    },
  })
  // The same few names are printed all the time, and walking Kysely's nodes is what printing costs.
  const names = new Map<string, { readonly text: string; readonly fragment: Fragment }>()
  const quoted = (name: string): { readonly text: string; readonly fragment: Fragment } => {
    const known = names.get(name)
    if (known) return known
    const text = sql.id(name).compile(db).sql
    const entry = { text, fragment: sql.raw(text) }
    names.set(name, entry)
    return entry
  }
  const writer: SqlWriter = Object.freeze({
    sql,
    id: (name) => quoted(name).fragment,
    name: (name) => quoted(name).text,
    raw: (text) => sql.raw(text),
    list: (parts, separator = ', ') => sql.join(parts, sql.raw(separator)),
    text: (fragment) => fragment.compile(db).sql,
    statement: (fragment) => {
      const { sql: text, parameters } = fragment.compile(db)
      return { sql: text, params: parameters }
    },
  } satisfies SqlWriter)
  writers.set(dialect, writer)
  return writer
}

function compilerOf(dialect: Dialect): QueryCompiler {
  if (dialect === 'postgres') return new PostgresQueryCompiler()
  return dialect === 'mysql' ? new MysqlQueryCompiler() : new SqliteQueryCompiler()
}
