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
 * `knowsUser`: it may name whoever asks.
 * @throws RuleProblem also for what the database does not know.
 */
export function readFilter(value: Json, span: Span, schema: ExpressionSchema, target: string, knowsUser = false): Typed {
  const names = schema.fieldNames(target)
  if (names.length === 0) throw new RuleProblem('unknown-field', span, `there is no object "${target}"`)
  const typed = readCondition(
    ruleNode(filterCondition(value), () => span),
    { ...schema, object: target, previousObject: schema.object, roots: knowsUser ? USER_ROOTS : FILTER_ROOTS },
  )
  const far = fieldsOf(typed).find(({ root, path }) => root === 'previous' && path.length > 1)
  if (far) throw new RuleProblem('not-translatable', span, `the way "${far.path.join('.')}" to another record`)
  const unbound = unboundOfUser(typed)
  if (unbound !== undefined) throw new RuleProblem('not-translatable', span, unbound)
  try {
    lowerFilter(typed)
  } catch (error) {
    throw error instanceof ExpressionProblem ? new RuleProblem(error.kind, span, error.message) : error
  }
  return typed
}

/** What is no single value of the user that a statement binds; undefined: nothing. */
function unboundOfUser(typed: Typed): string | undefined {
  for (const { root, path, type } of fieldsOf(typed)) {
    if (root !== 'current_user') continue
    if (path.length > 1) return `the way "${path.join('.')}" from the user to another record`
    if (type === 'list' || type === 'structure') return `"${path.join('.')}" of the user, which is no single value,`
  }
  let found: string | undefined
  JSON.stringify(typed, (_key, part: unknown) => {
    if (typeof part === 'object' && part !== null && (part as Typed).kind === 'match') {
      const { left, right } = part as Typed & { readonly kind: 'match' }
      if (isOfUser(left)) found ??= 'a search within a value of the user'
      // Lists are searched for what is known when the statement is printed.
      if (left.type === 'list' && isOfUser(right)) found ??= 'a value of the user within a list'
    }
    return part
  })
  return found
}

const isOfUser = (typed: Typed): boolean => fieldsOf(typed).some(({ root }) => root === 'current_user')

const USER_ROOTS: ExpressionSchema['roots'] = new Set(['record', 'previous', 'current_user'] as const)
const FILTER_ROOTS: ExpressionSchema['roots'] = new Set(['record', 'previous'] as const)
