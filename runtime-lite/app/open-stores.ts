import type { DatabaseSync } from 'node:sqlite'
import { nanoid, uuidv7 } from '../id.ts'
import { type Behaviours, createDatabase, type Database } from '../object/database.ts'
import type { ObjectPlan } from '../object/object-plan.ts'
import { createObjectStore, type ObjectStore } from '../object/object-store.ts'
import { type PlanStatistics, queryPlansOf } from '../object/query-plans.ts'
import { sqliteDialectFor } from '../query/print/sqlite.ts'
import { createTurnSession } from '../sqlite/session.ts'
import type { AppCore } from './app-core.ts'
import type { AppManifest, PlannedCalls } from './app-manifest.ts'

/** What the stores of an application share. Loaded with the first store. */
export function openStores(
  { manifest, embedded, driver, plans, cursorSecret, layer }: AppCore,
  behaviours: Behaviours,
  planned: PlannedCalls | undefined,
): {
  readonly database: Database
  readonly create: (plan: ObjectPlan) => ObjectStore
  readonly planStatistics: () => PlanStatistics
} {
  const bare = driver ? driver.session : embedded && createTurnSession(embedded.db, sqliteDialectFor(versionOf(embedded.db)), embedded.turn)
  if (!bare) throw new Error('The application has no database.')
  const session = layer ? layer.session(bare) : bare
  const database = createDatabase({
    session,
    behaviours,
    limits: limitsOf(manifest, planned),
    newId: manifest.ids === 'nanoid' ? nanoid : uuidv7,
    ...plans,
    ...(embedded ? { embedded } : {}),
    ...(planned ? { planned } : {}),
    ...(cursorSecret === undefined ? {} : { cursorSecret }),
  })
  // Made for the main session, whoever asks first.
  const { statistics } = queryPlansOf(database)
  return { database, create: (plan) => createObjectStore(plan, database), planStatistics: statistics }
}

const versionOf = (db: DatabaseSync): string => String(db.prepare('select sqlite_version() as version').get()?.['version'])

/** With `api.lockdown`, clients may send the queries of the application's own sources and those that the configuration names. */
function limitsOf({ api }: AppManifest, planned: PlannedCalls | undefined): Database['limits'] {
  if (!api.lockdown) return api
  return { ...api, onlyQueries: new Set([...Object.keys(planned ?? {}), ...(api.allowedQueries ?? [])]) }
}
