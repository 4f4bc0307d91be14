import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { SqlDriver } from '../database/session.ts'
import { isoInstant } from '../id.ts'
import { constraintError } from '../object/constraint-error.ts'
import type { ColumnKind, FieldPlan, ObjectPlan, RawRecord, SqlValue } from '../object/object-plan.ts'
import type { ObjectStore } from '../object/object-store.ts'
import { storedValue } from '../object/stored-value.ts'
import { quoteName } from '../query/names.ts'
import { sqliteError } from '../sqlite/sqlite-error.ts'
import { sqliteFailure } from '../sqlite/sqlite-failure.ts'
import { toUtcDatetime } from '../validate/to-utc-datetime.ts'
import type { SeedSet } from './app-manifest.ts'
import type { AppCore } from './start-app.ts'

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
 * option is not in the list. Repeating it changes nothing that is there already, except what somebody else changed under mode
 * 'update', 'upsert' and 'replace'.
 * @throws ObjectQLError when the database cannot store them; then none of them is.
 */
export async function loadSeeds(core: AppCore): Promise<SeedReport> {
  const { seeds } = await core.manifest.seeds()
  const stores = new Map<string, ObjectStore>()
  for (const { object } of seeds) stores.set(object, await core.store(object))
  const { session, newId } = await core.database()
  const { embedded } = core
  if (!embedded) {
    const { loadRemoteSeeds } = await import('./load-remote-seeds.ts')
    const planOf = (object: string): ObjectPlan => (stores.get(object) as ObjectStore).plan
    // References are looked up in the objects they point at.
    const targets = [...stores.values()].flatMap(({ plan }) =>
      Object.keys(plan.references).flatMap((field) => plan.fields[field]?.target ?? []),
    )
    await core.plans.loadPlans([...new Set(targets)])
    return loadRemoteSeeds(core.driver as SqlDriver, await core.database(), planOf, seeds)
  }
  const { db, turn, gate } = embedded
  while (gate.isClosed(false)) await gate.pass(false)
  turn.flush()
  try {
    return withoutForeignKeys(db, () => {
      const writer = createSeedWriter(db, newId)
      const counts = { inserted: 0, updated: 0, skipped: 0 }
      for (const set of seeds) {
        const { plan } = stores.get(set.object) as ObjectStore
        for (const record of set.records) {
          try {
            counts[writer(plan, set, record)]++
          } catch (error) {
            throw constraintError(sqliteFailure(error), plan, record, session, '')
          }
        }
      }
      return { ...counts, dangling: danglingReferences(db) }
    })
  } catch (error) {
    throw sqliteError(error)
  }
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

/** A record's values by column name, as columns hold them. */
type Columns = ReadonlyMap<string, SqlValue>

type SeedWriter = (plan: ObjectPlan, set: SeedSet, record: RawRecord) => 'inserted' | 'updated' | 'skipped'

function createSeedWriter(db: DatabaseSync, newId: () => string): SeedWriter {
  const statementBySql = new Map<string, StatementSync>()
  const prepared = (sql: string): StatementSync => {
    const known = statementBySql.get(sql)
    if (known) return known
    const statement = db.prepare(sql)
    statementBySql.set(sql, statement)
    return statement
  }

  function idOf(plan: ObjectPlan, columns: Columns): string | undefined {
    if (columns.size === 0) return undefined
    const condition = Array.from(columns.keys(), (column) => `${quoteName(column)} is ?`).join(' and ')
    const row = prepared(`select "id" from ${plan.table} where ${condition} limit 1`).get(...columns.values())
    return row === undefined ? undefined : String(row['id'])
  }

  /** Writes what differs. `stamp` is the new `updated_at`; without it the record keeps its version. */
  function change(plan: ObjectPlan, id: string, columns: Columns, stamp?: string): boolean {
    if (columns.size === 0) return false
    const sets = Array.from(columns.keys(), (column) => `${quoteName(column)} = ?`)
    const different = Array.from(columns.keys(), (column) => `${quoteName(column)} is not ?`)
    const values: SqlValue[] = [...columns.values()]
    if (stamp !== undefined) {
      sets.push('"_version" = "_version" + 1')
      if (!columns.has('updated_at')) {
        sets.push('"updated_at" = ?')
        values.push(stamp)
      }
    }
    const sql = `update ${plan.table} set ${sets.join(', ')} where "id" = ? and (${different.join(' or ')})`
    return prepared(sql).run(...values, id, ...columns.values()).changes !== 0
  }

  return (plan, { mode, key }, record) => {
    const now = Date.now()
    const instant = isoInstant(now)
    const input = seedInput(plan, record, instant)
    const keyField = ownField(plan, key)
    const hasKey = keyField !== undefined && input[key] !== undefined && input[key] !== null
    // What a token stands for differs every time: it neither identifies a record nor makes one different.
    const isFixed = (name: string): boolean => !isToken(record[name])
    const found = idOf(plan, hasKey ? columnsOf(plan, input, (name) => name === key) : columnsOf(plan, input, isFixed))
    if (found === undefined) {
      if (mode === 'update') return 'skipped'
      const id = typeof input['id'] === 'string' ? input['id'] : newId()
      prepared(plan.insert).run(...plan.insertValues(id, input, instant), now)
      // INSERT fills in what only the server sets; a seed may say otherwise.
      change(plan, id, columnsOf(plan, input))
      return 'inserted'
    }
    if (mode === 'insert' || mode === 'ignore') return 'skipped'
    const fixed = columnsOf(plan, input, (name) => isFixed(name) && name !== 'id')
    const wanted = mode === 'replace' ? new Map([...unnamed(plan, found, input, instant), ...fixed]) : fixed
    if (!change(plan, found, wanted, instant)) return 'skipped'
    change(
      plan,
      found,
      columnsOf(plan, input, (name) => !isFixed(name)),
    )
    return 'updated'
  }
}

export const ownField = (plan: ObjectPlan, name: string): FieldPlan | undefined =>
  Object.hasOwn(plan.fields, name) ? plan.fields[name] : undefined

function columnsOf(plan: ObjectPlan, input: RawRecord, isWanted: (name: string) => boolean = () => true): Columns {
  const columns = new Map<string, SqlValue>()
  for (const [name, value] of Object.entries(input)) {
    const field = ownField(plan, name)
    if (field && isWanted(name)) columns.set(field.column ?? name, storedValue(field, value))
  }
  return columns
}

/** What INSERT would store in the fields the seed does not name, save what identifies the record and when it was made. */
function unnamed(plan: ObjectPlan, id: string, input: RawRecord, instant: string): Columns {
  const values = plan.insertValues(id, input, instant)
  const columns = new Map<string, SqlValue>()
  for (const [index, [name, field]] of Object.entries(plan.fields).entries())
    if (!Object.hasOwn(input, name) && !KEPT.has(name)) columns.set(field.column ?? name, values[index] ?? null)
  return columns
}

const KEPT: ReadonlySet<string> = new Set(['id', 'created_at', 'updated_at'])

/** Seed files may say `$now` and `$today`. */
export const isToken = (value: unknown): boolean => value === '$now' || value === '$today'

/** The fields of a seed record, in the form their columns take. */
export function seedInput(plan: ObjectPlan, record: RawRecord, instant: string): RawRecord {
  const input: RawRecord = {}
  for (const [name, value] of Object.entries(record)) {
    const field = ownField(plan, name)
    if (field && value !== undefined)
      Object.defineProperty(input, name, {
        value: seedValue(field, value, instant),
        enumerable: true,
        writable: true,
        configurable: true,
      })
  }
  return input
}

function seedValue({ kind, options = [] }: FieldPlan, authored: unknown, instant: string): unknown {
  const value = isToken(authored) ? tokenValue(authored, kind, instant) : authored
  if (value === null || kind === 'json' || kind === 'list') return value
  if (kind === 'boolean') return value === 'false' ? false : Boolean(value)
  if (typeof value === 'object') return JSON.stringify(value)
  if (kind === 'datetime' && typeof value === 'string') return toUtcDatetime(value) ?? value
  const isNumeric = kind === 'integer' || kind === 'real' || (kind === 'option' && options.some((option) => typeof option === 'number'))
  return isNumeric ? value : String(value)
}

const tokenValue = (token: unknown, kind: ColumnKind, instant: string): string =>
  kind === 'time' ? instant.slice(11, 19) : token === '$today' || kind === 'date' ? instant.slice(0, 10) : instant

const danglingReferences = (db: DatabaseSync): readonly string[] =>
  db
    .prepare('select distinct "table" as source, "parent" as target from pragma_foreign_key_check')
    .all()
    .map((row) => `${String(row['source'])} → ${String(row['target'])}`)
