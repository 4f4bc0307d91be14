import { spanOfAttribute, textAttribute } from '../3-link/attributes.ts'
import type { LinkedField } from '../3-link/model.ts'
import { isBlank, not } from '../expression/build.ts'
import type { ExpressionSchema } from '../expression/schema.ts'
import { meaningOf, type Typed } from '../expression/typed.ts'
import type { CompiledRule, RuleBase } from '../ir/rule.ts'
import { titleCase } from '../ir/words.ts'
import type { Json } from '../source/json.ts'
import { fieldOf, readCondition } from './condition.ts'
import { ruleNode } from './rule-node.ts'
import { RuleProblem } from './rule-problem.ts'
import { isCondition, visibleCondition } from './visible-condition.ts'

const HERE = { start: 0, end: 0 } as const

/** Attributes of a field that are rules. What is visible is a matter of user interfaces. */
const REQUIRED = ['requiredWhen', 'conditionalRequired'] as const
const READONLY = 'readonlyWhen'

/** A condition of a field, ready to be read as the rule it is. */
export interface FieldCondition {
  readonly name: string
  readonly read: (schema: ExpressionSchema) => CompiledRule
}

/** `requiredWhen`: the field has a value where that holds. `readonlyWhen`: it keeps the value it has. */
export function fieldRules(field: LinkedField): readonly FieldCondition[] {
  const found = (key: string, kind: 'required' | 'read_only'): readonly FieldCondition[] => {
    const value = field.attributes.get(key)?.value
    if (value === undefined || value === null || value === false || value === '') return []
    const span = spanOfAttribute(field.attributes, key, field.span)
    const name = `${field.name}_${kind}`
    const condition = (schema: ExpressionSchema): Typed =>
      readCondition(
        ruleNode(value as Json, () => span),
        schema,
      )
    const base = { ...USUAL, name, code: kind, about: [field.name], span }
    const label = textAttribute(field.attributes, 'label') ?? titleCase(field.name)
    if (kind === 'read_only')
      return [
        {
          name,
          read: (schema) => {
            const holds = not(condition(schema), HERE)
            return { ...base, kind: 'record', on: ['update'], fields: [field.name], message: `${label} cannot be changed now.`, holds }
          },
        },
      ]
    const read = (schema: ExpressionSchema): CompiledRule => {
      const own = fieldOf(
        ruleNode(field.name, () => span),
        schema,
      )
      const unasked = not(condition(schema), HERE)
      const hidden = whereHidden(field, schema).filter((one) => meaningOf(one) !== meaningOf(unasked))
      const parts = [not(isBlank(own, HERE), HERE), unasked, ...hidden]
      return { ...base, kind: 'record', message: `${label} is required.`, holds: { kind: 'or', type: 'boolean', parts, ...HERE } }
    }
    return [{ name, read }]
  }
  return [...REQUIRED.flatMap((key) => found(key, 'required')), ...found(READONLY, 'read_only')]
}

/** What is not visible is not required. A condition that only user interfaces understand is told with the rule of its own, and hides nothing. */
function whereHidden({ attributes, span }: LinkedField, schema: ExpressionSchema): readonly Typed[] {
  const visible = attributes.get('visibleWhen')?.value
  if (!isCondition(visible)) return []
  try {
    return [not(visibleCondition(visible, spanOfAttribute(attributes, 'visibleWhen', span), schema), HERE)]
  } catch (error) {
    if (error instanceof RuleProblem) return []
    throw error
  }
}

const USUAL: Pick<RuleBase, 'severity' | 'on' | 'priority'> = { severity: 'error', on: ['create', 'update'], priority: 0 }
