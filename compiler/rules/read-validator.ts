import type { ValidatorIr } from '../ir/rule.ts'
import type { Json } from '../source/json.ts'
import { readAddress } from './read-address.ts'
import type { RuleNode } from './rule-node.ts'
import { RuleProblem } from './rule-problem.ts'
import type { ReadCheck, RuleScope } from './rule-scope.ts'

/** A rule that asks a function, an address, or both. @throws RuleProblem */
export function readValidator(node: RuleNode, scope: RuleScope): readonly ReadCheck[] {
  const handler = node.member('handler', 'validatorFunction', 'function')
  const address = node.member('validatorUrl', 'url')
  const askedBy = [...(handler ? [functionNamed(handler, scope)] : []), ...(address ? [readAddress(address, node)] : [])]
  if (askedBy.length === 0) throw new RuleProblem('incomplete', node.span, 'it has no validator')
  const field = fieldNamed(node.member('field')?.text(), scope)
  const params = node.member('params')?.value
  const timeout = timeoutOf(node)
  return askedBy.map((by) => ({
    check: {
      kind: 'validator',
      by,
      ...(field === undefined ? {} : { field }),
      ...(isMap(params) ? { params } : {}),
      ...(timeout === undefined ? {} : { timeout }),
    },
  }))
}

/** A function of the object's `*.validator.ts`; without one of that name, one that the program registers. */
function functionNamed(handler: RuleNode, { object }: RuleScope): ValidatorIr {
  const name = handler.text()
  if (name === undefined) throw new RuleProblem('incomplete', handler.span, 'its handler is no name of a function')
  const { validators = [] } = object
  const found = validators.find((one) => one.name === name) ?? validators.find((one) => fold(one.name) === fold(name))
  const place = found ? { module: found.module, exportPath: found.exportPath } : {}
  return { kind: 'function', name, ...place, span: handler.span }
}

const fold = (name: string): string => name.replace(/[_-]/g, '').toLowerCase()

/** As the object spells it; what stands behind it leads into its value. That there is none is told elsewhere. */
function fieldNamed(name: string | undefined, { object }: RuleScope): string | undefined {
  if (name === undefined) return undefined
  const [first = '', ...rest] = name.split('.')
  const known = object.fields.find((one) => one.name === first) ?? object.fields.find((one) => fold(one.name) === fold(first))
  return [known?.name ?? first, ...rest].join('.')
}

/** The longest a timer waits. */
const MAX_TIMEOUT = 2_147_483_647

function timeoutOf(node: RuleNode): number | undefined {
  const given = node.member('timeout')
  if (given === undefined || given.value === null) return undefined
  const timeout = given.value
  if (typeof timeout === 'number' && timeout > 0 && timeout <= MAX_TIMEOUT) return timeout
  throw new RuleProblem('incomplete', given.span, 'its timeout is no number of milliseconds')
}

const isMap = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
