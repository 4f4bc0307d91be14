import type { BoundGrouping, BoundQuery } from '../bound.ts'
import type { SelectRows, Sql } from './dialect.ts'
import type { ParameterList } from './parameter-list.ts'
import { printCondition, printExpression, whereText } from './print-condition.ts'
import { printJson } from './print-record.ts'
import { valueKindOf } from './value-kind.ts'

/**
 * Groups as a table of their own, whose columns have names of ours: aliases of clients may differ in case only, or be called like a column. Tells
 * the list what the aliases stand for, for the condition on groups and their order.
 */
export function printGrouped(
  { group }: BoundQuery,
  rows: Pick<SelectRows, 'alias' | 'from' | 'where'>,
  list: ParameterList,
): { readonly json: Sql; readonly rows: Pick<SelectRows, 'alias' | 'from' | 'where'> } {
  if (!group) throw new Error('The query has no groups.')
  const { columns: groups, rows: grouped } = workedOut(groupColumns(group, list), rows, list)
  const columns = [...groups, ...aggregateColumns(group, list)]
  const named = columns.map((column, index) => ({ ...column, name: `${ALIAS}.c${index}`, text: `${column.sql} as c${index}` }))
  for (const { alias, name } of named) list.nameAlias(alias, name)
  const where = grouped.where === '' ? '' : ` where ${grouped.where}`
  const by = group.by.length === 0 ? '' : ` group by ${group.by.map((_item, index) => index + 1).join(', ')}`
  return {
    json: list.dialect.jsonObject(named.map(({ alias, name, json }) => [alias, json(name)] as const)),
    rows: {
      alias: ALIAS,
      from: `(select ${named.map(({ text }) => text).join(', ')} from ${grouped.from}${where}${by}) as ${ALIAS}`,
      where: whereText([group.having], list),
    },
  }
}

const ALIAS = 'g0'

interface GroupColumn {
  readonly alias: string
  readonly sql: Sql
  readonly json: (name: Sql) => Sql
}

/**
 * MariaDB 10.11 now and then puts records into the wrong group where what they are grouped by looks into other tables: there it is worked out before, in a
 * table that is not merged into the outer one.
 */
function workedOut(
  columns: readonly GroupColumn[],
  rows: Pick<SelectRows, 'alias' | 'from' | 'where'>,
  { dialect }: ParameterList,
): { readonly columns: readonly GroupColumn[]; readonly rows: Pick<SelectRows, 'from' | 'where'> } {
  if (dialect.name !== 'mysql' || !columns.some(({ sql }) => sql.includes('(select '))) return { columns, rows }
  const where = rows.where === '' ? '' : ` where ${rows.where}`
  // No field has a blank in its name.
  const key = (index: number): Sql => dialect.quoteName(`group ${index}`)
  const values = columns.map(({ sql }, index) => `${sql} as ${key(index)}`).join(', ')
  return {
    columns: columns.map((column, index) => ({ ...column, sql: `${rows.alias}.${key(index)}` })),
    rows: { from: `(select ${rows.alias}.*, ${values} from ${rows.from}${where} limit ${EVERY}) as ${rows.alias}`, where: '' },
  }
}

const EVERY = '18446744073709551615'

const groupColumns = ({ by }: BoundGrouping, list: ParameterList): readonly GroupColumn[] =>
  by.map(({ alias, of, granularity }) => {
    const sql = printExpression(of, list)
    if (!granularity) return { alias, sql, json: (name) => printJson(of, name, list.dialect) }
    const kind = valueKindOf(of) === 'date' ? 'date' : 'datetime'
    return { alias, sql: list.dialect.truncate(sql, granularity, kind), json: (name) => list.dialect.jsonOf(name, 'text') }
  })

const aggregateColumns = ({ aggregates }: BoundGrouping, list: ParameterList): readonly GroupColumn[] =>
  aggregates.map(({ alias, function: name, of, filter, scale }) => {
    const { dialect } = list
    const value = of && printExpression(of, list)
    const condition = filter && printCondition(filter, list)
    const sql = dialect.aggregate(name, value, of ? valueKindOf(of) : 'number', condition, scale)
    const isValue = of !== undefined && (name === 'min' || name === 'max')
    return { alias, sql, json: (column) => (isValue ? printJson(of, column, dialect) : dialect.jsonOf(column, 'number')) }
  })
