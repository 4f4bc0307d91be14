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

export type Test =
  | readonly [column: string, test: '=' | '<=' | '>' | 'in' | 'null' | 'not null', value?: SqlValue | readonly SqlValue[]]
  /** Of instances: somebody was asked to approve something in it, by id or by role, or everybody was. */
  | readonly [column: 'id', test: 'asked', who: AskedTest]

export interface AskedTest {
  readonly id: string | null
  readonly roles: readonly string[]
}

export interface WorkflowStatements {
  insert(table: Table): Statement
  /** Values: those of the columns, then those of the filter. */
  update(table: Table, columns: readonly string[], filter: Filter): Prepared
  remove(table: Table, filter: Filter): Prepared
  /** `any`: alternatives, of which one holds besides the filter. */
  select(table: Table, options: SelectOptions): Prepared
  readonly nextDue: Statement
}

export type Priorities = Readonly<Record<string, number>>

export interface SelectOptions {
  readonly filter: Filter
  readonly any?: readonly Filter[]
  /** Columns; default: all. */
  readonly columns?: readonly string[]
  readonly orderBy?: readonly string[]
  /** Rows of workflows with smaller numbers come first; those without one have 100. */
  readonly priorities?: Priorities | undefined
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
  const asked = ({ roles }: AskedTest, list: ParameterList): Sql => {
    const column = (of: string): Sql => `s.${name(of)}`
    const parameter = (): Sql => list.extra('text')
    const byUser = `(${column('assignee_type')} = 'user' and ${column('assignee')} = ${parameter()})`
    const byRole = `(${column('assignee_type')} in ('role', 'queue') and ${column('assignee')} in (${roles.map(parameter).join(', ')}))`
    const acted = `${column('acted_by')} = ${parameter()}`
    const any = [`${column('assignee')} is null`, byUser, ...(roles.length === 0 ? [] : [byRole]), acted]
    const ofInstance = `${column('instance')} = ${name(TABLES.instance)}.${name('id')}`
    return `exists (select 1 from ${name(TABLES.step)} s where ${ofInstance} and ${column('type')} = 'approval' and (${any.join(' or ')}))`
  }
  const test = ([column, operator, value]: Test, list: ParameterList): Sql => {
    if (operator === 'asked') return asked(value, list)
    const parameter = (): Sql => list.extra(kindOf(column))
    if (operator === 'null' || operator === 'not null') return `${name(column)} is ${operator}`
    if (operator === 'in') return `${name(column)} in (${(value as readonly SqlValue[]).map(parameter).join(', ')})`
    return `${name(column)} ${operator} ${parameter()}`
  }
  const where = (filter: Filter, list: ParameterList): Sql => filter.map((one) => test(one, list)).join(' and ') || '1 = 1'
  const valuesOf = (filter: Filter): readonly SqlValue[] =>
    filter.flatMap(([, operator, value]): SqlValue | readonly SqlValue[] =>
      operator === 'asked' ? [value.id, ...value.roles, value.id] : value === undefined ? [] : value,
    )
  const keyOf = (filter: Filter): string => filter.map(testKey).join('&')

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
    select(
      table,
      { filter, any = [], columns = table === 'instance' ? INSTANCE_COLUMNS : STEP_COLUMNS, orderBy = [], priorities, limit, lock },
    ) {
      const ranks = Object.entries(priorities ?? {})
      const isLocked = lock !== undefined && dialect.forUpdate !== ''
      const key = `select ${table} ${columns.join()} ${keyOf(filter)} ${any.map(keyOf).join('|')} ${orderBy.join()} ${limit === undefined ? '' : 'limit'} ${lock ?? ''} ${ranks.join()}`
      const values = [
        ...valuesOf(filter),
        ...any.flatMap(valuesOf),
        ...ranks.map(([workflow]) => workflow),
        ...(limit === undefined ? [] : [limit]),
      ]
      const selected = statement(key, !isLocked, (list) => {
        const parts = [where(filter, list), ...(any.length === 0 ? [] : [`(${any.map((one) => `(${where(one, list)})`).join(' or ')})`])]
        const ranked = ranks.map(([, rank]) => `when ${list.extra('text')} then ${rank}`).join(' ')
        const orders = [
          ...(ranked === '' ? [] : [`case ${name('workflow')} ${ranked} else ${USUAL_PRIORITY} end`]),
          ...orderBy.map((one) => ordered(one, name)),
        ]
        const order = orders.length === 0 ? '' : ` order by ${orders.join(', ')}`
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

const testKey = ([column, operator, value]: Test): string =>
  `${column} ${operator} ${operator === 'asked' ? value.roles.length : Array.isArray(value) ? value.length : ''}`

const USUAL_PRIORITY = 100

/** `-position`: the last first. */
const ordered = (column: string, name: (of: string) => Sql): Sql =>
  column.startsWith('-') ? `${name(column.slice(1))} desc` : name(column)
