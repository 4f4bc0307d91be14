import { setTimeout as sleep } from 'node:timers/promises'
import type { Maybe, Statement } from '../database/session.ts'
import type { LayerPlace, StatementLayer } from '../database/statement-layer.ts'
import type { Dialect } from '../query/print/dialect.ts'
import { tableOf } from '../query/print/names-of.ts'
import type { ReadStatement } from '../query/print/print-query.ts'
import type { AppCore } from './app-core.ts'

/** Milliseconds between two looks whether a transaction is still open. */
const PAUSE = 5

/**
 * Puts a layer between the application and its database. Resolves once no transaction is open that began without it.
 * @throws Error when there is one already.
 */
export async function interpose(core: AppCore, make: (place: LayerPlace) => Maybe<StatementLayer>): Promise<() => void> {
  const { dialect } = await core.database()
  const layer = await make(placeOf(core, dialect))
  if (core.layer) throw new Error('There is a layer between the application and its database already.')
  core.setLayer(layer)
  while ((core.transactions?.bare ?? 0) > 0) await sleep(PAUSE)
  return () => {
    if (core.layer === layer) core.setLayer(undefined)
  }
}

function placeOf({ manifest, embedded, store }: AppCore, dialect: Dialect): LayerPlace {
  return {
    dialect: dialect.name,
    turn: embedded?.turn,
    isPrivate: embedded !== undefined && embedded.db.location() === null,
    digest: manifest.schema.digest,
    readsClock,
    async schema() {
      const { sql } = dialect.name === 'sqlite' ? manifest.schema : await remoteSchema(manifest, dialect.name)
      return typeof sql === 'string' ? sql : sql()
    },
    async tableOf(object) {
      const quoted = tableOf((await store(object)).plan, dialect)
      const quote = quoted.charAt(0)
      return quoted.slice(1, -1).replaceAll(quote + quote, quote)
    },
  }
}

/** Statements of queries know where their values come from. */
function readsClock(statement: Statement): boolean {
  const { parameters = [] } = statement as Partial<ReadStatement>
  return parameters.some(({ recipe }) => JSON.stringify(recipe ?? null).includes('"op":"now"'))
}

async function remoteSchema({ remoteSchemas }: AppCore['manifest'], dialect: 'postgres' | 'mysql') {
  const load = remoteSchemas?.[dialect]
  if (!load) throw new Error(`The application was compiled without tables for this database. Add "${dialect}" to "dialects".`)
  return (await load()).schema
}
