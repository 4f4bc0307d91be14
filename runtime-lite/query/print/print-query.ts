import type { Statement } from '../../database/session.ts'
import { queryError } from '../../problem/problem.ts'
import type { BoundQuery, Parameter } from '../bound.ts'
import type { Dialect, SelectRows, Sql } from './dialect.ts'
import { tableOf, VERSION_COLUMN } from './names-of.ts'
import { type ParameterList, parameterList } from './parameter-list.ts'
import { printExpression, printSearch, printSort, whereText } from './print-condition.ts'
import { printCursor } from './print-cursor.ts'
import { printDistinct } from './print-distinct.ts'
import { printGrouped } from './print-group.ts'
import { printJson, printMembers } from './print-record.ts'

/** A read, and the parameters whose values it takes, in order: `session.run(statement, bindAll(parameters, values, context))`. */
export interface ReadStatement extends Statement {
  readonly parameters: readonly Parameter[]
  /** One row with the whole page in its first column, as bytes. Otherwise a row per record, JSON text first. */
  readonly isPage: boolean
}

/**
 * Records of a list. A page as one row where the database makes one (`Dialect.page`), with `total` in it; pages by cursor (`hasKeys`) and other
 * databases have a row per record, `[JSON text]` or `[JSON text, JSON text of the sort keys]`, and their total comes from `printCount`.
 */
export function printList(query: BoundQuery, dialect: Dialect): ReadStatement {
  if (query.group) return printGroups(query, dialect)
  const list = parameterList(dialect)
  const { json, rows } = selectedRows(query, list)
  if (!dialect.page || query.hasKeys) {
    // Drivers that give rows as objects need two names for two columns.
    const keys = query.hasKeys ? `, ${dialect.jsonText(sortKeys(query, list))} as sort_keys` : ''
    const picked =
      dialect.selectsBeforeSort && isSorted(query) ? `from (select ${rows.alias}.* ${rowsText(rows)}) as ${rows.alias}` : rowsText(rows)
    return readStatement(list, `select ${dialect.jsonText(json)}${keys} ${picked}`)
  }
  const total = query.total === 'none' ? undefined : `(${countText(query, list)})`
  return readStatement(list, dialect.page(json, rows, total), true)
}

/** The primary key has its own order already; distinct rows are a table of their own. */
const isSorted = ({ orderBy, isDistinct, plan }: BoundQuery): boolean => {
  const [first] = orderBy
  return first !== undefined && !isDistinct && !(first.by.kind === 'column' && first.by.field === plan.fields['id'])
}

/** One record: `[JSON text, version]`, no row where there is none. The condition of the query compares the id. */
export function printGet(query: BoundQuery, dialect: Dialect): ReadStatement {
  const list = parameterList(dialect)
  const json = dialect.jsonText(printMembers(query.plan, query.record, list))
  const version = `${query.alias}.${dialect.quoteName(VERSION_COLUMN)}`
  return readStatement(list, `select ${json}, ${version} ${rowsText({ ...tableRows(query, list), orderBy: '', limit: '' })}`)
}

/** How many records or groups there are on all pages: `[number]`. */
export function printCount(query: BoundQuery, dialect: Dialect): ReadStatement {
  const list = parameterList(dialect)
  return readStatement(list, countText(query, list))
}

/** Groups, with the aliases of the grouping as keys of their JSON; rows as of `printList`. */
export function printGroups(query: BoundQuery, dialect: Dialect): ReadStatement {
  const list = parameterList(dialect)
  const { json, rows } = groupRows(query, list)
  const ordered = { ...rows, orderBy: printSort(query.orderBy, list), limit: limitText(query, list) }
  if (!dialect.page) return readStatement(list, `select ${dialect.jsonText(json)} ${rowsText(ordered)}`)
  const total = query.total === 'none' ? undefined : `(${countText(query, list)})`
  return readStatement(list, dialect.page(json, ordered, total), true)
}

function selectedRows(query: BoundQuery, list: ParameterList): { readonly json: Sql; readonly rows: SelectRows } {
  const limit = limitText(query, list)
  if (query.isDistinct) {
    const { json, rows } = printDistinct(query, tableRows(query, list), list)
    return { json, rows: { ...rows, limit } }
  }
  const rows = tableRows(query, list, true)
  return { json: printMembers(query.plan, query.record, list), rows: { ...rows, orderBy: printSort(query.orderBy, list), limit } }
}

const groupRows = (
  query: BoundQuery,
  list: ParameterList,
): { readonly json: Sql; readonly rows: Pick<SelectRows, 'alias' | 'from' | 'where'> } => printGrouped(query, tableRows(query, list), list)

/** The table of a query and which of its rows are meant. */
function tableRows(query: BoundQuery, list: ParameterList, withCursor = false): Pick<SelectRows, 'alias' | 'from' | 'where'> {
  const { plan, alias, search } = query
  const cursor = withCursor ? printCursor(query, list) : undefined
  return {
    alias,
    from: `${tableOf(plan, list.dialect)} as ${alias}`,
    where: whereText([search && printSearch(search, list), query.where, cursor], list),
  }
}

function countText(query: BoundQuery, list: ParameterList): Sql {
  const { dialect } = list
  if (query.group) {
    const { rows } = groupRows(query, list)
    return `select count(*) ${rowsText({ ...rows, orderBy: '', limit: '' })}`
  }
  const rows = tableRows(query, list)
  if (query.isDistinct) return `select count(*) ${rowsText({ ...printDistinct(query, rows, list).rows, orderBy: '', limit: '' })}`
  const estimate = query.total === 'estimated' && rows.where === '' ? dialect.estimate(tableOf(query.plan, dialect)) : undefined
  if (query.total === 'estimated' && rows.where !== '' && dialect.name === 'postgres')
    return `explain (format json) select 1 ${rowsText({ ...rows, orderBy: '', limit: '' })}`
  return estimate === undefined ? `select count(*) ${rowsText({ ...rows, orderBy: '', limit: '' })}` : `select ${estimate}`
}

const limitText = ({ limit, offset }: BoundQuery, list: ParameterList): Sql =>
  list.dialect.limit(list.print(limit), offset && list.print(offset))

/** Sort keys of a row: an object, because that is what every database can build. */
const sortKeys = ({ orderBy }: BoundQuery, list: ParameterList): Sql =>
  list.dialect.jsonObject(orderBy.map(({ by }, index) => [String(index), printJson(by, printExpression(by, list), list.dialect)] as const))

/** `from …` to the end. */
const rowsText = ({ from, where, orderBy, limit }: Omit<SelectRows, 'alias'>): Sql =>
  `from ${from}${where === '' ? '' : ` where ${where}`}${orderBy === '' ? '' : ` order by ${orderBy}`}${limit === '' ? '' : ` ${limit}`}`

function readStatement(list: ParameterList, text: Sql, isPage = false): ReadStatement {
  const { sql, parameters } = list.finish(text)
  const { maxParameters } = list.dialect
  // Some conditions take a value more than once, and the total of a page takes all of them again.
  if (parameters.length > maxParameters)
    throw queryError('INVALID_QUERY', 'query', `A statement takes ${maxParameters} values, this query needs ${parameters.length}.`)
  return Object.freeze({ sql, kinds: parameters.map(({ kind }) => kind), isRead: true, parameters, isPage })
}
