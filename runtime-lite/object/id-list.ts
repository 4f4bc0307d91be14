import type { Statement } from '../database/session.ts'
import type { SlotValue } from '../query/ast.ts'
import type { Parameter } from '../query/bound.ts'
import type { Dialect, Sql } from '../query/print/dialect.ts'
import { bindAll } from '../query/print/mark.ts'
import { type ParameterList, parameterList } from '../query/print/parameter-list.ts'
import type { SqlValue } from './sql-value.ts'

/** A statement about records whose ids come as a list. */
export interface ListStatement extends Statement {
  readonly parameters: readonly Parameter[]
}

const IDS: Parameter = Object.freeze({ kind: 'list', key: 'ids', bind: (values: readonly SlotValue[]) => values[0] as string })

/** The values of a list statement. `more`: the values of its other slots, from 1. */
export const listValues = ({ parameters }: ListStatement, ids: readonly string[], more: readonly SqlValue[] = []): readonly SqlValue[] =>
  bindAll(parameters, [JSON.stringify(ids), ...(more as readonly SlotValue[])], { now: Date.now() })

/** The column holds one of the ids. */
export const isListed = (column: Sql, list: ParameterList): Sql => list.dialect.inList(column, list.print(IDS), 'id')

export function listStatement(dialect: Dialect, isRead: boolean, text: (list: ParameterList) => Sql): ListStatement {
  const list = parameterList(dialect)
  const { sql, parameters } = list.finish(text(list))
  return Object.freeze({ sql, kinds: parameters.map(({ kind }) => kind), isRead, parameters })
}
