import type { RuleSyntax } from '../2-parse/syntax.ts'
import { isJsonObject, textAttribute } from '../3-link/attributes.ts'
import type { LinkedField, LinkedObject } from '../3-link/model.ts'
import type { Json } from '../source/json.ts'

/**
 * State machines that fields hint at (`aiContext.transitions`, `next_states` of options). They are prose for assistants, and rules only where the
 * field says `enforce_transitions: true` and no rule of the object is about it.
 */
export function hintedRules({ fields, rules }: LinkedObject): readonly RuleSyntax[] {
  const isRuled = (name: string): boolean =>
    rules.some(({ type, body }) => type === 'state_machine' && isJsonObject(body) && body['field'] === name)
  return fields.flatMap((field) => {
    const context = field.attributes.get('aiContext')
    if (!context || !isJsonObject(context.value) || context.value['enforce_transitions'] !== true || isRuled(field.name)) return []
    const transitions = transitionsOf(context.value, field)
    if (!transitions) return []
    const name = `${field.name}_transitions`
    const label = textAttribute(field.attributes, 'label') ?? field.name
    const initial = context.value['initial_states']
    const body: Json = {
      name,
      type: 'state_machine',
      field: field.name,
      transitions,
      ...(initial === undefined ? {} : { initial_states: initial }),
      message: `${label} does not go from {{old_status}} to {{new_status}}.`,
    }
    return [{ name, type: 'state_machine', body, spanOf: () => context.span, span: context.span }]
  })
}

function transitionsOf(context: { readonly [key: string]: Json }, { options = [] }: LinkedField): Json | undefined {
  if (isJsonObject(context['transitions'])) return context['transitions']
  const hinted = options.flatMap(({ value, annotations }): readonly (readonly [string, Json])[] => {
    const hint = annotations['ai_context'] ?? annotations['aiContext']
    const next = isJsonObject(hint) ? hint['next_states'] : undefined
    return next === undefined ? [] : [[String(value.value), next]]
  })
  return hinted.length === 0 ? undefined : Object.fromEntries(hinted)
}
