import type { Database } from '../object/database.ts'
import { isListed, type ListStatement, listStatement } from '../object/id-list.ts'
import { loaded } from '../object/summary/rollup.ts'
import { bindQuery } from '../query/bind/bind-query.ts'
import { EMPTY_QUERY } from '../query/empty-query.ts'
import type { Dialect } from '../query/print/dialect.ts'
import { andLive, columnOf, tableOf } from '../query/print/names-of.ts'
import { printMembers } from '../query/print/print-record.ts'
import type { RelatedLookup, RelatedPlan } from './related-plan.ts'

/**
 * How what is read is held until the transaction ends: `share`, so that nobody changes it meanwhile; `update`, where this transaction will change it
 * itself. Absent: not at all.
 */
export type RelatedLock = 'share' | 'update'

export type RelatedHome = Pick<Database, 'dialect' | 'limits' | 'loadedPlan'>

const statementsByLoader = new WeakMap<Database['loadedPlan'], WeakMap<RelatedLookup, Map<string, ListStatement>>>()

/**
 * Ids of related records → JSON text of what is looked at, id of each that is there and not in the trash. Printed once for each database.
 * @throws MissingPlan when a plan is not loaded.
 */
export function relatedStatement(lookup: RelatedLookup, home: RelatedHome, lock: RelatedLock | undefined): ListStatement {
  const byLookup = statementsByLoader.get(home.loadedPlan) ?? new WeakMap<RelatedLookup, Map<string, ListStatement>>()
  statementsByLoader.set(home.loadedPlan, byLookup)
  const byLock = byLookup.get(lookup) ?? new Map<string, ListStatement>()
  byLookup.set(lookup, byLock)
  const statement = byLock.get(lock ?? '') ?? printRelated(lookup, home, lockText(lock, home.dialect))
  byLock.set(lock ?? '', statement)
  return statement
}

/** Every statement that a plan needs, before one of them runs. @throws MissingPlan */
export function prepareRelated(plan: RelatedPlan, home: RelatedHome, lock: RelatedLock | undefined): void {
  for (const lookup of Object.values(plan)) {
    relatedStatement(lookup, home, lock)
    if (lookup.below) prepareRelated(lookup.below, home, lock)
  }
}

function printRelated({ object, fields, below = {} }: RelatedLookup, home: RelatedHome, lock: string): ListStatement {
  const { dialect, limits, loadedPlan } = home
  const plan = loaded(object, home)
  // What a schema says about itself is not bounded by what clients may ask for.
  const { record, alias } = bindQuery({ ...EMPTY_QUERY, select: [...new Set([...fields, ...Object.keys(below)])] }, plan, {
    operation: 'list',
    loadedPlan,
    limits: { ...limits, maxQueryCost: Number.POSITIVE_INFINITY },
    dialect,
  })
  const id = `${alias}.${dialect.quoteName(columnOf(plan, 'id'))}`
  return listStatement(dialect, lock === '', (list) => {
    const json = dialect.jsonText(printMembers(plan, record, list))
    const from = `${tableOf(plan, dialect)} as ${alias}`
    return `select ${json}, ${id} from ${from} where ${isListed(id, list)}${andLive(plan, dialect, alias)} order by ${id}${lock}`
  })
}

/** Writers of SQLite exclude each other. */
function lockText(lock: RelatedLock | undefined, { name, forUpdate }: Dialect): string {
  if (lock === undefined || forUpdate === '') return ''
  if (lock === 'update') return forUpdate
  return name === 'mysql' ? ' lock in share mode' : ' for share'
}
