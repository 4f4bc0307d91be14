import type { Statement } from '../../database/session.ts'
import type { Dialect, Sql } from '../../query/print/dialect.ts'
import { type ParameterList, parameterList } from '../../query/print/parameter-list.ts'

/** Former values of fields. The schema files make it when an object tracks its history. */
const HISTORY = '_objectql_history'

const COLUMNS = ['id', 'object', 'record', 'field', 'old_value', 'new_value', 'changed_by', 'changed_at'] as const

/** Changes written by one statement: few different numbers, so that few statements are prepared. */
export const HISTORY_CHUNKS = [64, 16, 4, 1] as const

export interface HistoryStatements {
  /** The columns in order, for each change in turn. */
  insert(count: number): Statement
  /** Object, record, the id to go on before, how many → id, field, old value, new value, who, when, the latest first. */
  readonly read: Statement
}

const statementsByDialect = new WeakMap<Dialect, HistoryStatements>()

/** Statements are printed once for each database. */
export function historyStatements(dialect: Dialect): HistoryStatements {
  const known = statementsByDialect.get(dialect)
  if (known) return known
  const name = (of: string): Sql => dialect.quoteName(of)
  const insertByCount = new Map<number, Statement>()
  const print = (isRead: boolean, text: (list: ParameterList) => Sql): Statement => {
    const list = parameterList(dialect)
    const { sql, parameters } = list.finish(text(list))
    return Object.freeze({ sql, kinds: parameters.map(({ kind }) => kind), isRead })
  }
  const made: HistoryStatements = {
    insert(count) {
      const printed =
        insertByCount.get(count) ??
        print(false, (list) => {
          const row = (): Sql => `(${COLUMNS.map((column) => list.extra(column === 'changed_at' ? 'datetime' : 'text')).join(', ')})`
          return `insert into ${name(HISTORY)} (${COLUMNS.map(name).join(', ')}) values ${Array.from({ length: count }, row).join(', ')}`
        })
      insertByCount.set(count, printed)
      return printed
    },
    read: print(true, (list) => {
      const columns = ['id', 'field', 'old_value', 'new_value', 'changed_by'].map(name)
      const when = dialect.jsonText(dialect.jsonObject([['at', dialect.jsonValue(name('changed_at'), { kind: 'datetime' })]]))
      const where = `${name('object')} = ${list.extra('text')} and ${name('record')} = ${list.extra('text')} and ${name('id')} < ${list.extra('text')}`
      return `select ${columns.join(', ')}, ${when} from ${name(HISTORY)} where ${where} order by ${name('id')} desc ${dialect.limit(list.extra('integer'), undefined).trim()}`
    }),
  }
  statementsByDialect.set(dialect, made)
  return made
}
