import type { Explained } from '../explain/database-plan.ts'
import type { Asked } from '../explain/read-question.ts'

/** One line of JSON; values of the request only when they are asked for. */
export function explanationJson({ statements, plan, ...rest }: Explained, { text }: Asked, showValues: boolean): string {
  const shown = statements.map(({ purpose, statement, parameters }, index) => ({
    purpose,
    sql: statement.sql,
    parameters: parameters.map(({ value, ...parameter }) => ({
      ...parameter,
      ...(showValues ? { value: typeof value === 'bigint' ? String(value) : value } : {}),
    })),
    ...(plan?.steps[index] ? { plan: plan.steps[index] } : {}),
  }))
  const source = plan && { datasource: plan.database, ...(plan.problem === undefined ? {} : { planProblem: plan.problem }) }
  return `${JSON.stringify({ schemaVersion: 1, kind: 'explanation', query: text.text, ...rest, ...source, statements: shown })}\n`
}
