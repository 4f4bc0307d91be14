import type { Connection } from './connection.ts'
import { type PostgresSettings, patienceOf } from './postgres-options.ts'

const INTERVAL = 1000

/**
 * Drops connections from which no answer comes long after the server should have given up: the network is dead, or the server is. Where
 * the server was not told how long statements may take, they are cancelled first. Gives the function that ends the watch.
 */
export function watchConnections(
  connections: ReadonlySet<Connection>,
  settings: PostgresSettings,
  alsoDo: (now: number) => void,
): () => void {
  const { statementTimeout, preparedStatements } = settings
  const patience = patienceOf(settings)
  const cancelled = new WeakSet<Connection>()
  const timer = setInterval(() => {
    const now = performance.now()
    if (statementTimeout > 0) {
      for (const connection of connections) {
        const silence = connection.silence(now)
        if (silence > patience) connection.destroy()
        else if (silence <= statementTimeout || preparedStatements) cancelled.delete(connection)
        else if (!cancelled.has(connection)) {
          cancelled.add(connection)
          void connection.cancel()
        }
      }
    }
    alsoDo(now)
  }, INTERVAL)
  timer.unref()
  return () => clearInterval(timer)
}
