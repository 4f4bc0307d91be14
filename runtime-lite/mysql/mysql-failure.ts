import type { SqlFailure } from '../database/session.ts'
import { DatabaseFailure } from '../database/sql-error.ts'

type Kind = SqlFailure['kind']

/** Error numbers of MySQL and MariaDB (https://dev.mysql.com/doc/mysql-errors, https://mariadb.com/kb/en/mariadb-error-codes). */
const KIND_BY_NUMBER: ReadonlyMap<number, Kind> = new Map(
  (
    [
      ['unique', [1022, 1062, 1169, 1586]],
      ['in-use', [1217, 1451]],
      ['reference', [1216, 1452]],
      // Record changed since the snapshot, lock wait timeout, deadlock, no wait.
      ['conflict', [1020, 1205, 1213, 3572]],
      // Too many connections, of this user, too many prepared statements.
      ['busy', [1040, 1203, 1226, 1461]],
      // In a transaction that only reads; the whole server.
      ['read-only', [1792, 1836]],
      ['timeout', [1969, 3024]],
      ['cancelled', [1317]],
      // Shutdown, aborted, network, killed, idle for too long.
      ['connection', [1053, 1152, 1158, 1159, 1160, 1161, 1927, 2006, 2013, 4031]],
      // Null, packet size, column data, checks, dates, truncation, division, range, length, JSON.
      [
        'value',
        [1048, 1153, 1264, 1265, 1292, 1301, 1364, 1365, 1366, 1367, 1406, 1411, 1426, 1690, 3140, 3141, 3144, 3157, 3819, 4025, 4078],
      ],
    ] satisfies readonly (readonly [Kind, readonly number[]])[]
  ).flatMap(([kind, numbers]) => numbers.map((number) => [number, kind] as const)),
)

/** What Node and mysql2 say of a connection that is gone. */
const CONNECTION_CODES: ReadonlySet<string> = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOENT',
])

/** By an option of the server, which the message names. */
const PREVENTED = 1290

interface Thrown {
  readonly errno?: unknown
  readonly code?: unknown
  readonly fatal?: unknown
  readonly message?: unknown
}

/** What the driver or the database said, in the words of all databases. */
export function mysqlFailure(error: unknown): SqlFailure {
  const { errno, code, fatal, message } = (typeof error === 'object' && error !== null ? error : {}) as Thrown
  const known = typeof errno === 'number' ? KIND_BY_NUMBER.get(errno) : undefined
  // Every error of the handshake is fatal, but what the server says of a password is no matter of the connection.
  const isLost = (fatal === true && !(typeof errno === 'number' && errno >= 1000)) || CONNECTION_CODES.has(String(code))
  const kind = (errno === PREVENTED && /read[-_]only/.test(String(message)) ? 'read-only' : known) ?? (isLost ? 'connection' : 'other')
  return { kind, ...placeOf(kind, String(message)), cause: error }
}

function placeOf(kind: Kind, message: string): Pick<SqlFailure, 'columns' | 'constraint'> {
  if (kind === 'unique') {
    // MySQL puts the table before the key.
    const key = / for key '(?:[^']*\.)?([^'.]+)'$/.exec(message)?.[1]
    return key === undefined ? {} : { constraint: key }
  }
  if (kind === 'reference' || kind === 'in-use') {
    const [, constraint, columns] = / CONSTRAINT `((?:[^`]|``)+)` FOREIGN KEY \(((?:`(?:[^`]|``)+`(?:, )?)+)\)/.exec(message) ?? []
    if (constraint === undefined || columns === undefined) return {}
    return { constraint: unquote(constraint), columns: Array.from(columns.matchAll(/`((?:[^`]|``)+)`/g), ([, name = '']) => unquote(name)) }
  }
  if (kind === 'value') {
    const column =
      / (?:for|from) column (?:`[^`]*`\.`[^`]*`\.)?[`']([^`']+)[`']/i.exec(message)?.[1] ?? /^Column '([^']+)'/.exec(message)?.[1]
    return column === undefined ? {} : { columns: [column] }
  }
  return {}
}

const unquote = (name: string): string => name.replaceAll('``', '`')

export const mysqlError = (error: unknown): DatabaseFailure =>
  error instanceof DatabaseFailure ? error : new DatabaseFailure(mysqlFailure(error))

/** A write was sent and its answer never came. */
export function fateUnknown(cause: unknown): DatabaseFailure {
  const failure = new DatabaseFailure({ kind: 'connection', cause })
  failure.message = 'The connection to the database was lost. Whether the change was made is not known: read before you try again.'
  return failure
}

/** The command never left the process: the connection was known to be closed before. */
export const isUnsent = (error: unknown): boolean => error instanceof Error && /^Can't (?:add new command|write) /.test(error.message)

/** What passes by itself when the server starts again; a wrong password or an unknown host does not. */
export function isTransient(error: unknown): boolean {
  const { kind } = mysqlFailure(error)
  return kind === 'busy' || (kind === 'connection' && (error as Thrown).code !== 'ENOTFOUND')
}
