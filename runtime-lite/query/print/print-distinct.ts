import type { BoundExpression, BoundQuery } from '../bound.ts'
import type { SelectRows, Sql } from './dialect.ts'
import type { ParameterList } from './parameter-list.ts'
import { printExpression } from './print-condition.ts'
import { printJson } from './print-record.ts'
import { valueKindOf } from './value-kind.ts'

/**
 * Equal rows once: the values in a table of their own, so that JSON is made of those that are left. Sorted by what is selected; whatever else a
 * query sorts by has no one value for rows that are equal.
 */
export function printDistinct(
  { record = [], orderBy }: BoundQuery,
  rows: Pick<SelectRows, 'from' | 'where'>,
  list: ParameterList,
): { readonly json: Sql; readonly rows: Omit<SelectRows, 'limit'> } {
  const { dialect } = list
  const columns = record.map((member, index) => {
    if (member.kind !== 'value') throw new Error(`"${member.key}" is a relation: equal rows are found by values.`)
    return { key: member.key, of: member.of, sql: printExpression(member.of, list), name: `${ALIAS}.c${index}`, column: `c${index}` }
  })
  const nameBySql = new Map(columns.map(({ sql, name }) => [sql, name]))
  const sorted = new Set<Sql>()
  const items = orderBy.flatMap(({ by, isDescending, nullsFirst, isNotNull }) => {
    const name = nameBySql.get(printExpression(by, list))
    if (name === undefined) return []
    sorted.add(name)
    return [dialect.sort(name, isDescending, nullsFirst, isNotNull)]
  })
  // What is left decides between rows that are equal so far, so that pages are stable.
  for (const { of, name } of columns) if (!sorted.has(name) && isScalar(of)) items.push(name)
  const selected = columns.map(({ sql, column }) => `${sql} as ${column}`).join(', ')
  const where = rows.where === '' ? '' : ` where ${rows.where}`
  return {
    json: dialect.jsonObject(columns.map(({ key, of, name }) => [key, printJson(of as BoundExpression, name, dialect)] as const)),
    rows: {
      alias: ALIAS,
      from: `(select distinct ${selected} from ${rows.from}${where}) as ${ALIAS}`,
      where: '',
      orderBy: items.join(', '),
    },
  }
}

const ALIAS = 'd0'

const isScalar = (expression: BoundExpression): boolean => {
  const kind = valueKindOf(expression)
  return kind !== 'any' && kind !== 'location' && kind !== 'vector'
}
