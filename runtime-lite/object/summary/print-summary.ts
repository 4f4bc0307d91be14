import type { Statement } from '../../database/session.ts'
import type { BoundGrouping } from '../../query/bound.ts'
import type { Dialect, Sql } from '../../query/print/dialect.ts'
import { andLive, columnOf, tableOf, VERSION_COLUMN } from '../../query/print/names-of.ts'
import { type ParameterList, parameterList } from '../../query/print/parameter-list.ts'
import { printCondition, printExpression } from '../../query/print/print-condition.ts'
import { valueKindOf } from '../../query/print/value-kind.ts'
import { isListed, type ListStatement, listStatement } from '../id-list.ts'
import type { ObjectPlan } from '../object-plan.ts'

export interface SummaryOf {
  readonly child: ObjectPlan
  readonly alias: string
  readonly through: string
  readonly parent: ObjectPlan
  readonly aggregates: BoundGrouping['aggregates']
}

/** Works out all roll-ups of some records over one relation, and raises their versions: the records change for whoever reads them. */
export function printRecompute(summary: SummaryOf, dialect: Dialect, { isOnlyWrong = false } = {}): ListStatement {
  return listStatement(dialect, false, (list) =>
    dialect.name === 'mysql' ? recomputeJoined(summary, isOnlyWrong, list) : recomputeNested(summary, isOnlyWrong, list),
  )
}

function recomputeNested({ child, alias, through, parent, aggregates }: SummaryOf, isOnlyWrong: boolean, list: ParameterList): Sql {
  const { dialect } = list
  const [table, id, version] = [tableOf(parent, dialect), dialect.quoteName(columnOf(parent, 'id')), dialect.quoteName(VERSION_COLUMN)]
  const columns = aggregates.map((aggregate) => dialect.quoteName(columnOf(parent, aggregate.alias)))
  const values = aggregates.map((aggregate) => withNothing(aggregate.function, aggregateText(aggregate, list)))
  const rows = `from ${tableOf(child, dialect)} as ${alias} where ${alias}.${dialect.quoteName(columnOf(child, through))} = ${table}.${id}${andLive(child, dialect, alias)}`
  const set = columns.length === 1 ? columns[0] : `(${columns.join(', ')})`
  const differs = dialect.name === 'sqlite' ? 'is not' : 'is distinct from'
  const wrong = isOnlyWrong
    ? ` and (${values.map((value, index) => `${columns[index]} ${differs} (select ${value} ${rows})`).join(' or ')})`
    : ''
  return `update ${table} set ${set} = (select ${values.join(', ')} ${rows}), ${version} = ${version} + 1 where ${isListed(id, list)}${wrong}`
}

/** MySQL does not let a statement read the table that it changes, unless through a table of its own; records may sum up others of their kind. */
function recomputeJoined({ child, alias, through, parent, aggregates }: SummaryOf, isOnlyWrong: boolean, list: ParameterList): Sql {
  const { dialect } = list
  const [table, id, version] = [tableOf(parent, dialect), dialect.quoteName(columnOf(parent, 'id')), dialect.quoteName(VERSION_COLUMN)]
  const lookup = `${alias}.${dialect.quoteName(columnOf(child, through))}`
  const values = aggregates.map((aggregate, index) => `${aggregateText(aggregate, list)} as s${index}`)
  const where = `where ${isListed(lookup, list)}${andLive(child, dialect, alias)} group by ${lookup}`
  const totals = `(select ${lookup} as parent, ${values.join(', ')} from ${tableOf(child, dialect)} as ${alias} ${where}) as totals`
  const pairs = aggregates.map(
    (aggregate, index) =>
      [`${table}.${dialect.quoteName(columnOf(parent, aggregate.alias))}`, withNothing(aggregate.function, `totals.s${index}`)] as const,
  )
  const sets = pairs.map(([column, value]) => `${column} = ${value}`)
  const wrong = isOnlyWrong ? ` and (${pairs.map(([column, value]) => `not (${column} <=> ${value})`).join(' or ')})` : ''
  return `update ${table} left join ${totals} on totals.parent = ${table}.${id} set ${[...sets, `${table}.${version} = ${table}.${version} + 1`].join(', ')} where ${isListed(`${table}.${id}`, list)}${wrong}`
}

function aggregateText({ function: name, of, filter, scale }: SummaryOf['aggregates'][number], list: ParameterList): Sql {
  const condition = filter && printCondition(filter, list)
  return list.dialect.aggregate(name, of && printExpression(of, list), of ? valueKindOf(of) : 'number', condition, scale)
}

/** Nothing adds up to 0, but has no smallest, largest and average value. */
const withNothing = (name: string, sql: Sql): Sql => (name === 'sum' || name === 'count' ? `coalesce(${sql}, 0)` : sql)

/** Locks records, in the order of their ids so that nobody waits in a circle. */
export const printRowLock = (plan: ObjectPlan, dialect: Dialect): ListStatement =>
  listStatement(dialect, false, (list) => {
    const id = dialect.quoteName(columnOf(plan, 'id'))
    // Who only refers to the record need not wait.
    const lock = dialect.name === 'postgres' ? ' for no key update' : dialect.forUpdate
    return `select ${id} from ${tableOf(plan, dialect)} where ${isListed(id, list)} order by ${id}${lock}`
  })

/** Ids of records → what their lookup holds: once each, or for each record while it is locked. */
export const printParentIds = (plan: ObjectPlan, lookup: string, dialect: Dialect, isLocked = false): ListStatement =>
  listStatement(dialect, !isLocked, (list) => {
    const column = dialect.quoteName(columnOf(plan, lookup))
    const rows = `from ${tableOf(plan, dialect)} where ${isListed(dialect.quoteName(columnOf(plan, 'id')), list)}`
    return isLocked ? `select ${column} ${rows}${dialect.forUpdate}` : `select distinct ${column} ${rows} and ${column} is not null`
  })

/** Ids of records → ids of the records that refer to them. */
export const printReferring = (plan: ObjectPlan, lookup: string, dialect: Dialect): ListStatement =>
  listStatement(dialect, true, (list) => {
    const column = dialect.quoteName(columnOf(plan, lookup))
    return `select ${dialect.quoteName(columnOf(plan, 'id'))} from ${tableOf(plan, dialect)} where ${isListed(column, list)}`
  })

/** An id → the next ones, in order. */
export function printIdsAfter(plan: ObjectPlan, dialect: Dialect, limit: number): Statement {
  const list = parameterList(dialect)
  const id = dialect.quoteName(columnOf(plan, 'id'))
  const { sql, parameters } = list.finish(
    `select ${id} from ${tableOf(plan, dialect)} where ${id} > ${list.extra('text')} order by ${id} limit ${limit}`,
  )
  return { sql, kinds: parameters.map(({ kind }) => kind), isRead: true }
}
