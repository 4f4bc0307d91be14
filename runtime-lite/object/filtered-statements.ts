import type { Condition, SlotValue, SortItem } from '../query/ast.ts'
import { bindQuery } from '../query/bind/bind-query.ts'
import { constant } from '../query/bind/bind-value.ts'
import type { BoundCondition, Parameter } from '../query/bound.ts'
import { EMPTY_QUERY } from '../query/empty-query.ts'
import { bindAll } from '../query/print/mark.ts'
import { fieldPlanOf } from '../query/print/names-of.ts'
import {
  type ChangedFields,
  type FilteredStatement,
  printDeleteMany,
  printSelectIds,
  printUpdateMany,
  type RecordFilter,
} from '../query/print/print-write.ts'
import type { ObjectPlan, SqlValue } from './object-plan.ts'
import type { WriteContext } from './write-context.ts'

/** Which records a write is about. Undefined `where`: all of them. */
export interface Filter {
  readonly where?: Condition
  /** Which of them comes first, where there is one. */
  readonly orderBy?: readonly SortItem[]
  /** Deleted records alone, or too. Default: they are left out. */
  readonly deleted?: 'only' | 'with'
  /** Values by slot. */
  readonly values: readonly SlotValue[]
  /** Records that were looked up, and locked, already: no other condition is asked. */
  readonly ids?: readonly string[]
}

/** Records that were looked up, and locked, already. */
export const amongThese = (ids: readonly string[]): Filter => ({ ids, values: [] })

type Kind = 'update' | 'delete' | 'ids' | 'first'

/** The statement of a filter's shape, printed once. */
export function statementOf(context: WriteContext, filter: Filter, kind: Kind, changed: ChangedFields = { set: [] }): FilteredStatement {
  if (filter.ids && kind === 'update') return pickedStatement(context, changed)
  if (filter.ids && kind === 'delete') return pickedStatement(context, undefined)
  const { plan, database, session } = context
  const { dialect } = session
  const key = `${plan.name}\0${kind}\0${JSON.stringify([filter.where, filter.orderBy, filter.deleted, changed])}`
  const known = database.filteredStatements.get(key)
  if (known) return known
  const { where, alias, orderBy } = bindQuery(
    {
      ...EMPTY_QUERY,
      ...(filter.where ? { where: filter.where } : {}),
      ...(filter.deleted ? { deleted: filter.deleted } : {}),
      orderBy: filter.orderBy ?? [],
    },
    plan,
    { operation: 'list', loadedPlan: database.loadedPlan, limits: database.limits, dialect },
  )
  const picked: RecordFilter = kind === 'first' ? { plan, alias, where, orderBy, limit: constant('integer', 1) } : { plan, alias, where }
  const printed =
    kind === 'update'
      ? printUpdateMany(picked, dialect, changed)
      : kind === 'delete'
        ? printDeleteMany(picked, dialect)
        : printSelectIds(picked, dialect)
  database.filteredStatements.set(key, printed)
  return printed
}

/** All records of a JSON list of ids, which is the only value of the filter. They are deleted where nothing is changed. */
export function pickedStatement({ plan, database, session }: WriteContext, changed: ChangedFields | undefined): FilteredStatement {
  const key = `${plan.name}\0picked\0${JSON.stringify(changed)}`
  const known = database.filteredStatements.get(key)
  if (known) return known
  const picked: RecordFilter = { plan, alias: 't0', where: amongIds(plan) }
  const printed = changed ? printUpdateMany(picked, session.dialect, changed) : printDeleteMany(picked, session.dialect)
  database.filteredStatements.set(key, printed)
  return printed
}

const IDS: Parameter = Object.freeze({ kind: 'list', key: 'ids', bind: (values: readonly SlotValue[]) => values[0] as string })

function amongIds(plan: ObjectPlan): BoundCondition {
  const field = fieldPlanOf(plan, 'id') ?? { kind: 'id' }
  const left = { kind: 'column', alias: 't0', name: 'id', field, column: field.column ?? 'id' } as const
  return { kind: 'in', left, values: [], list: IDS, isNegated: false }
}

/** Its values: the caller's own, then those of the filter. */
export const valuesOf = (
  statement: FilteredStatement,
  { values, ids }: Pick<Filter, 'values' | 'ids'>,
  own: readonly SqlValue[],
): readonly SqlValue[] => [...own, ...bindAll(statement.parameters, ids ? [JSON.stringify(ids)] : values, { now: Date.now() })]
