import type { RuleOperation } from '../../ir/rule.ts'
import type { JsonMap, Reference } from './components.ts'
import type { Operation, Scope } from './object-operation.ts'
import { recordExample } from './object-schemas.ts'
import { type ProblemStatus, refusedResponse } from './responses.ts'
import { type RuleFinding, ruleFinding } from './rule-finding.ts'

/** Rules that are shown, of one object and operation. */
const MAX_SHOWN = 5

/** The 422 of writing one record, with what the object's own rules say; undefined where none refuses. */
export function ruleRefusals(scope: Pick<Scope, 'object' | 'names' | 'use'>, operation: RuleOperation): Reference | undefined {
  const { object, names, use } = scope
  const rules = (object.compiledRules ?? []).filter(({ severity, on }) => severity === 'error' && on.includes(operation))
  if (rules.length === 0) return undefined
  const record = recordExample(object)
  const shown = rules.flatMap((rule) => {
    const issue = ruleFinding(rule, object, record, operation)
    return issue ? [[rule.name, issue] as const] : []
  })
  if (shown.length === 0) return undefined
  const examples: JsonMap = Object.fromEntries(
    shown.slice(0, MAX_SHOWN).map(([name, issue], index) => [keyOf(name, index), { summary: name, value: refusal(issue) }]),
  )
  return use.own('responses', `${names.record}.refused-${operation}`, () => JSON.stringify(refusedResponse(examples, use)))
}

/** Readers of the document stumble over keys that every object inherits. */
const keyOf = (name: string, index: number): string => (name in Object.prototype ? `rule_${index + 1}` : name)

const refusal = ({ pointer, code, message }: RuleFinding): JsonMap => ({
  type: 'about:blank',
  title: 'Unprocessable Content',
  status: 422,
  detail: message,
  code: 'VALIDATION_ERROR',
  errors: [{ pointer, code, message }],
})

/** Of deleting one record: rules on deletion refuse with 422, which has to do with no body. */
export function deletionProblems(scope: Scope, statuses: readonly ProblemStatus[]): Pick<Operation, 'problems' | 'refused'> {
  const isRefused = (scope.object.compiledRules ?? []).some(({ severity, on }) => severity === 'error' && on.includes('delete'))
  if (!isRefused) return { problems: statuses }
  const problems = [...statuses, 422 as const].toSorted((one, other) => one - other)
  return { problems, refused: ruleRefusals(scope, 'delete') }
}
