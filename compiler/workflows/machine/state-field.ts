import { textAttribute } from '../../3-link/attributes.ts'
import type { LinkedDocument, LinkedField } from '../../3-link/model.ts'
import type { RuleNode } from '../../rules/rule-node.ts'
import { RuleProblem } from '../../rules/rule-problem.ts'
import type { WorkflowScope } from '../scope.ts'
import type { StateNode } from './state-tree.ts'

/**
 * The field that holds the state: the one the machine names (`field`), one that is called as the machine is, the stage of the object, `status`, `state` or
 * `stage`, or the only one whose options are the states. @throws RuleProblem
 */
export function stateField(document: LinkedDocument, body: RuleNode, leaves: readonly StateNode[], { object }: WorkflowScope): LinkedField {
  const fields = object?.fields.filter(({ type }) => type === 'select' || type === 'radio' || type === 'text') ?? []
  const named = (name: string | undefined): LinkedField | undefined => fields.find((field) => field.name === name)
  const place = body.member('field', 'state_field')
  if (place) {
    const field = named(place.text())
    if (field) return field
    throw new RuleProblem('unknown-field', place.span, `"${place.text() ?? ''}" is no field that holds a state`)
  }
  const isHolding = (field: LinkedField): boolean => {
    const options = new Set(field.options?.map(({ value }) => String(value.value)))
    return leaves.every(({ name, path }) => options.has(name) || options.has(path.join('.')))
  }
  const known = [
    document.name,
    body.member('id')?.text(),
    object && textAttribute(object.attributes, 'stageField'),
    'status',
    'state',
    'stage',
  ]
  const usual = known.flatMap((name) => named(name) ?? [])
  const found = usual.find(isHolding) ?? fields.filter(isHolding).find((_, __, all) => all.length === 1) ?? usual[0]
  if (found) return found
  throw new RuleProblem('incomplete', document.span, 'no field of the object holds its state: name one as `field`')
}
