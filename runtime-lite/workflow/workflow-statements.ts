import type { Statement } from '../database/session.ts'
import type { SqlValue } from '../object/object-plan.ts'
import type { Dialect, Sql } from '../query/print/dialect.ts'
import { type ParameterList, parameterList } from '../query/print/parameter-list.ts'
import { INSTANCE_COLUMNS, kindOf, STEP_COLUMNS } from './workflow-rows.ts'

/** The schema files make them when an application has workflows. */
const TABLES = { instance: '_objectql_workflows', step: '_objectql_workflow_steps' } as const

type Table = keyof typeof TABLES

/** A statement and its values. */
export type Prepared = readonly [Statement, readonly SqlValue[]]

/** Conditions by column: a value, null, several values, or a bound. */
export type Filter = readonly Test[]

export type Test = readonly [column: string, test: '=' | '<=' | '>' | 'in' | 'null' | 'not null', value?: SqlValue | readonly SqlValue[]]

export interface WorkflowStatements {
  insert(table: Table): Statement
  /** Values: those of the columns, then those of the filter. */
  update(table: Table, columns: readonly string[], filter: Filter): Prepared
  remove(table: Table, filter: Filter): Prepared
  /** `any`: alternatives, of which one holds besides the filter. */
  select(table: Table, options: SelectOptions): Prepared
  readonly nextDue: Statement
}

export interface SelectOptions {
  readonly filter: Filter
  readonly any?: readonly Filter[]
  /** Columns; default: all. */
  readonly columns?: readonly string[]
  readonly orderBy?: readonly string[]
  readonly limit?: number
  /** `skip`: rows that others have locked are left out. */
  readonly lock?: 'wait' | 'skip'
}

const statementsByDialect = new WeakMap<Dialect, WorkflowStatements>()

/** Each shape of a statement is printed once for each database. */
export function workflowStatements(dialect: Dialect): WorkflowStatements {
  const known = statementsByDialect.get(dialect)
  if (known) return known
  const name = (of: string): Sql => dialect.quoteName(of)
  const printed = new Map<string, Statement>()
  const statement = (key: string, isRead: boolean, text: (list: ParameterList) => Sql): Statement => {
    const before = printed.get(key)
    if (before) return before
    const list = parameterList(dialect)
    const { sql, parameters } = list.finish(text(list))
    const made = Object.freeze({ sql, kinds: parameters.map(({ kind }) => kind), isRead })
    printed.set(key, made)
    return made
  }
  const test = ([column, operator, value]: Test, list: ParameterList): Sql => {
    const parameter = (): Sql => list.extra(kindOf(column))
    if (operator === 'null' || operator === 'not null') return `${name(column)} is ${operator}`
    if (operator === 'in') return `${name(column)} in (${(value as readonly SqlValue[]).map(parameter).join(', ')})`
    return `${name(column)} ${operator} ${parameter()}`
  }
  const where = (filter: Filter, list: ParameterList): Sql => filter.map((one) => test(one, list)).join(' and ') || '1 = 1'
  const valuesOf = (filter: Filter): readonly SqlValue[] =>
    filter.flatMap(([, , value]) => (value === undefined ? [] : (value as SqlValue)))
  const keyOf = (filter: Filter): string =>
    filter.map(([column, operator, value]) => `${column} ${operator} ${Array.isArray(value) ? value.length : ''}`).join('&')

  const made: WorkflowStatements = {
    insert: (table) =>
      statement(`insert ${table}`, false, (list) => {
        const columns = table === 'instance' ? INSTANCE_COLUMNS : STEP_COLUMNS
        const values = columns.map((column) => list.extra(kindOf(column)))
        return `insert into ${name(TABLES[table])} (${columns.map(name).join(', ')}) values (${values.join(', ')})`
      }),
    update: (table, columns, filter) => [
      statement(`update ${table} ${columns.join()} ${keyOf(filter)}`, false, (list) => {
        const set = columns.map((column) => `${name(column)} = ${list.extra(kindOf(column))}`)
        return `update ${name(TABLES[table])} set ${set.join(', ')} where ${where(filter, list)}`
      }),
      valuesOf(filter),
    ],
    remove: (table, filter) => [
      statement(`remove ${table} ${keyOf(filter)}`, false, (list) => `delete from ${name(TABLES[table])} where ${where(filter, list)}`),
      valuesOf(filter),
    ],
    select(table, { filter, any = [], columns = table === 'instance' ? INSTANCE_COLUMNS : STEP_COLUMNS, orderBy = [], limit, lock }) {
      const isLocked = lock !== undefined && dialect.forUpdate !== ''
      const key = `select ${table} ${columns.join()} ${keyOf(filter)} ${any.map(keyOf).join('|')} ${orderBy.join()} ${limit === undefined ? '' : 'limit'} ${lock ?? ''}`
      const values = [...valuesOf(filter), ...any.flatMap(valuesOf), ...(limit === undefined ? [] : [limit])]
      const selected = statement(key, !isLocked, (list) => {
        const parts = [where(filter, list), ...(any.length === 0 ? [] : [`(${any.map((one) => `(${where(one, list)})`).join(' or ')})`])]
        const order = orderBy.length === 0 ? '' : ` order by ${orderBy.map((one) => ordered(one, name)).join(', ')}`
        const limited = limit === undefined ? '' : ` ${dialect.limit(list.extra('integer'), undefined).trim()}`
        const locked = isLocked ? `${dialect.forUpdate}${lock === 'skip' ? ' skip locked' : ''}` : ''
        return `select ${columns.map(name).join(', ')} from ${name(TABLES[table])} where ${parts.join(' and ')}${order}${limited}${locked}`
      })
      return [selected, values]
    },
    nextDue: statement(
      'next due',
      true,
      () => `select min(${name('due_at')}) from ${name(TABLES.step)} where ${name('due_at')} is not null`,
    ),
  }
  statementsByDialect.set(dialect, made)
  return made
}

/** `-position`: the last first. */
const ordered = (column: string, name: (of: string) => Sql): Sql =>
  column.startsWith('-') ? `${name(column.slice(1))} desc` : name(column)
