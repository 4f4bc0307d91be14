import type { ObjectIr } from '../../ir/object.ts'
import type { CompiledRule, RuleOperation } from '../../ir/rule.ts'
import type { OperationStep } from '../operation-step.ts'
import type { EmitContext } from '../target.ts'
import { beyondOf } from './beyond-lookups.ts'
import { watchedFields } from './questions.ts'

interface Scope {
  readonly object: ObjectIr
  readonly lineOf: EmitContext['lineOf']
}

/** A rule as a step of an operation. `how`: what else is said about the place it is looked at. */
export function ruleStep(
  rule: CompiledRule,
  operation: RuleOperation,
  { object, lineOf }: Scope,
  ...how: readonly string[]
): OperationStep {
  const beyond = [...new Set(beyondOf(rule, operation, object).map(({ path }) => path.join('.')))]
  const fields = watchedFields(rule)
  const says = [
    ...kindWords(rule),
    ...(rule.severity === 'error' ? [] : [rule.severity]),
    ...(operation === 'update' && fields ? [`where ${fields.join(' or ')} changes`] : []),
    ...(beyond.length === 0 ? [] : [`looks at ${beyond.join(' and ')}`]),
    ...(rule.skipsBulk ? ['not for many at once'] : []),
    ...how,
  ]
  return {
    ...{ kind: 'rule', name: rule.name, says, path: rule.span.path, line: lineOf(rule.span) },
    more: { rule: rule.kind, code: rule.code, severity: rule.severity, fields: rule.about },
  }
}

function kindWords(rule: CompiledRule): readonly string[] {
  switch (rule.kind) {
    case 'record':
      return []
    case 'format':
      return [typeof rule.format === 'string' ? `format of ${rule.field}: ${rule.format}` : `pattern of ${rule.field}`]
    case 'json-schema':
      return [`JSON schema of ${rule.field}`]
    case 'transition':
      return [`transitions of ${rule.field}`]
    case 'unique':
      return [`unique: ${rule.key.join(', ')}`]
    case 'related':
      return [`asks for ${rule.expects === 'some' ? 'a' : 'no'} ${rule.object}`]
    case 'validator':
      return [`asks ${rule.by.kind === 'address' ? rule.by.url : rule.by.name}`]
    default:
      return rule satisfies never
  }
}
