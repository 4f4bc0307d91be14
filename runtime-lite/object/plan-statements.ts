import type { Dialect } from '../query/print/dialect.ts'
import { printUpdateEach } from '../query/print/print-update-each.ts'
import {
  type ChangedFields,
  type FieldGuard,
  maxInsertRows,
  printDelete,
  printInsert,
  printSelectById,
  printSelectByIds,
  printSelectByKey,
  printSelectByKeys,
  printUpdate,
  type WriteStatement,
} from '../query/print/print-write.ts'
import { createShapeCache, type ShapeCache } from '../query/shape-cache.ts'
import type { ObjectPlan } from './object-plan.ts'

/** Statements of one object whose text follows from the plan and the names of fields, printed once each. */
export interface PlanStatements {
  /** Id → JSON text, version. */
  readonly get: WriteStatement
  /** The same, locked until the transaction ends where the database locks rows. */
  readonly getLocked: WriteStatement
  /** One record → JSON text, version; nothing where it is read back. */
  readonly insert: WriteStatement
  /** Id → nothing. */
  readonly delete: WriteStatement
  /** Id, version → nothing. */
  readonly deleteVersion: WriteStatement
  /** As many records → JSON text, version, id of each. */
  insertMany(count: number): WriteStatement
  /** How many records `insertMany` takes at most. */
  readonly maxRows: number
  /** `guards`: values that fields have to hold, or the record stays as it is. */
  update(changed: ChangedFields, ifVersion: boolean, guards?: readonly FieldGuard[]): WriteStatement
  /** So many records, each with values of its own: see `printUpdateEach`. */
  updateEach(set: readonly string[], rows: number): WriteStatement
  /** JSON list of ids → JSON text, version, id of each that there is. */
  readonly byIds: WriteStatement
  readonly byIdsLocked: WriteStatement
  /** Values of the fields → JSON text, version, id. `isLocked`: as it is now, whatever the transaction has seen before. */
  byKey(fields: readonly string[], isLocked?: boolean): WriteStatement
  /** The same for so many keys, one after the other. */
  byKeys(fields: readonly string[], count: number): WriteStatement
}

/** Statements of all objects of one database; sessions keep what they prepared for them. */
export type StatementBook = (plan: ObjectPlan) => PlanStatements

/**
 * Characters of SQL kept for updates, whose text depends on which fields are there. SQLite needs about twelve bytes for one of them: this
 * bounds what clients with ever new sets of fields can make the process hold.
 */
const MAX_CHARACTERS = 4_000_000

export function createStatementBook(dialect: Dialect): StatementBook {
  const updates = createShapeCache<WriteStatement>(MAX_CHARACTERS, ({ sql }) => sql.length)
  const statementsByPlan = new Map<string, PlanStatements>()
  return (plan) => {
    const known = statementsByPlan.get(plan.name)
    if (known) return known
    const made = planStatements(plan, dialect, updates)
    statementsByPlan.set(plan.name, made)
    return made
  }
}

function planStatements(plan: ObjectPlan, dialect: Dialect, updates: ShapeCache<WriteStatement>): PlanStatements {
  const isSqlite = dialect.name === 'sqlite'
  // What the compiler printed for SQLite is a constant.
  const constant = (sql: string, isRead: boolean, returnsRows: boolean): WriteStatement => ({ sql, kinds: [], isRead, returnsRows })
  const insertByCount = new Map<number, WriteStatement>()
  let locked: WriteStatement | undefined
  let allLocked: WriteStatement | undefined
  const selectByKey = new Map<string, WriteStatement>()
  return {
    get: isSqlite ? constant(plan.get, true, true) : printSelectById(plan, dialect),
    insert: isSqlite ? constant(plan.insert, false, false) : printInsert(plan, dialect),
    delete: isSqlite ? constant(plan.delete, false, false) : printDelete(plan, dialect),
    deleteVersion: printDelete(plan, dialect, { ifVersion: true }),
    byIds: printSelectByIds(plan, dialect),
    get getLocked() {
      locked ??= isSqlite ? this.get : printSelectById(plan, dialect, { isLocked: true })
      return locked
    },
    get byIdsLocked() {
      allLocked ??= isSqlite ? this.byIds : printSelectByIds(plan, dialect, { isLocked: true })
      return allLocked
    },
    maxRows: maxInsertRows(plan, dialect),
    insertMany(count) {
      const known = insertByCount.get(count) ?? printInsert(plan, dialect, count)
      insertByCount.set(count, known)
      return known
    },
    update(changed, ifVersion, guards) {
      // Names are separated by what no name can hold.
      let key = ifVersion ? `${plan.name}!` : plan.name
      for (const name of changed.set) key += `\0${name}`
      for (const name of changed.increment ?? []) key += `\0+${name}`
      for (const name of changed.multiply ?? []) key += `\0*${name}`
      for (const { field, count, orNull } of guards ?? []) key += `\0?${field}\0${count}${orNull ? '?' : ''}`
      const known = updates.get(key)
      if (known) return known
      const printed = printUpdate(plan, dialect, changed, { ifVersion, ...(guards ? { guards } : {}) })
      updates.set(key, printed)
      return printed
    },
    updateEach(set, rows) {
      const key = [`${plan.name}*${rows}`, ...set].join('\0')
      const known = updates.get(key)
      if (known) return known
      const printed = printUpdateEach(plan, dialect, set, rows)
      updates.set(key, printed)
      return printed
    },
    byKey(fields, isLocked = false) {
      const key = `${fields.join('\0')}${isLocked ? '!' : ''}`
      const known = selectByKey.get(key) ?? printSelectByKey(plan, dialect, fields, { isLocked })
      selectByKey.set(key, known)
      return known
    },
    byKeys(fields, count) {
      const key = [...fields, count].join('\0')
      const known = selectByKey.get(key) ?? printSelectByKeys(plan, dialect, fields, count)
      selectByKey.set(key, known)
      return known
    },
  }
}
