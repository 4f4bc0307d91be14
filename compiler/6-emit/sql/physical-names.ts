import { createHash } from 'node:crypto'
import type { Dialect } from '../../config/config.ts'

/** Hands out names that are legal and distinct in one namespace of one database. Same calls, same names. */
export interface NameSpace {
  readonly claim: (name: string) => string
}

/**
 * PostgreSQL cuts names at 63 bytes without a word and MySQL refuses more than 64 characters, so longer names end in a hash
 * there. On SQLite every name stays as it is.
 */
export function createNameSpace(dialect: Dialect, kind: 'relation' | 'column' | 'constraint', taken: Iterable<string> = []): NameSpace {
  const used = new Set([...taken].map((name) => fold(dialect, name)))
  const isLegal = dialect === 'sqlite' ? (): boolean => true : dialect === 'postgres' ? isLegalPostgres : isLegalMysql
  return {
    claim(name) {
      let candidate = isLegal(name, kind) ? name : hashed(name, name)
      for (let attempt = 2; used.has(fold(dialect, candidate)); attempt++) candidate = hashed(name, `${name}\0${attempt}`)
      used.add(fold(dialect, candidate))
      return candidate
    },
  }
}

/** Longest name in bytes that every database takes. */
export const MAX_NAME_BYTES = 63

/** A readable name of letters, digits and `_` with at most 63 bytes; ends in a hash where something had to go. */
export function plainName(name: string): string {
  return PLAIN.test(name) ? name : hashed(name, name)
}

function hashed(name: string, seed: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9_]+/g, '_').slice(0, MAX_NAME_BYTES - 9)
  return `${plain}_${createHash('sha256').update(seed).digest('hex').slice(0, 8)}`
}

/** Names that a database takes for one. */
function fold(dialect: Dialect, name: string): string {
  if (dialect === 'postgres') return name
  if (PLAIN.test(name)) return name.toLowerCase()
  // MySQL compares names with a collation that ignores case and accents, SQLite ignores the case of ASCII letters.
  return dialect === 'mysql'
    ? name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
    : name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
}

const POSTGRES_SYSTEM_COLUMNS: ReadonlySet<string> = new Set(['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid'])

function isLegalPostgres(name: string, kind: string): boolean {
  if (Buffer.byteLength(name) > MAX_NAME_BYTES || name.includes('\0') || name === '') return false
  return kind === 'column' ? !POSTGRES_SYSTEM_COLUMNS.has(name) : !name.startsWith('pg_')
}

const INNODB_COLUMNS = /^(?:db_row_id|db_trx_id|db_roll_ptr|fts_doc_id)$/i

const PLAIN = /^[A-Za-z0-9_]{1,63}$/

function isLegalMysql(name: string, kind: string): boolean {
  if (PLAIN.test(name)) return kind !== 'column' || !INNODB_COLUMNS.test(name)
  // No characters beyond the basic plane, no trailing space; MariaDB also refuses control characters in file names.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this looks for.
  if (name.length === 0 || Buffer.byteLength(name) > MAX_NAME_BYTES || /[\0-\x1f\x7f\uFFFF\p{Cs}]|[^\0-\uFFFF]| $/u.test(name)) return false
  if (kind === 'column') return !INNODB_COLUMNS.test(name)
  // A table is a file: every character that is not a letter, digit or `_` takes five in its name.
  return name.replaceAll(/[^A-Za-z0-9_]/g, '@0000').length <= 200
}
