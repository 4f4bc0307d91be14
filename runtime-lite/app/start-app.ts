import type { DatabaseSync } from 'node:sqlite'
import { nanoid, uuidv7 } from '../id.ts'
import { createStatementCache, type Database } from '../object/database.ts'
import type { ObjectPlan } from '../object/object-plan.ts'
import { createObjectStore, type ObjectStore } from '../object/object-store.ts'
import { notFound, ObjectQLError } from '../problem/problem.ts'
import { openSqlite, type SqliteOptions } from '../sqlite/open.ts'
import { createTurn } from '../sqlite/turn.ts'
import { type AppManifest, CONTRACT } from './app-manifest.ts'
import { prepareDatabase } from './prepare-database.ts'

export interface AppOptions extends SqliteOptions {
  /** `sqlite:./file.db`, `:memory:`, or a database that is open already (it is not closed with the application). Default ':memory:'. */
  readonly datasource?: string | DatabaseSync
  /** Create missing tables, columns and indexes at start. Default true. Destructive differences are always refused. */
  readonly migrate?: boolean
  /** Told about every failure that clients see as a 500, with its cause. Default: prints it to stderr. */
  readonly onError?: (error: unknown) => void
  /** Told at start about tables and columns that no object uses any more but that hold data. Default: prints it to stderr. */
  readonly onWarning?: (message: string) => void
}

/** One object at run time: its store exists once its plans module is loaded. */
export interface ObjectSlot {
  readonly name: string
  store: ObjectStore | undefined
}

/** The running application, as protocols and the in-process API see it. */
export interface AppCore {
  readonly manifest: AppManifest
  readonly database: Database
  readonly slotByName: ReadonlyMap<string, ObjectSlot>
  /** The store of an object, loading its plans on first use. @throws ObjectQLError 404 for an unknown object. */
  readonly store: (objectName: string) => ObjectStore | Promise<ObjectStore>
  readonly load: (slot: ObjectSlot) => Promise<ObjectStore>
  /** Takes what an operator has to see. */
  readonly report: (error: unknown) => void
  /** False while starting and once it is shutting down. */
  isReady: boolean
  readonly close: () => void
}

/**
 * Starts an application on an embedded database.
 * @throws Error when the database cannot be opened or its tables differ in a way that would lose data.
 */
export async function startApp(manifest: AppManifest, options: AppOptions = {}): Promise<AppCore> {
  if (manifest.contract !== CONTRACT)
    throw new Error(`The generated code speaks contract ${manifest.contract}, this runtime ${CONTRACT}. Run "objectql compile" again.`)
  const { datasource = ':memory:', migrate = true } = options
  const isOwned = typeof datasource === 'string'
  const db = isOwned ? openSqlite(datasource, options) : datasource
  try {
    if (migrate) await prepareDatabase(db, manifest, options.onWarning ?? console.warn)
  } catch (error) {
    if (isOwned) db.close()
    throw error
  }
  return createCore(manifest, db, isOwned, options.onError)
}

function createCore(manifest: AppManifest, db: DatabaseSync, isOwned: boolean, onError: AppOptions['onError']): AppCore {
  const slotByName = new Map<string, ObjectSlot>()
  for (const name of Object.keys(manifest.objects)) slotByName.set(name, { name, store: undefined })
  const planByObject = new Map<string, ObjectPlan>()
  const turn = createTurn(db)

  const loadPlan = async (name: string): Promise<ObjectPlan> => {
    const known = planByObject.get(name)
    if (known) return known
    const load = manifest.objects[name]
    if (!load) throw notFound(`There is no object "${name.slice(0, 64)}".`)
    const { plan } = await load()
    planByObject.set(name, plan)
    return plan
  }
  const database: Database = {
    db,
    turn,
    limits: manifest.api,
    newId: manifest.ids === 'nanoid' ? nanoid : uuidv7,
    statements: createStatementCache(),
    loadedPlan: (name) => planByObject.get(name),
    loadPlans: (names) => Promise.all(names.map(loadPlan)).then(() => undefined),
  }
  const load = async (slot: ObjectSlot): Promise<ObjectStore> => {
    const plan = await loadPlan(slot.name)
    slot.store ??= createObjectStore(plan, database)
    return slot.store
  }
  const core: AppCore = {
    manifest,
    database,
    slotByName,
    load,
    store(name) {
      const slot = slotByName.get(name)
      if (!slot) throw notFound(`There is no object "${name.slice(0, 64)}".`)
      return slot.store ?? load(slot)
    },
    report(error) {
      const cause = error instanceof ObjectQLError ? (error.cause ?? error) : error
      try {
        if (onError) onError(cause)
        else console.error(cause)
      } catch (bug) {
        console.error(bug)
      }
    },
    isReady: true,
    close() {
      core.isReady = false
      turn.flush()
      if (isOwned && db.isOpen) db.close()
    },
  }
  return core
}
