import { mysql as mysqlDriver } from '../../../runtime-lite/mysql/index.ts'
import { postgres as postgresDriver } from '../../../runtime-lite/postgres/index.ts'
import { isReachable, mysql, postgres, type ScratchDatabase } from '../database-servers.ts'
import { type CompiledWorld, driverEngine, type Engine } from './engines.ts'

/** The servers of this machine that answer, each with a scratch database that `close` drops. Made once; `reset` empties it. */
export interface RemoteEngine extends Engine {
  reset(): void
}

export async function remoteEngines(world: CompiledWorld, label: string): Promise<readonly RemoteEngine[]> {
  const engines: RemoteEngine[] = []
  if (isReachable(postgres)) {
    const scratch = postgres.create(label)
    scratch.run(withoutForeignKeys(world.schema('postgres')))
    const host = process.env['PGHOST'] ?? '127.0.0.1'
    const user = process.env['PGUSER'] ?? 'postgres'
    engines.push(
      remote(driverEngine('PostgreSQL', await postgresDriver(`postgres://${user}@${host}:5432/${scratch.name}`)), scratch, world),
    )
  }
  if (isReachable(mysql)) {
    const scratch = mysql.create(label)
    scratch.run(withoutForeignKeys(world.schema('mysql')))
    const user = process.env['MYSQL_USER'] ?? 'root'
    engines.push(remote(driverEngine('MariaDB', await mysqlDriver(`mysql://${user}@127.0.0.1:3306/${scratch.name}`)), scratch, world))
  }
  return engines
}

/** Circles of references are part of the tests. */
const withoutForeignKeys = (schema: string): string =>
  schema
    .split('\n')
    .filter((line) => !(line.startsWith('alter table') && line.includes('foreign key')))
    .join('\n')

function remote(engine: Engine, scratch: ScratchDatabase, { plans }: CompiledWorld): RemoteEngine {
  const tables = [...plans.values()].map(
    ({ table }) => `delete from ${engine.dialect.name === 'mysql' ? table.replaceAll('"', '`') : table};`,
  )
  return {
    ...engine,
    reset: () =>
      void scratch.run(engine.dialect.name === 'mysql' ? `set foreign_key_checks = 0;\n${tables.join('\n')}` : tables.join('\n')),
    async close() {
      await engine.close()
      scratch.drop()
    },
  }
}
