import type { Comparison, Operand } from './ast.ts'
import type { BoundQuery, Parameter } from './bound.ts'
import { cursorCodecOf, cursorReader, type Sign } from './cursor.ts'
import { recipeOf } from './passes/parameters.ts'
import type { QueryPlan, RunnablePlan } from './planner.ts'
import type { Dialect } from './print/dialect.ts'
import type { ReadStatement } from './print/print-query.ts'
import { type RecipeContext, readRecipe } from './read-recipe.ts'
import type { RecipeOf } from './recipe.ts'

/** A statement that was printed ahead, and where its values come from. */
export interface PlannedStatement {
  readonly sql: string
  readonly values: readonly RecipeOf[]
}

/** The plan of a query as a constant. What is not there has its usual value. */
export interface PlannedQuery extends PlannedStatement {
  /** Default: `rows`, a row per record. */
  readonly result?: 'page' | 'record' | 'count'
  /** The answer counts all records that match; `statement` where `sql` does not. */
  readonly total?: true | PlannedStatement
  /** Nothing ever matches. */
  readonly isEmpty?: true
  /** What must hold, else nothing matches. */
  readonly guards?: readonly { readonly left: RecipeOf; readonly operator: Comparison; readonly right: RecipeOf }[]
  /** Of pages by cursor; `limit` is one more than a page holds. */
  readonly cursor?: { readonly operand: Operand; readonly shape: string; readonly first: PlannedStatement; readonly limit: RecipeOf }
}

/** @throws Error for a plan with values that no request gives. */
export function plannedQuery(plan: QueryPlan): PlannedQuery {
  const { result, main, isEmpty, total, guards, cursor, bound } = plan
  return {
    ...(result === 'rows' ? {} : { result }),
    ...plannedStatement(main),
    ...(bound.total === 'none' ? {} : { total: total ? plannedStatement(total) : true }),
    ...(isEmpty ? { isEmpty } : {}),
    ...(guards.length === 0
      ? {}
      : { guards: guards.map(({ left, operator, right }) => ({ left: recipeOf(left), operator, right: recipeOf(right) })) }),
    ...(cursor
      ? {
          cursor: {
            operand: cursor.operand,
            shape: cursor.codec.shape,
            first: plannedStatement(cursor.first),
            limit: recipeOf(bound.limit),
          },
        }
      : {}),
  }
}

const plannedStatement = ({ sql, parameters }: ReadStatement): PlannedStatement => ({ sql, values: parameters.map(recipeOf) })

/** The plan again, ready to run. `sign`: see `CursorCodec`. */
export function readPlannedQuery(planned: PlannedQuery, dialect: Dialect, sign: Sign): RunnablePlan {
  const codec = planned.cursor && cursorCodecOf(planned.cursor.shape, sign)
  const context: RecipeContext = { dialect, ...(codec ? { cursor: cursorReader(codec) } : {}) }
  const read = (value: RecipeOf): Parameter => readRecipe(value, context)
  const statement = ({ sql, values }: PlannedStatement): ReadStatement => ({
    sql,
    kinds: values.map(({ kind }) => kind),
    isRead: true,
    parameters: values.map(read),
    isPage: planned.result === 'page',
  })
  const total: BoundQuery['total'] = planned.total ? 'exact' : 'none'
  return {
    result: planned.result ?? 'rows',
    main: statement(planned),
    isEmpty: planned.isEmpty === true,
    ...(typeof planned.total === 'object' ? { total: statement(planned.total) } : {}),
    guards: (planned.guards ?? []).map(({ left, operator, right }) => ({ left: read(left), operator, right: read(right) })),
    ...(planned.cursor && codec ? { cursor: { codec, operand: planned.cursor.operand, first: statement(planned.cursor.first) } } : {}),
    bound: { total, limit: planned.cursor ? read(planned.cursor.limit) : NO_LIMIT },
  }
}

/** Asked for with pages by cursor only. */
const NO_LIMIT: Parameter = { kind: 'integer', key: 'none', constant: 0, bind: () => 0 }
