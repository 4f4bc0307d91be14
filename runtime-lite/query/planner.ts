import type { ObjectPlan } from '../object/object-plan.ts'
import type { Operand, Query, SlotValue } from './ast.ts'
import { bindQuery } from './bind/bind-query.ts'
import type { BindLimits, LoadedPlan } from './bind/bind-scope.ts'
import type { BindContext, BoundQuery, Guard } from './bound.ts'
import { type CursorCodec, createCursorCodec, cursorParameters, type Sign } from './cursor.ts'
import { optimize, type Pass } from './passes/index.ts'
import { guardHolds } from './passes/parameters.ts'
import type { Dialect } from './print/dialect.ts'
import { printCount, printGet, printList, type ReadStatement } from './print/print-query.ts'

export type Operation = 'list' | 'get' | 'count'

/** All that is known about a query before its values are. Made once per shape. */
export interface QueryPlan {
  readonly operation: Operation
  /** After all passes. */
  readonly bound: BoundQuery
  /**
   * `page`: one row, the JSON of the whole page. `rows`: a row per record, its JSON first. `record`: JSON and version. `count`: a number.
   */
  readonly result: 'page' | 'rows' | 'record' | 'count'
  readonly main: ReadStatement
  /** Nothing ever matches: the database need not be asked. */
  readonly isEmpty: boolean
  /** Counts all records that match, where `main` does not. */
  readonly total?: ReadStatement
  readonly guards: readonly Guard[]
  /** Of pages by cursor. */
  readonly cursor?: PlannedCursor
  /** Characters of text it keeps alive. */
  readonly weight: number
}

/** What running a plan takes: all that is left of one that was made ahead. */
export interface RunnablePlan extends Pick<QueryPlan, 'result' | 'main' | 'isEmpty' | 'total' | 'guards' | 'cursor'> {
  readonly bound: Pick<BoundQuery, 'total' | 'limit'>
}

export interface PlannedCursor {
  readonly codec: CursorCodec
  readonly operand: Operand
  /** The plan of the first page, for an empty cursor. */
  readonly first: ReadStatement
}

export interface PlannerOptions {
  readonly dialect: Dialect
  readonly limits: BindLimits
  readonly loadedPlan: LoadedPlan
  /** Signs cursors; without it queries with a cursor are refused. */
  readonly sign?: Sign
  /** Names of passes to leave out. */
  readonly withoutPasses?: ReadonlySet<string>
}

/**
 * Turns queries into statements: bind, passes, print. The same code while compiling (named queries, calls found in sources) and at run time.
 */
export class QueryPlanCompiler {
  readonly options: PlannerOptions

  constructor(options: PlannerOptions) {
    this.options = options
  }

  /**
   * @throws ObjectQLError 400 for what the object does not have, values that do not fit and queries that cost too much.
   * @throws MissingPlan when a related object is not loaded yet: load it and ask again.
   */
  compile(
    operation: Operation,
    plan: ObjectPlan,
    query: Query,
    seen?: (pass: Pass, before: BoundQuery, after: BoundQuery) => void,
  ): QueryPlan {
    const { dialect, limits, loadedPlan, withoutPasses } = this.options
    const bound = optimize(bindQuery(query, plan, { operation, dialect, limits, loadedPlan }), withoutPasses, seen)
    if (operation === 'get') return this.#plan(operation, bound, 'record', printGet(bound, dialect))
    if (operation === 'count') return this.#plan(operation, bound, 'count', printCount(bound, dialect))
    if (query.cursor) return this.#pageByCursor(bound, query.cursor)
    const main = printList(bound, dialect)
    return this.#plan(operation, bound, main.isPage ? 'page' : 'rows', main, main.isPage ? {} : this.#total(bound))
  }

  #pageByCursor(bound: BoundQuery, operand: Operand): QueryPlan {
    const { dialect, sign = refuseCursors } = this.options
    const codec = createCursorCodec(bound, sign)
    const behind: BoundQuery = { ...bound, cursor: cursorParameters(operand, bound.orderBy, codec) }
    const cursor = { codec, operand, first: printList(bound, dialect) }
    return this.#plan('list', behind, 'rows', printList(behind, dialect), { ...this.#total(bound), cursor })
  }

  #total(bound: BoundQuery): Pick<QueryPlan, 'total'> {
    return bound.total === 'none' ? {} : { total: printCount(bound, this.options.dialect) }
  }

  #plan(
    operation: Operation,
    bound: BoundQuery,
    result: QueryPlan['result'],
    main: ReadStatement,
    more: Pick<QueryPlan, 'total' | 'cursor'> = {},
  ): QueryPlan {
    const statements = [main, more.total, more.cursor?.first]
    const weight = statements.reduce((sum, one) => sum + (one?.sql.length ?? 0), 0)
    return { operation, bound, result, main, isEmpty: neverHolds(bound), guards: bound.guards, ...more, weight }
  }
}

const refuseCursors = (): never => {
  throw new Error('This application has no secret to sign cursors with.')
}

/** True when no value of any request makes the condition hold. Aggregates over nothing still are a row. */
const neverHolds = ({ where, group }: BoundQuery): boolean =>
  where.kind === 'constant' && !where.holds && (group === undefined || group.by.length > 0)

/** False: nothing matches these values, and the database need not be asked. */
export function guardsHold({ guards }: Pick<QueryPlan, 'guards'>, values: readonly SlotValue[], context: BindContext): boolean {
  for (const guard of guards) if (!guardHolds(guard, values, context)) return false
  return true
}
