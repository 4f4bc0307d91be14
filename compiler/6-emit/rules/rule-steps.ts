import type { ObjectIr } from '../../ir/object.ts'
import type { CompiledRule, RuleOperation } from '../../ir/rule.ts'
import type { OperationStep } from '../operation-step.ts'
import { ruleIndexName } from '../sql/rule-index.ts'
import type { EmitContext } from '../target.ts'
import { isAsked } from './asked-plans.ts'
import { beyondOf } from './beyond-lookups.ts'
import { checksOf } from './check-function.ts'
import { ruleStep } from './rule-step.ts'

/** The rules of an object in one operation, by the place they are looked at. */
export interface RuleSteps {
  /** Before the statement. */
  readonly checks: readonly OperationStep[]
  /** By the statement itself: its WHERE, and unique indexes. */
  readonly held: readonly OperationStep[]
  /** Behind the statement, in its transaction; of a deletion before it. */
  readonly asked: readonly OperationStep[]
  /** Of these, what is asked of records that come out of the trash. */
  readonly restored: readonly OperationStep[]
}

export function ruleSteps(object: ObjectIr, operation: RuleOperation, lineOf: EmitContext['lineOf']): RuleSteps {
  const rules = object.compiledRules ?? []
  const meant = rules.filter(({ on }) => on.includes(operation))
  const step = (rule: CompiledRule, ...how: readonly string[]): OperationStep => ruleStep(rule, operation, { object, lineOf }, ...how)
  const indexOf = (rule: CompiledRule): string | undefined => (rule.kind === 'unique' ? ruleIndexName(object, rule) : undefined)
  const checks = checksOf('check', operation, rules, object)
  const questions = checksOf('ask', operation, rules, object)
  const transitions = meant.filter(
    (rule) => rule.kind === 'transition' && (operation === 'update' || (operation === 'create' && rule.initial)),
  )
  const asked = meant.filter((rule) => isAsked(rule) && indexOf(rule) === undefined)
  const indexed = operation === 'delete' ? [] : meant.filter((rule) => indexOf(rule) !== undefined)
  const isRead = checks.length + questions.length + asked.length > 0 || !transitions.every((rule) => isFoldable(rule, object))
  const isFolded = operation === 'update' && transitions.length > 0 && !isRead
  const folds = (rule: CompiledRule): readonly string[] =>
    operation === 'update' && isFoldable(rule, object) ? ['in the WHERE of the UPDATE where nothing else has to be read'] : []
  const unique = asked.filter(({ kind }) => kind === 'unique')
  return {
    restored: unique.filter(({ severity }) => severity === 'error').map((rule) => step(rule)),
    checks: [
      ...checks.map((rule) => step(rule)),
      ...(isFolded ? [] : transitions.map((rule) => step(rule, ...folds(rule)))),
      ...questions.map((rule) => step(rule)),
    ],
    held: [
      ...(isFolded ? transitions.map((rule) => step(rule, 'in the WHERE of the UPDATE')) : []),
      ...indexed.map((rule) => step(rule, `index ${indexOf(rule)}`)),
    ],
    // Unique ones first, as they are asked.
    asked: [...unique, ...asked.filter(({ kind }) => kind === 'related')].map((rule) => step(rule)),
  }
}

/** What foldTransitions of the runtime needs, as far as the rule decides it. */
const isFoldable = (rule: CompiledRule, object: ObjectIr): boolean =>
  rule.kind === 'transition' &&
  rule.severity === 'error' &&
  rule.applies === undefined &&
  (rule.fields === undefined || (rule.fields.length === 1 && rule.fields[0] === rule.field)) &&
  beyondOf(rule, 'update', object).length === 0
