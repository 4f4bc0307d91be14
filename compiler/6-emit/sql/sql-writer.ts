import {
  type DefaultQueryCompiler,
  DummyDriver,
  Kysely,
  MysqlQueryCompiler,
  PostgresQueryCompiler,
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
  /** Text of a string literal. */
  readonly literal: (text: string) => string
  /** Text that is SQL already. */
  readonly raw: (text: string) => Fragment
  readonly list: (parts: readonly Fragment[], separator?: string) => Fragment
  /** SQL text of a fragment without values. */
  readonly text: (fragment: Fragment) => string
  /** A statement for many uses: Kysely prints it once, with holes for texts that are SQL already. */
  readonly template: (build: (...holes: Fragment[]) => Fragment) => Template
  /** SQL text with one placeholder per value, and the values in order. */
  readonly statement: (fragment: Fragment) => { readonly sql: string; readonly params: readonly unknown[] }
}

/** SQL text with these texts in its holes. */
export type Template = (...texts: readonly string[]) => string

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
  // Kysely's rules for names and texts, without the nodes it would build for each of thousands.
  const compiler = compilerOf(dialect)
  const [open, close] = [compiler['getLeftIdentifierWrapper'](), compiler['getRightIdentifierWrapper']()]
  const name = (text: string): string => open + compiler['sanitizeIdentifier'](text) + close
  const writer: SqlWriter = Object.freeze({
    sql,
    id: (text) => sql.raw(name(text)),
    name,
    literal: (text) => `'${compiler['sanitizeStringLiteral'](text)}'`,
    raw: (text) => sql.raw(text),
    list: (parts, separator = ', ') => sql.join(parts, sql.raw(separator)),
    text: (fragment) => fragment.compile(db).sql,
    template(build) {
      const holes = Array.from({ length: build.length }, (_, index) => sql.raw(`\0${index}\0`))
      const pieces = build(...holes)
        .compile(db)
        .sql.split('\0')
      return (...texts) => pieces.map((piece, index) => (index % 2 === 0 ? piece : texts[Number(piece)])).join('')
    },
    statement: (fragment) => {
      const { sql: text, parameters } = fragment.compile(db)
      return { sql: text, params: parameters }
    },
  } satisfies SqlWriter)
  writers.set(dialect, writer)
  return writer
}

function compilerOf(dialect: Dialect): DefaultQueryCompiler {
  if (dialect === 'postgres') return new PostgresQueryCompiler()
  return dialect === 'mysql' ? new MysqlQueryCompiler() : new SqliteQueryCompiler()
}
