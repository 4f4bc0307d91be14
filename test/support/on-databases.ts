import { describe } from 'vitest'
import { isReachable, mysql, postgres } from './database-servers.ts'

/** One database to test on. */
export interface TestedDatabase {
  readonly name: string
  readonly dialects: readonly string[]
  /** Makes an empty database; the embedded one needs no address. */
  open(label: string): { readonly options: { readonly datasource?: string }; readonly drop: () => void }
}

const SERVERS = [
  { name: 'PostgreSQL', dialect: 'postgres', server: postgres, urlOf: (name: string) => `postgres://postgres@127.0.0.1:5432/${name}` },
  { name: 'MariaDB', dialect: 'mysql', server: mysql, urlOf: (name: string) => `mysql://root@127.0.0.1:3306/${name}` },
] as const

/** The same tests on SQLite and on every server that answers. */
export function onDatabases(what: string, tests: (database: TestedDatabase) => void): void {
  describe(`${what} on SQLite`, () => tests({ name: 'SQLite', dialects: ['sqlite'], open: () => ({ options: {}, drop: () => undefined }) }))
  for (const { name, dialect, server, urlOf } of SERVERS) {
    if (!isReachable(server)) continue
    const open: TestedDatabase['open'] = (label) => {
      const database = server.create(label)
      return { options: { datasource: urlOf(database.name) }, drop: database.drop }
    }
    describe(`${what} on ${name}`, () => tests({ name, dialects: ['sqlite', dialect], open }))
  }
}
