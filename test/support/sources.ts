import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AppOptions } from '../../runtime-lite/app/app-options.ts'
import { isReachable, mysql, postgres, type ScratchDatabase } from './database-servers.ts'

/** A database of a test, empty. */
export interface OpenSource {
  readonly datasource: NonNullable<AppOptions['datasource']>
  /** The scratch database behind it, where there is a server. */
  readonly scratch?: ScratchDatabase
  /** Drops what was made. The application is closed before. */
  close(): Promise<void>
}

/** A kind of database that applications run on. */
export interface Source {
  readonly name: string
  readonly isThere: boolean
  /** `label` is part of the name of a scratch database. */
  open(label: string): Promise<OpenSource>
}

export const postgresUrl = ({ name }: Pick<ScratchDatabase, 'name'>, options = ''): string =>
  `postgres://${process.env['PGUSER'] ?? 'postgres'}@${process.env['PGHOST'] ?? '127.0.0.1'}/${name}${options}`

export const mysqlUrl = ({ name }: Pick<ScratchDatabase, 'name'>, options = ''): string =>
  `mysql://${process.env['MYSQL_USER'] ?? 'root'}@127.0.0.1/${name}${options}`

/** What the servers of this machine offer; those that are not reachable are named once. */
export const remoteSources = (): readonly (Source & { readonly server: typeof postgres })[] => [
  {
    name: 'PostgreSQL',
    isThere: isReachable(postgres),
    server: postgres,
    async open(label) {
      const scratch = postgres.create(label)
      return { datasource: postgresUrl(scratch), scratch, close: async () => scratch.drop() }
    },
  },
  {
    name: 'MariaDB',
    isThere: isReachable(mysql),
    server: mysql,
    async open(label) {
      const scratch = mysql.create(label)
      return { datasource: mysqlUrl(scratch), scratch, close: async () => scratch.drop() }
    },
  },
]

function inFile(prefix: string): Source['open'] {
  return async (label) => {
    const folder = mkdtempSync(join(tmpdir(), `objectql-${label}-`))
    return { datasource: `${prefix}:${join(folder, 'a.db')}`, close: async () => rmSync(folder, { recursive: true }) }
  }
}

/** All of them: embedded ones, servers, and PGlite behind Kysely. */
export const allSources = (): readonly Source[] => [
  { name: 'SQLite in memory', isThere: true, open: async () => ({ datasource: ':memory:', close: async () => undefined }) },
  { name: 'a file of SQLite', isThere: true, open: inFile('sqlite') },
  { name: 'better-sqlite3', isThere: true, open: inFile('better-sqlite3') },
  ...remoteSources(),
  {
    name: 'PGlite',
    isThere: true,
    async open() {
      const [{ PGlite }, { PGliteDialect }, { kyselyDriver }] = await Promise.all([
        import('@electric-sql/pglite'),
        import('kysely'),
        import('../../runtime-lite/kysely/index.ts'),
      ])
      const driver = await kyselyDriver({ dialect: new PGliteDialect({ pglite: new PGlite() }), family: 'postgres' })
      return { datasource: driver, close: () => driver.close() }
    },
  },
]
