import type { Session, SqlDriver } from '../database/session.ts'
import { isoInstant } from '../id.ts'
import { changeRecord } from '../object/change-record.ts'
import type { Database } from '../object/database.ts'
import { insertRecord } from '../object/insert-records.ts'
import type { ObjectPlan, RawRecord, SqlValue } from '../object/object-plan.ts'
import { storedValue } from '../object/stored-value.ts'
import { readRecord, type WriteContext, writeContext } from '../object/write-context.ts'
import type { SeedSet } from './app-manifest.ts'
import { isToken, ownField, type SeedReport, seedInput } from './seed.ts'

/** A seed record and the record it became. Its references are written once all records are there. */
interface Written {
  readonly context: WriteContext
  readonly id: string
  readonly references: RawRecord
  /** Nothing but its references may change: it counts as skipped unless they do. */
  readonly isSame: boolean
}

/**
 * Seeds on a database behind a pool, in one transaction. Their constraints cannot be switched off, so references are left out at first and
 * written at the end; those that lead nowhere stay out, and are reported.
 */
export async function loadRemoteSeeds(
  driver: SqlDriver,
  database: Database,
  planOf: (objectName: string) => ObjectPlan,
  seeds: readonly SeedSet[],
): Promise<SeedReport> {
  return driver.transaction(async (session) => {
    const counts = { inserted: 0, updated: 0, skipped: 0 }
    const written: Written[] = []
    const instant = isoInstant(Date.now())
    for (const set of seeds) {
      const context = writeContext(planOf(set.object), database, session)
      for (const record of set.records) counts[await writeSeed(context, set, record, instant, written)]++
    }
    const { dangling, changed } = await writeReferences(session, written)
    return { inserted: counts.inserted, updated: counts.updated + changed, skipped: counts.skipped - changed, dangling }
  })
}

async function writeSeed(
  context: WriteContext,
  { mode, key }: SeedSet,
  record: RawRecord,
  instant: string,
  written: Written[],
): Promise<'inserted' | 'updated' | 'skipped'> {
  const { plan } = context
  const input = seedInput(plan, record, instant)
  const references = pick(input, (name) => Object.hasOwn(plan.references, name))
  const plain = pick(input, (name) => !Object.hasOwn(plan.references, name))
  const hasKey = ownField(plan, key) !== undefined && input[key] !== undefined && input[key] !== null
  const found = await idOf(context, hasKey ? pick(input, (name) => name === key) : pick(input, (name) => !isToken(record[name])))
  if (found === undefined) {
    if (mode === 'update') return 'skipped'
    const { id } = await insertRecord(context, plain, '')
    written.push({ context, id, references, isSame: false })
    return 'inserted'
  }
  if (mode === 'insert' || mode === 'ignore') return 'skipped'
  const current = JSON.parse((await readRecord(context, found))?.[0] ?? '{}') as RawRecord
  const wanted = mode === 'replace' ? { ...defaults(plan, found, record, input, instant), ...plain } : plain
  const values = pick(wanted, (name) => name !== 'id' && !isToken(record[name]) && name in current && differ(current[name], wanted[name]))
  const isSame = Object.keys(values).length === 0
  written.push({ context, id: found, references: pick(references, (name) => differ(current[name], references[name])), isSame })
  if (isSame) return 'skipped'
  await changeRecord(context, found, { values, increments: [] })
  return 'updated'
}

/** What a new record would hold in the fields that a replacing seed does not name. */
function defaults(plan: ObjectPlan, id: string, record: RawRecord, input: RawRecord, instant: string): RawRecord {
  const stored = plan.insertValues(id, input, instant)
  const values: RawRecord = {}
  for (const [index, [name, { kind }]] of Object.entries(plan.fields).entries()) {
    if (Object.hasOwn(record, name) || KEPT.has(name) || Object.hasOwn(plan.references, name)) continue
    const value = stored[index] ?? null
    const isJson = kind === 'json' || kind === 'list'
    values[name] = value === null ? null : isJson ? JSON.parse(String(value)) : kind === 'boolean' ? value !== 0 : value
  }
  return values
}

const KEPT: ReadonlySet<string> = new Set(['id', 'created_at', 'updated_at'])

const differ = (left: unknown, right: unknown): boolean => JSON.stringify(left ?? null) !== JSON.stringify(right ?? null)

const pick = (record: RawRecord, isWanted: (name: string) => boolean): RawRecord =>
  Object.fromEntries(Object.entries(record).filter(([name]) => isWanted(name)))

/** By all values that a database compares: no lists and no JSON. */
async function idOf({ plan, session, statements }: WriteContext, values: RawRecord): Promise<string | undefined> {
  const fields = Object.keys(values).filter((name) => {
    const kind = ownField(plan, name)?.kind
    return kind !== undefined && kind !== 'json' && kind !== 'list' && values[name] !== null
  })
  if (fields.length === 0) return undefined
  const parameters: SqlValue[] = fields.map((name) => storedValue(ownField(plan, name), values[name]))
  const row = await session.row(statements.byKey(fields), parameters)
  return row && String(row[2])
}

/** Which references lead nowhere (`account → user`), and how many records changed in nothing else. */
async function writeReferences(
  session: Session,
  written: readonly Written[],
): Promise<{ readonly dangling: readonly string[]; readonly changed: number }> {
  let changed = 0
  const dangling = new Set<string>()
  for (const { context, id, references, isSame } of written) {
    const { plan, database } = context
    const values: RawRecord = {}
    for (const [name, target] of Object.entries(references)) {
      const targetPlan = database.loadedPlan(plan.fields[name]?.target ?? '')
      const isThere = target === null || !targetPlan || (await readRecord(writeContext(targetPlan, database, session), String(target)))
      if (isThere) values[name] = target
      else dangling.add(`${plan.name} → ${targetPlan.name}`)
    }
    if (Object.keys(values).length === 0) continue
    await changeRecord(context, id, { values, increments: [] })
    if (isSame) changed++
  }
  return { dangling: [...dangling], changed }
}
