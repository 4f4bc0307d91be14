import type { Dialect, Sql } from '../../query/print/dialect.ts'
import { columnOf, DELETION_COLUMN, tableOf, VERSION_COLUMN } from '../../query/print/names-of.ts'
import { type ParameterList, parameterList } from '../../query/print/parameter-list.ts'
import { printSelectByIds, type WriteStatement } from '../../query/print/print-write.ts'
import type { ObjectPlan } from '../object-plan.ts'
import type { TrashPlan, TrashTargetPlan } from './trash-plan.ts'

/** Statements about the trash of one object. Lists of ids are JSON. */
export interface TrashStatements {
  /** When, who (where there is a column), what goes together, id → nothing. */
  readonly trash: WriteStatement
  /** The same, and the version the caller knows. */
  readonly trashVersion: WriteStatement
  /** The same for a list of ids. */
  readonly trashAll: WriteStatement
  /** List of ids → those that are there, locked. */
  readonly live: WriteStatement
  /** List of ids → those that are in the trash, locked. */
  readonly trashed: WriteStatement
  /** List of ids → JSON text, version, id of each that there is, in the trash or not. */
  readonly records: WriteStatement
  /** List of ids → nothing. */
  readonly restoreAll: WriteStatement
}

const statementsByDialect = new WeakMap<Dialect, WeakMap<ObjectPlan, TrashStatements>>()

/** Printed once for each object and database. */
export function trashStatements(plan: ObjectPlan, dialect: Dialect): TrashStatements {
  const byPlan = statementsByDialect.get(dialect) ?? new WeakMap<ObjectPlan, TrashStatements>()
  statementsByDialect.set(dialect, byPlan)
  const made = byPlan.get(plan) ?? printAll(plan, plan.trash as TrashPlan, dialect)
  byPlan.set(plan, made)
  return made
}

function printAll(plan: ObjectPlan, { column, by }: TrashPlan, dialect: Dialect): TrashStatements {
  const name = dialect.quoteName
  const [table, at, id] = [tableOf(plan, dialect), name(column), name(columnOf(plan, 'id'))]
  const raised = `${name(VERSION_COLUMN)} = ${name(VERSION_COLUMN)} + 1`
  const trash = (where: (list: ParameterList) => Sql): WriteStatement =>
    statement(dialect, false, (list) => {
      const when = `${at} = ${list.extra('datetime')}`
      const who = by === undefined ? '' : `, ${name(by)} = ${list.extra('text')}`
      const sets = `${when}${who}, ${name(DELETION_COLUMN)} = ${list.extra('text')}, ${raised}`
      return `update ${table} set ${sets} where ${where(list)} and ${at} is null`
    })
  const among = (list: ParameterList): Sql => dialect.inList(id, list.extra('list'), 'id')
  const ids = (state: Sql): WriteStatement =>
    statement(
      dialect,
      dialect.forUpdate === '',
      (list) => `select ${id} from ${table} where ${among(list)} and ${at} is ${state} order by ${id}${dialect.forUpdate}`,
    )
  let records: WriteStatement | undefined
  const { trash: _trash, ...untrashed } = plan
  return {
    get records() {
      records ??= printSelectByIds(untrashed, dialect)
      return records
    },
    trash: trash((list) => `${id} = ${list.extra('text')}`),
    trashVersion: trash((list) => `${id} = ${list.extra('text')} and ${name(VERSION_COLUMN)} = ${list.extra('integer')}`),
    trashAll: trash(among),
    live: ids('null'),
    trashed: ids('not null'),
    restoreAll: statement(dialect, false, (list) => {
      const who = by === undefined ? '' : `, ${name(by)} = null`
      return `update ${table} set ${at} = null${who}, ${name(DELETION_COLUMN)} = '', ${raised} where ${among(list)} and ${at} is not null`
    }),
  }
}

/** List of ids → ids of the records that refer to them and are there, locked. */
export const printReferringLive = (child: ObjectPlan, field: string, dialect: Dialect): WriteStatement =>
  statement(dialect, dialect.forUpdate === '', (list) => {
    const name = dialect.quoteName
    const lookup = dialect.inList(name(columnOf(child, field)), list.extra('list'), 'id')
    const live = child.trash ? ` and ${name(child.trash.column)} is null` : ''
    return `select ${name(columnOf(child, 'id'))} from ${tableOf(child, dialect)} where ${lookup}${live}${dialect.forUpdate}`
  })

/** The same, whether there is any: at most one row. */
export const printHolding = (child: ObjectPlan, field: string, dialect: Dialect): WriteStatement =>
  statement(dialect, true, (list) => {
    const name = dialect.quoteName
    const lookup = dialect.inList(name(columnOf(child, field)), list.extra('list'), 'id')
    const live = child.trash ? ` and ${name(child.trash.column)} is null` : ''
    return `select ${name(columnOf(child, 'id'))} from ${tableOf(child, dialect)} where ${lookup}${live} limit 1`
  })

/**
 * List of ids → ids of the records that went with them. Those that belong to somebody else, too, who was deleted at another time, stay.
 */
export const printGoneAlong = (child: ObjectPlan, field: string, parent: ObjectPlan, dialect: Dialect): WriteStatement =>
  statement(dialect, true, (list) => {
    const name = dialect.quoteName
    const [id, lookup, deletion] = [name(columnOf(child, 'id')), name(columnOf(child, field)), name(DELETION_COLUMN)]
    const among = dialect.inList(`c.${lookup}`, list.extra('list'), 'id')
    const same = `c.${deletion} = (select p.${deletion} from ${tableOf(parent, dialect)} as p where p.${name(columnOf(parent, 'id'))} = c.${lookup})`
    const others = owners(child).filter(([other]) => other !== field)
    const free = others.map(([other, owner]) => {
      const gone = `o.${name(owner.column)} is not null and o.${deletion} <> c.${deletion}`
      return ` and not exists (select 1 from ${tableOf(owner, dialect)} as o where o.${name('id')} = c.${name(columnOf(child, other))} and ${gone})`
    })
    return `select c.${id} from ${tableOf(child, dialect)} as c where ${among} and c.${deletion} <> '' and ${same}${free.join('')}`
  })

/** List of ids → at most one whose owner is in the trash. */
export const printOwnedByTrashed = (plan: ObjectPlan, field: string, owner: TrashTargetPlan, dialect: Dialect): WriteStatement =>
  statement(dialect, true, (list) => {
    const name = dialect.quoteName
    const among = dialect.inList(`c.${name(columnOf(plan, 'id'))}`, list.extra('list'), 'id')
    const gone = `select 1 from ${tableOf(owner, dialect)} as o where o.${name('id')} = c.${name(columnOf(plan, field))} and o.${name(owner.column)} is not null`
    return `select c.${name(columnOf(plan, 'id'))} from ${tableOf(plan, dialect)} as c where ${among} and exists (${gone}) limit 1`
  })

/** List of ids → each that there is, and 1 where it is in the trash. Nobody deletes one of them until the transaction ends. */
export const printTargets = (target: TrashTargetPlan, dialect: Dialect): WriteStatement =>
  statement(dialect, dialect.forUpdate === '', (list) => {
    const name = dialect.quoteName
    const among = dialect.inList(name('id'), list.extra('list'), 'id')
    const lock = dialect.name === 'postgres' ? ' for share' : dialect.name === 'mysql' ? ' lock in share mode' : ''
    return `select ${name('id')}, case when ${name(target.column)} is null then 0 else 1 end from ${tableOf(target, dialect)} where ${among}${lock}`
  })

/** The id of a record, an id → a row where the lookup of the one holds the other. */
export const printHolds = (plan: ObjectPlan, field: string, dialect: Dialect): WriteStatement =>
  statement(dialect, true, (list) => {
    const name = dialect.quoteName
    return `select 1 from ${tableOf(plan, dialect)} where ${name(columnOf(plan, 'id'))} = ${list.extra('text')} and ${name(columnOf(plan, field))} = ${list.extra('text')}`
  })

/** Lookups to the records that those of the object go and come back with. */
export const owners = ({ trashTargets = {} }: ObjectPlan): readonly (readonly [string, TrashTargetPlan])[] =>
  Object.entries(trashTargets).filter(([, { isOwner }]) => isOwner)

function statement(dialect: Dialect, isRead: boolean, text: (list: ParameterList) => Sql): WriteStatement {
  const list = parameterList(dialect)
  const { sql, parameters } = list.finish(text(list))
  return Object.freeze({ sql, kinds: parameters.map(({ kind }) => kind), isRead, returnsRows: isRead })
}
