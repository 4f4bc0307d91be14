import { spawnSync } from 'node:child_process'

/** A scratch database on a server of this machine, driven through its command line client. */
export interface ScratchDatabase {
  readonly name: string
  /** Runs a script; the first failing statement ends it. Returns stdout, one row per line, tabs between columns. */
  readonly run: (script: string) => string
  readonly drop: () => void
}

interface Server {
  readonly name: string
  /** Why the server cannot be used, or undefined when it answers. */
  readonly problem: () => string | undefined
  readonly create: (label: string) => ScratchDatabase
}

const POSTGRES = [
  '-h',
  process.env['PGHOST'] ?? '127.0.0.1',
  '-U',
  process.env['PGUSER'] ?? 'postgres',
  '-X',
  '-q',
  '-A',
  '-t',
  '-F',
  '\t',
  '-v',
  'ON_ERROR_STOP=1',
]
const MYSQL = ['-u', process.env['MYSQL_USER'] ?? 'root', '--batch', '--skip-column-names', '--default-character-set=utf8mb4']

function client(command: string, args: readonly string[], script: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { input: script, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 })
  if (error) throw error
  if (status !== 0) throw new Error(`${command} failed: ${stderr.trim().slice(0, 2000)}`)
  return stdout
}

function server(
  name: string,
  command: string,
  args: readonly string[],
  databaseArgs: (database: string) => readonly string[],
  quote: string,
): Server {
  return {
    name,
    problem() {
      try {
        client(command, args, 'select 1;')
        return undefined
      } catch (error) {
        return `${name} is not reachable: ${(error as Error).message.split('\n')[0]}`
      }
    },
    create(label) {
      const database = `objectql_test_${label}_${process.pid}`
      client(command, args, `drop database if exists ${quote}${database}${quote};\ncreate database ${quote}${database}${quote};`)
      return {
        name: database,
        run: (script) => client(command, [...args, ...databaseArgs(database)], script),
        drop: () => void client(command, args, `drop database ${quote}${database}${quote};`),
      }
    },
  }
}

export const postgres: Server = server('PostgreSQL', 'psql', POSTGRES, (database) => ['-d', database], '"')
export const mysql: Server = server('MariaDB', 'mariadb', MYSQL, (database) => [database], '`')

/**
 * True when the server answers. Says on one line why its tests are skipped when it does not; on CI they fail instead, so that a
 * missing server cannot pass for a green run.
 */
export function isReachable({ name, problem }: Server): boolean {
  const reason = problem()
  if (reason === undefined) return true
  if (process.env['CI'] === 'true') throw new Error(`${reason} (tests need ${name} on CI)`)
  console.warn(`skipped: ${reason}`)
  return false
}
