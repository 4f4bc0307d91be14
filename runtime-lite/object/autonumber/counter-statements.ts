import type { Statement } from '../../database/session.ts'
import type { Dialect, Sql } from '../../query/print/dialect.ts'
import { columnOf, tableOf } from '../../query/print/names-of.ts'
import { type ParameterList, parameterList } from '../../query/print/parameter-list.ts'
import type { ObjectPlan } from '../object-plan.ts'

/** Last number of each scope. The schema files make it when an object has an autonumber. */
const COUNTERS = '_objectql_counters'

/** Numbers looked at together where a counter begins in a table that has some. */
export const NUMBERS_AT_ONCE = 5_000

export interface CounterStatements {
  /** Scope, amount of each counter, sorted by scope → scope, value of each, where `returnsRows`. */
  take(count: number): Statement & { readonly returnsRows: boolean }
  /** Scope → value. The counter is locked by this transaction already. */
  readonly read: Statement
  /** Value, scope → nothing. */
  readonly set: Statement
  /** Number, the largest possible one → the next numbers after the first, in order. */
  readonly numbers: (plan: ObjectPlan, field: string) => Statement
}

const statementsByDialect = new WeakMap<Dialect, CounterStatements>()

/** Statements are printed once for each database. */
export function counterStatements(dialect: Dialect): CounterStatements {
  const known = statementsByDialect.get(dialect)
  if (known) return known
  const [table, scope, value] = [COUNTERS, 'scope', 'value'].map((name) => dialect.quoteName(name)) as [Sql, Sql, Sql]
  const takeByCount = new Map<number, ReturnType<CounterStatements['take']>>()
  const numbersByField = new Map<string, Statement>()
  const print = (isRead: boolean, text: (list: ParameterList) => Sql): Statement => {
    const list = parameterList(dialect)
    const { sql, parameters } = list.finish(text(list))
    return Object.freeze({ sql, kinds: parameters.map(({ kind }) => kind), isRead })
  }
  const made: CounterStatements = {
    take(count) {
      const printed =
        takeByCount.get(count) ??
        Object.freeze({
          ...print(false, (list) => {
            const rows = Array.from({ length: count }, () => `(${list.extra('text')}, ${list.extra('integer')})`).join(', ')
            const sum = `${value} = ${table}.${value} + ${dialect.inserted(value)}`
            const returning = dialect.hasReturning.insert ? ` returning ${scope}, ${value}` : ''
            return `insert into ${table} (${scope}, ${value}) values ${rows} ${dialect.onConflict([scope], [sum])}${returning}`
          }),
          returnsRows: dialect.hasReturning.insert,
        })
      takeByCount.set(count, printed)
      return printed
    },
    read: print(false, (list) => `select ${value} from ${table} where ${scope} = ${list.extra('text')}${dialect.forUpdate}`),
    set: print(false, (list) => `update ${table} set ${value} = ${list.extra('integer')} where ${scope} = ${list.extra('text')}`),
    numbers(plan, field) {
      const key = `${plan.name}\0${field}`
      const printed =
        numbersByField.get(key) ??
        print(false, (list) => {
          const column = dialect.quoteName(columnOf(plan, field))
          const range = `${column} > ${list.extra('text')} and ${column} < ${list.extra('text')}`
          return `select ${column} from ${tableOf(plan, dialect)} where ${range} order by ${column} limit ${NUMBERS_AT_ONCE}`
        })
      numbersByField.set(key, printed)
      return printed
    },
  }
  statementsByDialect.set(dialect, made)
  return made
}
