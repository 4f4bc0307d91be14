import { type Maybe, type Session, whenReady } from '../database/session.ts'
import type { SqlValue } from '../object/object-plan.ts'
import { INSTANCE_COLUMNS, type InstanceRow, readRow, STEP_COLUMNS, type StepRow, storedValue } from './workflow-rows.ts'
import { type Filter, type Priorities, type SelectOptions, workflowStatements } from './workflow-statements.ts'

/** Rows of workflows, in the transaction of a session. At once where the database answers at once. */

const valuesOf = (row: object, columns: readonly string[]): SqlValue[] =>
  columns.map((column) => storedValue(column, (row as { readonly [column: string]: unknown })[column]))

export const insertInstance = (session: Session, row: InstanceRow): Maybe<unknown> =>
  session.run(workflowStatements(session.dialect).insert('instance'), valuesOf(row, INSTANCE_COLUMNS))

export const insertStep = (session: Session, row: StepRow): Maybe<unknown> =>
  session.run(workflowStatements(session.dialect).insert('step'), valuesOf(row, STEP_COLUMNS))

const update = (session: Session, table: 'instance' | 'step', changes: object, filter: Filter): Maybe<number> => {
  const columns = Object.keys(changes)
  const [statement, values] = workflowStatements(session.dialect).update(table, columns, filter)
  return whenReady(session.run(statement, [...valuesOf(changes, columns), ...values]), ({ changes: count }) => count)
}

export const updateInstance = (session: Session, id: string, changes: Partial<InstanceRow>): Maybe<number> =>
  update(session, 'instance', changes, [['id', '=', id]])

export const updateStep = (session: Session, id: string, changes: Partial<StepRow>): Maybe<number> =>
  update(session, 'step', changes, [['id', '=', id]])

export const updateSteps = (session: Session, filter: Filter, changes: Partial<StepRow>): Maybe<number> =>
  update(session, 'step', changes, filter)

export const removeSteps = (session: Session, filter: Filter): Maybe<unknown> => {
  const [statement, values] = workflowStatements(session.dialect).remove('step', filter)
  return session.run(statement, values)
}

export const selectInstances = (session: Session, options: SelectOptions): Maybe<readonly InstanceRow[]> => {
  const [statement, values] = workflowStatements(session.dialect).select('instance', options)
  return whenReady(session.run(statement, values), ({ rows }) => rows.map((row) => readRow<InstanceRow>(INSTANCE_COLUMNS, row)))
}

export const selectSteps = (session: Session, options: SelectOptions): Maybe<readonly StepRow[]> => {
  const [statement, values] = workflowStatements(session.dialect).select('step', options)
  return whenReady(session.run(statement, values), ({ rows }) => rows.map((row) => readRow<StepRow>(STEP_COLUMNS, row)))
}

/** Ids of rows that are due: those of the smallest priority, of them the longest first. */
export const dueSteps = (session: Session, now: number, limit: number, priorities?: Priorities): Maybe<readonly string[]> => {
  const filter: Filter = [['due_at', '<=', now]]
  const [statement, values] = workflowStatements(session.dialect).select('step', {
    filter,
    columns: ['id'],
    orderBy: ['due_at', 'created_at', 'position', 'id'],
    priorities,
    limit,
  })
  return whenReady(session.run(statement, values), ({ rows }) => rows.map(([id]) => String(id)))
}

/** When something is due next; undefined: never. */
export const nextDue = (session: Session): Maybe<number | undefined> =>
  whenReady(session.row(workflowStatements(session.dialect).nextDue, []), (row) => {
    const due = row?.[0] ?? null
    return due === null ? undefined : Number(due)
  })
