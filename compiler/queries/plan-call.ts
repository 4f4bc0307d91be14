import { ObjectQLError } from '../../runtime-lite/problem/problem.ts'
import { exactShape } from '../../runtime-lite/query/ahead/exact-shape.ts'
import type { Operand, Query } from '../../runtime-lite/query/ast.ts'
import { bindQuery } from '../../runtime-lite/query/bind/bind-query.ts'
import { hasNumericOptions } from '../../runtime-lite/query/bind/typed-expression.ts'
import { parameterUses } from '../../runtime-lite/query/named/parameter-uses.ts'
import { plannedQuery } from '../../runtime-lite/query/planned-query.ts'
import { QueryPlanCompiler } from '../../runtime-lite/query/planner.ts'
import type { PlannedShapeIr } from '../ir/query-plan.ts'
import type { Json } from '../source/json.ts'
import type { PlanningScope } from './plan-query.ts'

export interface CallToPlan {
  readonly object: string
  readonly operation: 'list' | 'get' | 'count'
  readonly query: Query
}

/**
 * The statements of a call in the application's sources. A reason where it cannot be run; undefined where its statement depends on how many
 * values there are.
 */
export function planCall(
  { object, operation, query }: CallToPlan,
  scope: PlanningScope,
): PlannedShapeIr | { readonly reason: string } | undefined {
  const { limits, loadedPlan, dialects } = scope
  const plan = loadedPlan(object)
  if (plan === undefined) return undefined
  try {
    const numbers = numberSlots(query, (asked) => {
      const [, dialect] = dialects[0] as PlanningScope['dialects'][number]
      return parameterUses(asked, bindQuery(asked, plan, { operation, dialect, limits, loadedPlan }))
    })
    // What a number is compared with is sent as one, though its value is not known yet.
    const asked = withSlots(query, ({ index, type }) => ({ kind: 'slot', index, type: numbers.has(index) ? 'number' : type }))
    const shape = exactShape(asked)
    if (shape === undefined) return undefined
    const placeOf = new Map(
      shape.places.flatMap((operands, place) => operands.map((operand): [number, number] => [slotOf(operand), place])),
    )
    const numbered = withSlots(asked, ({ index, type }) => ({ kind: 'slot', index: placeOf.get(index) ?? 0, type }))
    const compiled = dialects.map(([name, dialect]): [string, Json] => {
      const planner = new QueryPlanCompiler({ dialect, limits, loadedPlan, sign: () => '' })
      return [name, plannedQuery(planner.compile(operation, plan, oneList(numbered))) as unknown as Json]
    })
    return { shape: shape.text, statements: Object.fromEntries(compiled) }
  } catch (error) {
    if (error instanceof ObjectQLError) return { reason: error.message.replace(/\.$/, '') }
    throw error
  }
}

type Slot = Operand & { readonly kind: 'slot' }

const slotOf = (operand: Operand): number => (operand.kind === 'slot' ? operand.index : -1)

/** The slots that numbers are compared with. */
function numberSlots(query: Query, usesOf: (query: Query) => ReturnType<typeof parameterUses>): ReadonlySet<number> {
  const unknown = withSlots(query, ({ index, type }) => ({ kind: 'slot', index, type: type === 'string' ? 'parameter' : type }))
  const isNumber = ({ kind, options }: ReturnType<typeof parameterUses>[number]): boolean =>
    kind === 'integer' || kind === 'real' || hasNumericOptions({ ...(options ? { options } : {}) })
  return new Set(usesOf(unknown).flatMap((use) => (isNumber(use) ? [use.slot] : [])))
}

/** The query with other slots. */
function withSlots(query: Query, change: (slot: Slot) => Slot): Query {
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== 'object' || value === null) return value
    if ('kind' in value && value.kind === 'slot') return change(value as Slot)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]))
  }
  return walk(query) as Query
}

/** Lists of values as one value, whatever their length: that is how the slots of `exactShape` count them. */
function oneList(query: Query): Query {
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== 'object' || value === null) return value
    const node = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]))
    if (node['kind'] !== 'in') return node
    const [first] = node['values'] as readonly Slot[]
    return { ...node, values: first ? [{ ...first, type: 'list' }] : [] }
  }
  return walk(query) as Query
}
