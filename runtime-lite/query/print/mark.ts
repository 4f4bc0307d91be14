import type { SqlValue } from '../../object/object-plan.ts'
import type { SlotValue } from '../ast.ts'
import type { BindContext, Parameter } from '../bound.ts'
import type { Dialect, Sql } from './dialect.ts'

/**
 * While a statement is put together, the n-th parameter stands in its text as NUL n NUL. No name holds NUL, so text can be composed in
 * any order and repeated; placeholders are made at the end.
 */
export const markOf = (index: number): Sql => `\0${index}\0`

export interface FinishedSql {
  readonly sql: string
  /** In the order the database takes them. */
  readonly parameters: readonly Parameter[]
}

/** Turns marks into placeholders: in order of appearance, or numbered once each. */
export function finish(sql: Sql, parameters: readonly Parameter[], { placeholders }: Pick<Dialect, 'placeholders'>): FinishedSql {
  const taken: Parameter[] = []
  const numbers = new Map<number, number>()
  const text = sql.replace(MARK, (_mark, digits: string) => {
    const index = Number(digits)
    const parameter = parameters[index] as Parameter
    if (placeholders === 'ordered') {
      taken.push(parameter)
      return '?'
    }
    const known = numbers.get(index)
    if (known !== undefined) return `$${known}`
    taken.push(parameter)
    numbers.set(index, taken.length)
    return `$${taken.length}`
  })
  return { sql: text, parameters: taken }
}

const MARK = /\0(\d+)\0/g

/** The values of one request, in the order of the statement. */
export function bindAll(parameters: readonly Parameter[], values: readonly SlotValue[], context: BindContext): SqlValue[] {
  const bound: SqlValue[] = []
  for (const parameter of parameters) bound.push(parameter.bind(values, context))
  return bound
}
