import type { ObjectPlan } from '../../object/object-plan.ts'
import type { ProblemCode } from '../../problem/problem.ts'
import type { Condition, Expression } from '../ast.ts'
import type { BoundCondition } from '../bound.ts'
import type { Dialect } from '../print/dialect.ts'
import type { TypedExpression } from './typed-expression.ts'

/** The plans of another object, when they are loaded. */
export type LoadedPlan = (objectName: string) => ObjectPlan | undefined

/** Bounds on what one query may ask for. */
export interface BindLimits {
  readonly maxExpandDepth: number
  readonly maxFilterDepth: number
  readonly maxPageSize: number
  readonly defaultPageSize: number
  /** Points a query may cost, see `CostMeter`. Default 1,000. */
  readonly maxQueryCost?: number
}

export interface ReadLimits extends BindLimits {
  /** Hashes of the only reads that clients may send. Default: any read. */
  readonly onlyQueries?: ReadonlySet<string>
}

/** One table of the statement and what all of them share. */
export interface BindScope {
  readonly plan: ObjectPlan
  readonly alias: string
  readonly shared: BindShared
  /** Inside `having` and the order of groups: what names mean there. */
  readonly groupAliases?: ReadonlyMap<string, TypedExpression>
  /** Inside a formula, which its author may let go as deep as it has to. */
  readonly isFormula?: true
}

/** The parts of binding that call each other. */
export interface BindWork {
  expression(expression: Expression, scope: BindScope, code: ProblemCode, parameter: string): TypedExpression
  condition(condition: Condition, scope: BindScope): BoundCondition
}

export interface BindShared {
  readonly loadedPlan: LoadedPlan
  readonly limits: BindLimits
  readonly dialect: Pick<Dialect, 'name' | 'maxParameters'>
  readonly cost: CostMeter
  /** An alias that no other table of the statement has. */
  readonly nextAlias: () => string
  /** Formulas hold expressions and conditions, wherever a field is named. */
  readonly bind: BindWork
  /** Counts the values of the statement; `check` refuses too many. */
  readonly values: { count(): void; check(): void }
}

/** How binding says that it cannot go on before the plans of another object are loaded. Nothing was done yet. */
export class MissingPlan extends Error {
  readonly objectName: string

  constructor(objectName: string) {
    super(`The plans of "${objectName}" are not loaded.`)
    this.objectName = objectName
  }
}

export function planOf({ loadedPlan }: BindShared, objectName: string): ObjectPlan {
  const plan = loadedPlan(objectName)
  if (!plan) throw new MissingPlan(objectName)
  return plan
}

/** The scope of a related table. */
export const scopeOf = (outer: BindScope, plan: ObjectPlan): BindScope => ({
  plan,
  alias: outer.shared.nextAlias(),
  shared: outer.shared,
  ...(outer.isFormula ? { isFormula: true } : {}),
})

/**
 * A condition costs one point, a function one more. Whatever stands inside a relation counts as often as the relation is worth: twice for one
 * record, eight times for many. Three levels of `any` with a condition in the innermost stay above 1,000, two stay far below.
 */
export interface CostMeter {
  readonly points: number
  spend(points: number): void
  inside<Result>(factor: number, work: () => Result): Result
}

export const COST_OF_ONE = 2
export const COST_OF_MANY = 8

export function createCostMeter(): CostMeter {
  let points = 0
  let weight = 1
  return {
    get points() {
      return points
    },
    spend(count) {
      points += count * weight
    },
    inside(factor, work) {
      const outer = weight
      weight *= factor
      points += weight
      try {
        return work()
      } finally {
        weight = outer
      }
    },
  }
}
