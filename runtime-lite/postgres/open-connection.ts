import type * as pg from 'pg'
import { Connection, ConnectionLost } from './connection.ts'
import type { Pg } from './load-pg.ts'
import type { PostgresSettings } from './postgres-options.ts'
import { WireQuery } from './wire-query.ts'

/** Times and dates are written and read in one way, whatever the server or the role prefers. */
const OURS = '-c timezone=UTC -c datestyle=ISO'

/**
 * Compiling a statement costs more than it saves for what an application asks: queries with relations of relations took ten times as long, because
 * the planner thinks them dear. `options: '-c jit=on'` has it back.
 */
const DEFAULTS = '-c jit=off'

/** Opens a connection with the settings of the driver. Rejects with what the server said, or `ConnectionLost`. `onEnd` is called once it is gone. */
export async function openConnection(driver: Pg, settings: PostgresSettings, onEnd: () => void): Promise<Connection> {
  // pg accepts no other kind of query on connections that do not wait for answers.
  if (!(WireQuery.prototype instanceof driver.Query)) Object.setPrototypeOf(WireQuery.prototype, driver.Query.prototype)
  const client = new driver.Client(clientConfig(settings))
  // A connection that breaks while it is being made says so twice.
  client.on('error', () => undefined)
  try {
    await client.connect()
  } catch (error) {
    throw error instanceof driver.DatabaseError ? error : new ConnectionLost(describe(error), error)
  }
  client.once('end', onEnd)
  return new Connection(driver, client, settings.preparedStatements && settings.maxPreparedStatements > 0)
}

/** Attempts at several addresses fail with one error that has no message. */
const describe = (error: unknown): string => {
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return error.errors[0].message
  return error instanceof Error ? error.message : String(error)
}

function clientConfig(settings: PostgresSettings): pg.ClientConfig {
  const { options } = settings
  const session: pg.ClientConfig = settings.preparedStatements
    ? {
        options: `${DEFAULTS} ${options === undefined ? '' : `${options} `}${OURS}`,
        statement_timeout: settings.statementTimeout,
        lock_timeout: settings.lockTimeout,
        idle_in_transaction_session_timeout: settings.idleInTransactionTimeout,
      }
    : options === undefined
      ? {}
      : { options }
  const { url, host, port, user, password, database, ssl } = settings
  const config = { connectionString: url, host, port, user, password, database, ssl }
  return {
    ...(Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined)) as pg.ClientConfig),
    ...session,
    ...({ pipeline: true } as pg.ClientConfig),
    application_name: settings.applicationName,
    connectionTimeoutMillis: settings.connectTimeout,
    keepAlive: true,
  }
}

/** `set local …` of all that other connections have from the start, for the first message of a transaction. */
export function localSettings(settings: PostgresSettings): string {
  if (settings.preparedStatements) return ''
  return Object.entries({
    timezone: "'UTC'",
    datestyle: "'ISO'",
    statement_timeout: settings.statementTimeout,
    lock_timeout: settings.lockTimeout,
    idle_in_transaction_session_timeout: settings.idleInTransactionTimeout,
  })
    .map(([name, value]) => `; set local ${name} = ${value}`)
    .join('')
}
