import type { ObjectPlan, SqlValue } from '../../runtime-lite/object/object-plan.ts'
import type { LoadedPlan } from '../../runtime-lite/query/bind/bind-scope.ts'
import type { BoundQuery, Parameter } from '../../runtime-lite/query/bound.ts'
import type { Sign } from '../../runtime-lite/query/cursor.ts'
import { describeQuery } from '../../runtime-lite/query/describe.ts'
import { PASSES } from '../../runtime-lite/query/passes/index.ts'
import { QueryPlanCompiler } from '../../runtime-lite/query/planner.ts'
import type { Dialect } from '../../runtime-lite/query/print/dialect.ts'
import type { ReadStatement } from '../../runtime-lite/query/print/print-query.ts'
import { shapeHash } from '../../runtime-lite/query/shape-hash.ts'
import { describeShort, describeSource, slotNames } from './describe-recipe.ts'
import { type LineChange, lineChanges } from './line-changes.ts'
import type { Question } from './question.ts'
import type { QuestionLimits } from './question-limits.ts'

/** What becomes of a query on one database. */
export interface Explanation {
  readonly object: string
  readonly operation: Question['operation']
  /** SHA-256 of the query's structure: what an allow list names it by. */
  readonly hash: string
  readonly cost: { readonly points: number; readonly limit: number }
  readonly database: Dialect['name']
  /** As it was understood, before any pass. */
  readonly understood: readonly string[]
  /** Those that changed something, in order. */
  readonly passes: readonly PassExplanation[]
  /** What must hold for the values; otherwise the database is not asked. */
  readonly guards: readonly string[]
  readonly notes: readonly string[]
  /** Nothing ever matches: the database is not asked. */
  readonly isEmpty: boolean
  readonly statements: readonly StatementExplanation[]
}

export interface PassExplanation {
  readonly name: string
  readonly description: string
  readonly changes: readonly LineChange[]
}

export interface StatementExplanation {
  /** `first`: the first page of a query that pages by cursor. */
  readonly purpose: 'main' | 'total' | 'first'
  readonly statement: ReadStatement
  readonly parameters: readonly ParameterExplanation[]
}

export interface ParameterExplanation {
  readonly kind: Parameter['kind']
  /** Where its value comes from. */
  readonly source: string
  /** Null for values that were not given. */
  readonly value: SqlValue
}

export interface ExplainRequest {
  readonly question: Question
  /** The objects of the app (`objectPlans`). */
  readonly loadedPlan: LoadedPlan
  readonly limits: QuestionLimits
  readonly dialect: Dialect
  /** Names of passes to leave out. */
  readonly without: ReadonlySet<string>
  /** Milliseconds since 1970 that `now()` is. */
  readonly now: number
}

export const PASS_NAMES: readonly string[] = [...new Set(PASSES.map(({ name }) => name))]

/** Runs the planner on a query and keeps what it did. @throws ObjectQLError 400 for what the query gets wrong. */
export function explainQuery({ question, loadedPlan, limits, dialect, without, now }: ExplainRequest): Explanation {
  const { object, operation, query, parameters } = question
  const name = (parameter: Parameter): string => describeShort(parameter, slotNames(parameters))
  const linesOf = (bound: BoundQuery): readonly string[] => describeQuery(bound, name).split('\n')
  const passes: PassExplanation[] = []
  let understood: BoundQuery | undefined
  const planner = new QueryPlanCompiler({ dialect, limits, loadedPlan, withoutPasses: without, sign: noSecret })
  const plan = planner.compile(operation, loadedPlan(object) as ObjectPlan, query, ({ name, description }, before, after) => {
    understood ??= before
    const changes = lineChanges(linesOf(before), linesOf(after))
    if (changes.length > 0) passes.push({ name, description, changes })
  })
  const { bound, guards, isEmpty, main, total, cursor } = plan
  const explain = (purpose: StatementExplanation['purpose'], statement: ReadStatement | undefined): readonly StatementExplanation[] =>
    statement ? [{ purpose, statement, parameters: statement.parameters.map((one) => explained(one, question, now)) }] : []
  return {
    object,
    operation,
    hash: shapeHash(object, operation, query),
    cost: { points: bound.cost ?? 0, limit: limits.maxQueryCost },
    database: dialect.name,
    understood: linesOf(understood ?? bound),
    passes,
    guards: guards.map(({ left, operator, right }) => `${name(left)} ${operator} ${name(right)}`),
    notes: bound.notes,
    isEmpty,
    statements: [...explain('main', main), ...explain('total', total), ...explain('first', cursor?.first)],
  }
}

/** A cursor of the application cannot be read without its secret, which is in its database. */
const noSecret: Sign = () => ''

function explained(parameter: Parameter, question: Question, now: number): ParameterExplanation {
  const { values, id, query, parameters } = question
  const source = describeSource(parameter, slotNames(parameters))
  const read = (): SqlValue => parameter.bind(values, { now, ...(id === undefined ? {} : { id }) })
  const isUnknown = parameter.constant === undefined && (parameters !== undefined || query.cursor !== undefined)
  return { kind: parameter.kind, source, value: isUnknown ? orNull(read, question) : read() }
}

/** Values that are not given, and those of cursors, are unknown; those that are given are checked. */
function orNull(read: () => SqlValue, { query, values, parameters }: Question): SqlValue {
  const isComplete = parameters?.every((_name, index) => values[index] !== undefined) ?? true
  if (isComplete && !query.cursor) return read()
  try {
    return read()
  } catch {
    return null
  }
}
