import { isoInstant } from '../id.ts'
import type { RawRecord, SqlValue } from '../object/object-plan.ts'
import { type ObjectStore, storedValue } from '../object/object-store.ts'
import { quoteName } from '../query/names.ts'
import { toUtcDatetime } from '../validate/to-utc-datetime.ts'
import type { AppCore } from './create-app.ts'

/** Records the schemas bring, for one object. */
export interface SeedSet {
  readonly object: string
  readonly mode: 'insert' | 'update' | 'upsert' | 'replace' | 'ignore'
  /** Field that identifies a record: `id` or a natural key. */
  readonly key: string
  readonly records: readonly RawRecord[]
}

export interface SeedReport {
  readonly inserted: number
  readonly updated: number
  /** Records that were there already, or that the mode leaves alone. */
  readonly skipped: number
  /** References of seed records to records that do not exist. */
  readonly dangling: readonly string[]
}

/**
 * Writes all seed records in one transaction. Seeds are the author's own data: values are stored as written, also where an
 * option is not in the list. Repeating it changes nothing that is there already under mode 'insert' and 'ignore'.
 */
export async function loadSeeds(core: AppCore): Promise<SeedReport> {
  const { seeds } = await core.manifest.seeds()
  const stores = new Map<string, ObjectStore>()
  for (const { object } of seeds) stores.set(object, await core.store(object))
  const { db, turn } = core.database
  const counts = { inserted: 0, updated: 0, skipped: 0 }
  turn.flush()
  // Seeds may refer to each other in a circle, and to records nobody seeds: references are checked at the end, and reported.
  db.exec('pragma foreign_keys = off')
  let dangling: readonly string[] = []
  try {
    db.exec('begin immediate')
    for (const set of seeds) for (const record of set.records) counts[writeSeed(core, stores.get(set.object) as ObjectStore, set, record)]++
    dangling = danglingReferences(core)
    db.exec('commit')
  } catch (error) {
    if (db.isTransaction) db.exec('rollback')
    throw error
  } finally {
    db.exec('pragma foreign_keys = on')
  }
  return { ...counts, dangling }
}

function writeSeed(core: AppCore, { plan }: ObjectStore, { mode, key }: SeedSet, record: RawRecord): 'inserted' | 'updated' | 'skipped' {
  const { db } = core.database
  const now = Date.now()
  const instant = isoInstant(now)
  const values = withTokens(record, instant)
  const keyValue = values[key]
  const keyColumn = quoteName(plan.fields[key]?.column ?? key)
  const found =
    keyValue === undefined
      ? undefined
      : db.prepare(`select "id" from ${plan.table} where ${keyColumn} = ?`).get(storedValue(plan.fields[key], keyValue))
  if (found && (mode === 'insert' || mode === 'ignore')) return 'skipped'
  if (!found && mode === 'update') return 'skipped'
  if (found) return updateSeed(core, plan.table, String(found['id']), plan.fields, values, instant)
  const id = typeof values['id'] === 'string' || typeof values['id'] === 'number' ? String(values['id']) : core.database.newId()
  const input: RawRecord = {}
  for (const [name, value] of Object.entries(values)) {
    const field = Object.hasOwn(plan.fields, name) ? plan.fields[name] : undefined
    if (field && name !== 'id')
      input[name] = field.kind === 'datetime' && typeof value === 'string' ? (toUtcDatetime(value) ?? value) : value
  }
  db.prepare(plan.insert).run(...plan.insertValues(id, input, instant), now)
  return 'inserted'
}

function updateSeed(
  core: AppCore,
  table: string,
  id: string,
  fields: ObjectStore['plan']['fields'],
  values: RawRecord,
  instant: string,
): 'updated' | 'skipped' {
  const entries = Object.entries(values).filter(([name]) => name !== 'id' && Object.hasOwn(fields, name))
  const columns = entries.map(([name]) => `${quoteName(fields[name]?.column ?? name)} = ?`)
  const different = entries.map(([name]) => `${quoteName(fields[name]?.column ?? name)} is not ?`)
  if (entries.length === 0) return 'skipped'
  const bound: SqlValue[] = entries.map(([name, value]) => storedValue(fields[name], value))
  const { changes } = core.database.db
    .prepare(
      `update ${table} set ${columns.join(', ')}, "updated_at" = ?, "_version" = "_version" + 1 where "id" = ? and (${different.join(' or ')})`,
    )
    .run(...bound, instant, id, ...bound)
  return changes === 0 ? 'skipped' : 'updated'
}

/** Seed files may say `$now` and `$today`. */
function withTokens(record: RawRecord, instant: string): RawRecord {
  const values: RawRecord = {}
  for (const [name, value] of Object.entries(record))
    values[name] = value === '$now' ? instant : value === '$today' ? instant.slice(0, 10) : value
  return values
}

function danglingReferences(core: AppCore): readonly string[] {
  return core.database.db
    .prepare('select distinct "table" as source, "parent" as target from pragma_foreign_key_check')
    .all()
    .map((row) => `${String(row['source'])} → ${String(row['target'])}`)
}
