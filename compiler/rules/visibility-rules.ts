import { spanOfAttribute, textAttribute } from '../3-link/attributes.ts'
import { COMPUTED_TYPES } from '../3-link/field-kinds.ts'
import type { LinkedField } from '../3-link/model.ts'
import { call, compare, constant, isBlank, match, not } from '../expression/build.ts'
import { ExpressionProblem } from '../expression/problem.ts'
import type { ExpressionSchema } from '../expression/schema.ts'
import type { Typed } from '../expression/typed.ts'
import type { CompiledRule, RuleBase, RuleOperation } from '../ir/rule.ts'
import { titleCase } from '../ir/words.ts'
import { fieldOf } from './condition.ts'
import type { FieldCondition } from './field-rules.ts'
import { isCondition, nodeOf, visibleCondition } from './visible-condition.ts'

const HERE = { start: 0, end: 0 } as const

/**
 * `visibleWhen` of a field: no other value is written to it where that does not hold, but none at all and its default. `visibleWhen` of an option: it is
 * not newly chosen where that does not hold.
 */
export function visibilityRules(field: LinkedField): readonly FieldCondition[] {
  if (COMPUTED_TYPES.has(field.type)) return []
  const { attributes, options = [] } = field
  const span = spanOfAttribute(attributes, 'visibleWhen', field.span)
  const base = { severity: 'error', priority: 0, about: [field.name], fields: [field.name], span, code: 'not_visible' } as const
  const label = textAttribute(attributes, 'label') ?? titleCase(field.name)
  const own = (schema: ExpressionSchema): Typed => fieldOf(nodeOf(field.name, span), schema)
  const rules: FieldCondition[] = []
  const visible = attributes.get('visibleWhen')?.value
  if (isCondition(visible)) {
    const name = `${field.name}_not_visible`
    const read = (schema: ExpressionSchema): CompiledRule => {
      const value = own(schema)
      const preset = isDefault(field, value)
      const holds = anyOf(visibleCondition(visible, span, schema), isBlank(value, HERE), ...(preset === undefined ? [] : [preset]))
      // A default that is worked out is not told from a value that somebody gave.
      const on: readonly RuleOperation[] = field.default !== undefined && preset === undefined ? ['update'] : ['create', 'update']
      return { ...base, name, kind: 'record', on, message: `${label} is not to be filled in now.`, holds }
    }
    rules.push({ name, read })
  }
  const conditional = options.flatMap(({ value, annotations }) => {
    const condition = annotations['visibleWhen'] ?? annotations['visible_when']
    return isCondition(condition) ? [{ value: value.value, condition }] : []
  })
  if (conditional.length > 0) {
    const name = `${field.name}_option`
    const read = (schema: ExpressionSchema): CompiledRule => {
      const value = own(schema)
      const parts = conditional.map(({ value: option, condition }) =>
        anyOf(visibleCondition(condition, span, schema), ...notChosen(value, constant(option, HERE))),
      )
      const holds: Typed = parts.length === 1 && parts[0] ? parts[0] : { kind: 'and', type: 'boolean', parts, ...HERE }
      const rule: RuleBase = { ...base, name, on: ['create', 'update'], message: `${label}: "{{${field.name}}}" is not offered now.` }
      return { ...rule, kind: 'record', holds }
    }
    rules.push({ name, read })
  }
  return rules
}

/** A required field that is not always visible is required where it is visible. */
export function requiredWhereVisible(field: LinkedField): FieldCondition | undefined {
  if (COMPUTED_TYPES.has(field.type)) return undefined
  const { attributes } = field
  const visible = attributes.get('visibleWhen')?.value
  if (!isCondition(visible) || attributes.get('required')?.value !== true) return undefined
  const span = spanOfAttribute(attributes, 'visibleWhen', field.span)
  const name = `${field.name}_visible_required`
  const label = textAttribute(attributes, 'label') ?? titleCase(field.name)
  const read = (schema: ExpressionSchema): CompiledRule => {
    const filled = not(isBlank(fieldOf(nodeOf(field.name, span), schema), HERE), HERE)
    const holds = anyOf(filled, not(visibleCondition(visible, span, schema), HERE))
    const base = { name, code: 'required', severity: 'error', priority: 0, about: [field.name], span, on: ['create', 'update'] } as const
    return { ...base, kind: 'record', message: `${label} is required.`, holds }
  }
  return { name, read }
}

const anyOf = (...parts: readonly Typed[]): Typed => ({ kind: 'or', type: 'boolean', parts, ...HERE })

function notChosen(value: Typed, option: Typed): readonly Typed[] {
  if (value.type !== 'list') return [compare('ne', value, option, HERE)]
  const before: Typed = { ...value, root: 'previous' } as Typed
  return [not(match('contains', value, option, HERE), HERE), match('contains', before, option, HERE)]
}

/** Undefined: not to be told by a comparison. */
function isDefault({ default: preset }: LinkedField, value: Typed): Typed | undefined {
  if (preset === undefined || value.type === 'list' || value.type === 'structure') return undefined
  const now: Typed = { kind: 'now', type: 'datetime', ...HERE }
  try {
    if (preset.kind === 'literal')
      return typeof preset.value === 'object' ? undefined : compare('eq', value, constant(preset.value, HERE), HERE)
    if (preset.kind === 'today' && value.type === 'date') return compare('eq', value, call('date', 'date', [now], HERE), HERE)
    return undefined
  } catch (error) {
    if (error instanceof ExpressionProblem) return undefined
    throw error
  }
}
