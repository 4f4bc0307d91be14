/**
 * The name a table or column has in a remote database. PostgreSQL cuts names at 63 bytes without a word, both have names of their own, and MySQL
 * takes no characters beyond the basic plane: there a name ends in a hash (FNV-1a). Schemas and statements are printed with it alike.
 */
export function physicalName(dialect: 'postgres' | 'mysql', name: string): string {
  if (PLAIN.test(name) ? !isReserved(dialect, name) : dialect === 'postgres' ? isLegalPostgres(name) : isLegalMysql(name)) return name
  return `${name
    .replace(/^pg_/, 'pg')
    .replaceAll(/[^A-Za-z0-9_]+/g, '_')
    .slice(0, MAX_NAME_BYTES - 9)}_${hash(name)}`
}

/** Longest name in bytes that every database takes. */
export const MAX_NAME_BYTES = 63

const PLAIN = /^[A-Za-z0-9_]{1,63}$/

const POSTGRES_OWN = /^pg_|^(?:tableoid|[cx]m(?:in|ax)|ctid)$/
const INNODB_OWN = /^(?:db_row_id|db_trx_id|db_roll_ptr|fts_doc_id)$/i

const isReserved = (dialect: string, name: string): boolean => (dialect === 'postgres' ? POSTGRES_OWN : INNODB_OWN).test(name)

const bytesOf = (name: string): number => new TextEncoder().encode(name).length

const isLegalPostgres = (name: string): boolean =>
  name !== '' && !name.includes('\0') && !POSTGRES_OWN.test(name) && bytesOf(name) <= MAX_NAME_BYTES

function isLegalMysql(name: string): boolean {
  // No trailing space; MariaDB also refuses control characters in file names.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this looks for.
  if (name === '' || bytesOf(name) > MAX_NAME_BYTES || /[\0-\x1f\x7f\uFFFF\p{Cs}]|[^\0-\uFFFF]| $/u.test(name)) return false
  // A table is a file: every character that is not a letter, digit or `_` takes five in its name.
  return name.replaceAll(/[^A-Za-z0-9_]/g, '@0000').length <= 200
}

function hash(text: string): string {
  let value = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193)
  return (value >>> 0).toString(16).padStart(8, '0')
}
