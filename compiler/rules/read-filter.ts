import { lowerFilter } from '../expression/lower-filter.ts'
import { fieldsOf } from '../expression/map-fields.ts'
import { ExpressionProblem } from '../expression/problem.ts'
import type { ExpressionSchema } from '../expression/schema.ts'
import type { Typed } from '../expression/typed.ts'
import type { Json } from '../source/json.ts'
import type { Span } from '../source/span.ts'
import { readCondition } from './condition.ts'
import { filterCondition } from './filter-node.ts'
import { ruleNode } from './rule-node.ts'
import { RuleProblem } from './rule-problem.ts'

/**
 * A filter over the records of `target`, which its bare names are fields of. Values of the record that is written are fields of `previous`.
 * @throws RuleProblem also for what the database does not know: who is asking.
 */
export function readFilter(value: Json, span: Span, schema: ExpressionSchema, target: string): Typed {
  const names = schema.fieldNames(target)
  if (names.length === 0) throw new RuleProblem('unknown-field', span, `there is no object "${target}"`)
  const typed = readCondition(
    ruleNode(filterCondition(value), () => span),
    { ...schema, object: target, previousObject: schema.object, roots: FILTER_ROOTS },
  )
  const far = fieldsOf(typed).find(({ root, path }) => root === 'previous' && path.length > 1)
  if (far) throw new RuleProblem('not-translatable', span, `the way "${far.path.join('.')}" to another record`)
  try {
    lowerFilter(typed)
  } catch (error) {
    throw error instanceof ExpressionProblem ? new RuleProblem(error.kind, span, error.message) : error
  }
  return typed
}

const FILTER_ROOTS: ExpressionSchema['roots'] = new Set(['record', 'previous'] as const)
