import type { DatabaseConnection, Driver, Dialect as KyselyDialect } from 'kysely'
import { createAcquireTimes } from '../database/acquire-times.ts'
import type { PoolStatistics } from '../database/session.ts'

export interface MeasuredDialect {
  readonly dialect: KyselyDialect
  /** `size` counts the connections in use: how many more are open only the dialect knows. */
  readonly statistics: () => PoolStatistics
}

/** A dialect that counts who has a connection and who waits for one. */
export function measuredDialect(dialect: KyselyDialect): MeasuredDialect {
  const times = createAcquireTimes()
  let used = 0
  let waiting = 0
  const measured = (driver: Driver): Driver => {
    const acquireConnection: Driver['acquireConnection'] = async (options) => {
      const since = performance.now()
      waiting++
      try {
        const connection = await driver.acquireConnection(options)
        used++
        times.add(performance.now() - since)
        return connection
      } finally {
        waiting--
      }
    }
    const releaseConnection: Driver['releaseConnection'] = (connection: DatabaseConnection, options) => {
      used--
      return driver.releaseConnection(connection, options)
    }
    // Drivers are classes with private parts, and may have methods that this version of Kysely does not know.
    return new Proxy(driver, {
      get(target, name) {
        if (name === 'acquireConnection') return acquireConnection
        if (name === 'releaseConnection') return releaseConnection
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  }
  return {
    dialect: {
      createDriver: () => measured(dialect.createDriver()),
      createQueryCompiler: () => dialect.createQueryCompiler(),
      createAdapter: () => dialect.createAdapter(),
      createIntrospector: (db) => dialect.createIntrospector(db),
    },
    statistics: () => ({ size: used, idle: 0, waiting, acquire: times.percentiles() }),
  }
}
