import { inOrder, recovering } from '../database/maybe.ts'
import { type Maybe, type Session, type Statement, whenReady } from '../database/session.ts'
import { isoInstant } from '../id.ts'
import { takeNumbers } from '../object/autonumber/take-numbers.ts'
import { constraintError } from '../object/constraint-error.ts'
import type { Database } from '../object/database.ts'
import type { ObjectPlan, RawRecord, SqlValue } from '../object/object-plan.ts'
import type { Dialect, Sql } from '../query/print/dialect.ts'
import { columnOf, fieldPlanOf, parameterKindOf, tableOf } from '../query/print/names-of.ts'
import { type ParameterList, parameterList } from '../query/print/parameter-list.ts'
import type { SeedSet } from './app-manifest.ts'
import { isToken, type StoredValues, seedInput, storedValues, unnamedValues } from './seed-input.ts'

/** What became of the records so far. */
export interface SeedCounts {
  readonly inserted: number
  readonly updated: number
  readonly skipped: number
}

export interface SeedWriter {
  readonly counts: SeedCounts
  /** Writes the records of a set. @throws ObjectQLError when the database cannot store one. */
  write(plan: ObjectPlan, set: SeedSet): Maybe<unknown>
  /** Writes the references that had to wait. Gives those that lead nowhere, as `task → account`. */
  finish(): Maybe<readonly string[]>
}

/** A reference to a record that was not there yet. */
interface Waiting {
  readonly plan: ObjectPlan
  readonly id: string
  readonly field: string
  readonly target: string
  /** Undefined: the record was written already, and one change is enough. */
  readonly stamp: string | undefined
  /** The record is left alone; where the reference leads is of interest all the same. */
  readonly isKept: boolean
}

type Outcome = keyof SeedCounts

/**
 * Writes seed records in the transaction of a session. `checksReferences`: the database refuses references to records that are not there, so
 * they are left out until `finish`.
 */
export function createSeedWriter(
  session: Session,
  { newId, statementsOf, session: outside }: Pick<Database, 'newId' | 'statementsOf' | 'session'>,
  checksReferences: boolean,
): SeedWriter {
  const { dialect } = session
  const counts = { inserted: 0, updated: 0, skipped: 0 }
  const statementByKey = new Map<string, Statement>()
  const waiting: Waiting[] = []
  /** Records that are known to exist. */
  const present = new Set<string>()

  const prepared = (key: string, isRead: boolean, print: (list: ParameterList) => Sql): Statement => {
    const known = statementByKey.get(key)
    if (known) return known
    const list = parameterList(dialect)
    const { sql, parameters } = list.finish(print(list))
    const statement = { sql, kinds: parameters.map(({ kind }) => kind), isRead }
    statementByKey.set(key, statement)
    return statement
  }

  const isThere = (table: string, id: string): Maybe<boolean> => {
    const key = `${table}\0${id}`
    if (present.has(key)) return true
    const statement = prepared(
      `there\0${table}`,
      true,
      (list) => `select 1 as c1 from ${tableOf({ table }, dialect)} where ${dialect.quoteName('id')} = ${list.extra('text')}`,
    )
    return whenReady(session.row(statement, [id]), (row) => {
      if (row) present.add(key)
      return row !== undefined
    })
  }

  /** References of an input to records that are not there (yet), where that matters. */
  function absentReferences(plan: ObjectPlan, input: RawRecord): Maybe<ReadonlySet<string>> {
    const references = checksReferences ? Object.entries(plan.references).filter(([field]) => typeof input[field] === 'string') : []
    const found = inOrder(references, ([field, table]) => isThere(table, input[field] as string))
    return whenReady(found, (all) => new Set(references.flatMap(([field], index) => (all[index] ? [] : [field]))))
  }

  function idOf(plan: ObjectPlan, values: StoredValues): Maybe<string | undefined> {
    if (values.size === 0) return undefined
    const names = [...values.keys()]
    const statement = prepared(`id\0${plan.name}\0${names.join('\0')}`, true, (list) => {
      const conditions = names.map((name) => same(plan, name, list, true))
      // What somebody deleted stays deleted, but another record may have its key by now.
      const order = plan.trash ? ` order by case when ${dialect.quoteName(plan.trash.column)} is null then 0 else 1 end` : ''
      return `select ${dialect.quoteName(columnOf(plan, 'id'))} as c1 from ${tableOf(plan, dialect)} where ${conditions.join(' and ')}${order} limit 1`
    })
    return whenReady(session.row(statement, [...values.values()]), (row) => row && String(row[0]))
  }

  /** Writes what differs, and says whether anything did. `stamp` is the new `updated_at`; without it the record keeps its version. */
  function change(plan: ObjectPlan, id: string, given: StoredValues, stamp?: string): Maybe<boolean> {
    if (given.size === 0) return false
    const values = rounded(plan, given, dialect)
    const names = [...values.keys()]
    const isStamped = stamp !== undefined && fieldPlanOf(plan, 'updated_at') !== undefined && !values.has('updated_at')
    const statement = prepared(`change\0${plan.name}\0${stamp === undefined}\0${names.join('\0')}`, false, (list) => {
      const column = (name: string): Sql => dialect.quoteName(columnOf(plan, name))
      const version = dialect.quoteName('_version')
      const sets = [...names, ...(isStamped ? ['updated_at'] : [])].map((name) => `${column(name)} = ${printedValue(plan, name, list)}`)
      if (stamp !== undefined) sets.push(`${version} = ${version} + 1`)
      const which = `${column('id')} = ${list.extra('text')}`
      return `update ${tableOf(plan, dialect)} set ${sets.join(', ')} where ${which} and (${names.map((name) => same(plan, name, list, false)).join(' or ')})`
    })
    const parameters: SqlValue[] = [...values.values(), ...(isStamped ? [stamp] : []), id, ...values.values()]
    return whenReady(session.run(statement, parameters), ({ changes }) => changes !== 0)
  }

  function insert(plan: ObjectPlan, id: string, input: RawRecord, now: number): Maybe<Outcome> {
    const values = plan.insertValues(id, input, isoInstant(now))
    const numbered = numberedBySeed(plan, values, input, now)
    return whenReady(numbered, () => insertValues(plan, id, values, input, now))
  }

  /** A seed may bring its numbers along. */
  const numberedBySeed = (plan: ObjectPlan, values: SqlValue[], input: RawRecord, now: number): Maybe<unknown> => {
    const open = plan.autonumbers?.filter(({ field }) => input[field] === undefined || input[field] === null) ?? []
    return open.length === 0 ? undefined : takeNumbers({ plan: { ...plan, autonumbers: open }, session }, [values], isoInstant(now))
  }

  function insertValues(plan: ObjectPlan, id: string, values: readonly SqlValue[], input: RawRecord, now: number): Maybe<Outcome> {
    return whenReady(session.run(statementsOf(plan).insert, [...values, now]), () => {
      present.add(`${plan.table}\0${id}`)
      // INSERT fills in what only the server sets; a seed may say otherwise.
      return whenReady(change(plan, id, storedValues(plan, input)), (): Outcome => 'inserted')
    })
  }

  function update(plan: ObjectPlan, id: string, wanted: StoredValues, tokens: StoredValues, stamp: string): Maybe<Outcome> {
    return whenReady(change(plan, id, wanted, stamp), (isChanged): Maybe<Outcome> => {
      if (!isChanged) return 'skipped'
      return whenReady(change(plan, id, tokens), (): Outcome => 'updated')
    })
  }

  function writeRecord(plan: ObjectPlan, { mode, key }: SeedSet, record: RawRecord): Maybe<Outcome> {
    const now = Date.now()
    const instant = isoInstant(now)
    const whole = seedInput(plan, record, instant)
    // What a token stands for differs every time: it neither identifies a record nor makes one different.
    const isFixed = (name: string): boolean => !isToken(record[name])
    return whenReady(absentReferences(plan, whole), (absent) => {
      const input = Object.fromEntries(Object.entries(whole).map(([name, value]) => [name, absent.has(name) ? null : value]))
      const wait = (id: string, stamp?: string, isKept = false): void => {
        for (const field of absent) waiting.push({ plan, id, field, target: whole[field] as string, stamp, isKept })
      }
      const hasKey = fieldPlanOf(plan, key) !== undefined && input[key] !== undefined && input[key] !== null
      const identity = storedValues(plan, input, hasKey ? (name) => name === key : isFixed)
      return whenReady(idOf(plan, rounded(plan, identity, dialect)), (found): Maybe<Outcome> => {
        if (found === undefined) {
          if (mode === 'update') return 'skipped'
          const id = typeof input['id'] === 'string' ? input['id'] : newId()
          wait(id)
          return insert(plan, id, input, now)
        }
        if (mode === 'insert' || mode === 'ignore') {
          wait(found, undefined, true)
          return 'skipped'
        }
        const fixed = storedValues(plan, input, (name) => isFixed(name) && name !== 'id' && !absent.has(name))
        const wanted = mode === 'replace' ? new Map([...unnamedValues(plan, found, input, instant), ...fixed]) : fixed
        const tokens = storedValues(plan, input, (name) => !isFixed(name))
        return whenReady(update(plan, found, wanted, tokens, instant), (outcome) => {
          wait(found, outcome === 'skipped' ? instant : undefined)
          return outcome
        })
      })
    })
  }

  /** Gives what a reference that leads nowhere is called. */
  const writeReference = ({ plan, id, field, target, stamp, isKept }: Waiting): Maybe<string | undefined> => {
    const table = plan.references[field] as string
    return whenReady(isThere(table, target), (isFound): Maybe<string | undefined> => {
      if (!isFound) return `${tableOf(plan, PLAIN)} → ${tableOf({ table }, PLAIN)}`
      if (isKept) return undefined
      return whenReady(change(plan, id, new Map([[field, target]]), stamp), (isChanged) => {
        if (isChanged && stamp !== undefined) {
          counts.skipped--
          counts.updated++
        }
        return undefined
      })
    })
  }

  return {
    counts,
    write: (plan, set) =>
      inOrder(set.records, (record) =>
        recovering(
          () =>
            whenReady(writeRecord(plan, set, record), (outcome) => {
              counts[outcome]++
            }),
          // The transaction may be of no use any more.
          (error) =>
            whenReady(constraintError(error, plan, record, checksReferences ? outside : session, ''), (told) => {
              throw told
            }),
        ),
      ),
    finish: () => whenReady(inOrder(waiting, writeReference), (all) => [...new Set(all.filter((dangling) => dangling !== undefined))]),
  }
}

/** The name as it is. */
const PLAIN = { quoteName: (name: string): string => name }

/** A value of a field as it stands in a statement. MySQL compares JSON with JSON only; MariaDB's is text. */
function printedValue(plan: ObjectPlan, name: string, list: ParameterList): Sql {
  const kind = parameterKindOf(fieldPlanOf(plan, name))
  const value = list.extra(kind)
  const { name: database, hasReturning } = list.dialect
  return kind === 'json' && database === 'mysql' && !hasReturning.insert ? `cast(${value} as json)` : value
}

/** Whether a column holds a value, nulls included. */
function same(plan: ObjectPlan, name: string, list: ParameterList, isSame: boolean): Sql {
  const column = list.dialect.quoteName(columnOf(plan, name))
  const value = printedValue(plan, name, list)
  switch (list.dialect.name) {
    case 'sqlite':
      return `${column} is ${isSame ? '' : 'not '}${value}`
    case 'postgres':
      return `${column} is ${isSame ? 'not ' : ''}distinct from ${value}`
    default:
      return isSame ? `${column} <=> ${value}` : `not (${column} <=> ${value})`
  }
}

/** Databases with decimals store no more of them than the field has; compared with what was written, such a value would always differ. */
function rounded(plan: ObjectPlan, values: StoredValues, { name: database }: Dialect): StoredValues {
  if (database === 'sqlite') return values
  return new Map(
    Array.from(values, ([name, value]): [string, SqlValue] => {
      const scale = fieldPlanOf(plan, name)?.scale
      return [name, scale !== undefined && typeof value === 'number' && Math.abs(value) < 1e21 ? Number(value.toFixed(scale)) : value]
    }),
  )
}
