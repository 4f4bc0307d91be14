import { ObjectQLError } from '../../runtime-lite/problem/problem.ts'
import type { Explanation } from './explain-query.ts'
import type { PlanSource } from './plan-source.ts'

/** What a database said about the statements of an explanation. */
export interface DatabasePlan {
  readonly database: string
  /** In the order of the statements. */
  readonly steps: readonly (readonly string[])[]
  /** Why there are none. */
  readonly problem?: string
}

export type Explained = Explanation & { readonly plan?: DatabasePlan }

/** Asks a database for its plans. What it refuses is part of the answer: its tables may be older than the schema. */
export async function databasePlan(source: PlanSource, { statements }: Explanation, isAnalyzed: boolean): Promise<DatabasePlan> {
  const steps: (readonly string[])[] = []
  try {
    for (const { statement, parameters } of statements)
      steps.push(
        await source.plan(
          statement,
          parameters.map(({ value }) => value),
          isAnalyzed,
        ),
      )
    return { database: source.name, steps }
  } catch (error) {
    return { database: source.name, steps, problem: messageOf(error) }
  }
}

/** What the database said, where the error for clients does not tell. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (error instanceof ObjectQLError && cause instanceof Error) return messageOf(cause)
  const inner = error instanceof AggregateError ? error.errors[0] : cause
  return error.message === '' && inner instanceof Error ? inner.message : error.message
}
