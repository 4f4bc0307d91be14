import type { DatabaseSync } from 'node:sqlite'
import { inOrder } from '../database/maybe.ts'
import { lockBookkeeping } from '../database/remote-bookkeeping.ts'
import { type Maybe, type Session, type SqlDriver, whenReady } from '../database/session.ts'
import type { Database, Embedded } from '../object/database.ts'
import type { ObjectPlan } from '../object/object-plan.ts'
import { inSummaryOrder, rebuildAll } from '../object/summary/rebuild.ts'
import { createSqliteSession } from '../sqlite/session.ts'
import { sqliteError } from '../sqlite/sqlite-error.ts'
import type { AppCore } from './app-core.ts'
import type { SeedSet } from './app-manifest.ts'
import { createSeedWriter } from './seed-writer.ts'

export interface SeedReport {
  readonly inserted: number
  readonly updated: number
  /** Records that were there already, or that the mode leaves alone. */
  readonly skipped: number
  /** References of seed records to records that do not exist. A database that refuses them has null there. */
  readonly dangling: readonly string[]
}

/** Seeds of one object and its plan. */
interface PlannedSet {
  readonly plan: ObjectPlan
  readonly set: SeedSet
}

/** Milliseconds seeds may take, waiting for another process included. */
const PATIENCE = 600_000

/**
 * Writes all seed records in one transaction. Seeds are the author's own data: values are stored as written, also where an
 * option is not in the list. Repeating it changes nothing that is there already, except what somebody else changed under mode
 * 'update', 'upsert' and 'replace'.
 * @throws ObjectQLError when the database cannot store them; then none of them is.
 */
export async function loadSeeds(core: AppCore): Promise<SeedReport> {
  const { seeds } = await core.manifest.seeds()
  const sets: PlannedSet[] = []
  for (const set of seeds) sets.push({ set, plan: (await core.store(set.object)).plan })
  const totals = await plansWithSummaries(core, sets)
  const database = await core.database()
  const report = core.embedded
    ? await seedEmbedded(core.embedded, database, sets, totals)
    : await seedRemote(core.driver as SqlDriver, database, sets, totals)
  await core.layer?.everythingChanged()
  return report
}

/** Processes that start together write them one after the other. */
function seedRemote(
  driver: SqlDriver,
  database: Database,
  sets: readonly PlannedSet[],
  totals: readonly ObjectPlan[],
): Promise<SeedReport> {
  return driver.transaction(
    async (session) => {
      await lockBookkeeping(session)
      return writeAll(session, database, sets, totals, true)
    },
    { timeout: PATIENCE },
  )
}

async function seedEmbedded(
  { db, turn, gate }: Embedded,
  database: Database,
  sets: readonly PlannedSet[],
  totals: readonly ObjectPlan[],
): Promise<SeedReport> {
  while (gate.isClosed(false)) await gate.pass(false)
  turn.flush()
  const session = createSqliteSession(db, database.dialect, {
    isTransaction: true,
    enter: () => undefined,
    failed: (error) => error,
    atomically: (work) => work(),
  })
  try {
    return withoutForeignKeys(db, () => {
      // Nothing waits here.
      const report = writeAll(session, database, sets, totals, false) as SeedReport
      return { ...report, dangling: danglingReferences(db) }
    })
  } catch (error) {
    throw sqliteError(error)
  }
}

function writeAll(
  session: Session,
  database: Database,
  sets: readonly PlannedSet[],
  totals: readonly ObjectPlan[],
  checksReferences: boolean,
): Maybe<SeedReport> {
  const writer = createSeedWriter(session, database, checksReferences)
  const written = inOrder(sets, ({ plan, set }) => writer.write(plan, set))
  return whenReady(written, () =>
    whenReady(writer.finish(), (dangling) =>
      whenReady(
        // Those that are right stay as they are.
        inOrder(totals, (plan) => rebuildAll(plan, database, session)),
        () => ({ ...writer.counts, dangling }),
      ),
    ),
  )
}

/** The objects whose roll-ups the records of some objects count for, directly or through others, each behind those that it counts. */
async function plansWithSummaries(core: AppCore, sets: readonly PlannedSet[]): Promise<readonly ObjectPlan[]> {
  const planByName = new Map<string, ObjectPlan>()
  const pending = sets.map(({ plan }) => plan)
  for (let plan = pending.pop(); plan; plan = pending.pop()) {
    for (const { object } of plan.rollups ?? [])
      if (!planByName.has(object)) {
        const { plan: parent } = await core.store(object)
        planByName.set(object, parent)
        pending.push(parent)
        // What it counts has to be loaded, too.
        for (const summary of Object.values(parent.summaries ?? {})) await core.store(summary.object)
      }
  }
  const sources = (name: string): readonly string[] => Object.values(planByName.get(name)?.summaries ?? {}).map(({ object }) => object)
  return inSummaryOrder([...planByName.keys()], sources).flatMap((name) => planByName.get(name) ?? [])
}

/** Seeds may refer to each other in a circle, and to records nobody seeds: references are checked at the end, and reported. */
function withoutForeignKeys<Result>(db: DatabaseSync, work: () => Result): Result {
  const wasOn = db.prepare('pragma foreign_keys').get()?.['foreign_keys'] === 1
  db.exec('pragma foreign_keys = off')
  try {
    db.exec('begin immediate')
    const result = work()
    db.exec('commit')
    return result
  } catch (error) {
    if (db.isTransaction) db.exec('rollback')
    throw error
  } finally {
    if (wasOn) db.exec('pragma foreign_keys = on')
  }
}

const danglingReferences = (db: DatabaseSync): readonly string[] =>
  db
    .prepare('select distinct "table" as source, "parent" as target from pragma_foreign_key_check')
    .all()
    .map((row) => `${String(row['source'])} → ${String(row['target'])}`)
