import type { Operand, Query } from '../ast.ts'
import type { Sign } from '../cursor.ts'
import { type PlannedByDatabase, plannedFor } from '../named/named-query.ts'
import { type PlannedQuery, readPlannedQuery } from '../planned-query.ts'
import type { Operation, RunnablePlan } from '../planner.ts'
import type { Dialect } from '../print/dialect.ts'
import { exactShape } from './exact-shape.ts'

/** The statements of one query as it stands in the application's sources. */
export interface PlannedShape extends PlannedByDatabase {
  /** Text of its `ExactShape`: slot n of its plans is the n-th place there. */
  readonly shape: string
}

/** A read found in the application's sources. */
export interface PlannedCall {
  readonly object: string
  readonly operation: string
  /** `src/pages/tickets.ts:12` */
  readonly source: string
  /** Absent for queries whose statement depends on their values. */
  readonly plans?: readonly PlannedShape[]
}

/** The plan of a query that was found while compiling. */
export type PlansAhead = (objectName: string, operation: Operation, query: Query) => RunnablePlan | undefined

/** Plans of calls by what they look like. Undefined where none were made for this database. */
export function plansAhead(calls: Readonly<Record<string, PlannedCall>>, dialect: Dialect, sign: Sign): PlansAhead | undefined {
  const plannedByShape = new Map<string, PlannedQuery>()
  for (const { object, operation, plans = [] } of Object.values(calls))
    for (const plan of plans) {
      const planned = plannedFor(plan, dialect)
      if (planned) plannedByShape.set(`${operation} ${object} ${plan.shape}`, planned)
    }
  if (plannedByShape.size === 0) return undefined
  return (objectName, operation, query) => {
    const shape = exactShape(query)
    const planned = shape && plannedByShape.get(`${operation} ${objectName} ${shape.text}`)
    return planned && readPlannedQuery(withOperands(planned, shape.places), dialect, sign)
  }
}

/** The plan with the slots of a query in place of its own. */
export const withOperands = (planned: PlannedQuery, places: readonly (readonly Operand[])[]): PlannedQuery =>
  replaced(planned, (index) => places[index] ?? []) as PlannedQuery

function replaced(value: unknown, placeOf: (index: number) => readonly Operand[]): unknown {
  if (Array.isArray(value))
    return value.flatMap((item: unknown): readonly unknown[] => (isSlot(item) ? placeOf(item.index) : [replaced(item, placeOf)]))
  if (isSlot(value)) return placeOf(value.index)[0]
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replaced(inner, placeOf)]))
}

const isSlot = (value: unknown): value is Operand & { readonly kind: 'slot' } =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'slot'
