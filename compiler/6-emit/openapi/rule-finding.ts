import { fillMessage } from '../../../runtime-lite/rules/fill-message.ts'
import type { ObjectIr } from '../../ir/object.ts'
import type { CompiledRule, RuleOperation } from '../../ir/rule.ts'
import { mustBe } from '../must-be.ts'
import type { JsonMap } from './components.ts'

/** What is told of a broken rule. */
export interface RuleFinding {
  /** JSON pointer into the body. */
  readonly pointer: string
  readonly code: string
  readonly message: string
}

type Params = { readonly [name: string]: unknown }

/**
 * What such a write is told where a record like the example breaks the rule. Undefined where the rule refuses none of these writes, or its
 * message shows something that only a value can say.
 */
export function ruleFinding(rule: CompiledRule, object: ObjectIr, record: JsonMap, operation: RuleOperation): RuleFinding | undefined {
  const params = paramsOf(rule, object, operation)
  if (!params) return undefined
  const [first] = rule.about
  return {
    pointer: first === undefined ? '' : pointerTo(first),
    code: rule.code,
    message: fillMessage(rule.message, record, { ...beyond(rule, object), ...rule.params, ...params }),
  }
}

const pointerTo = (field: string): string => `/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`

function paramsOf(rule: CompiledRule, object: ObjectIr, operation: RuleOperation): Params | undefined {
  switch (rule.kind) {
    case 'transition':
      return refusedTransition(rule, operation)
    case 'json-schema': {
      const problem = schemaProblem(rule, object)
      return problem === undefined && /\{\{\s*problem\s*\}\}/.test(rule.message) ? undefined : { path: pointerTo(rule.field), problem }
    }
    default:
      return {}
  }
}

/** The first value that may not follow another, in the order they are written. */
function refusedTransition(rule: CompiledRule & { readonly kind: 'transition' }, operation: RuleOperation): Params | undefined {
  const states = [...new Set([...Object.keys(rule.transitions), ...Object.values(rule.transitions).flat()])]
  if (operation === 'create') {
    const refused = rule.initial && states.find((state) => !rule.initial?.includes(state))
    return refused === undefined ? undefined : { old_status: null, new_status: refused }
  }
  for (const [before, after] of Object.entries(rule.transitions)) {
    const refused = states.find((state) => state !== before && !after.includes(state))
    if (refused !== undefined) return { old_status: before, new_status: refused }
  }
  return undefined
}

function schemaProblem({ field: name, schema }: CompiledRule & { readonly kind: 'json-schema' }, object: ObjectIr): string | undefined {
  const field = object.fields.find((one) => one.name === name)
  if (field?.isList !== true && field?.value.kind === 'string') return 'must be JSON'
  return typeof schema.root === 'object' && schema.root.types ? mustBe(schema.root.types) : undefined
}

/** Values of related records: what they look like is known there. */
const beyond = (rule: CompiledRule, { fields }: ObjectIr): Params =>
  Object.fromEntries(
    [...rule.message.matchAll(/\{\{\s*([^{}]*?)\s*\}\}/g)].flatMap(([, path = '']) => {
      const [first, ...rest] = path.replace(/^\$?record\./, '').split('.')
      const isRelated = rest.length > 0 && fields.some(({ name, reference }) => name === first && reference !== undefined)
      return isRelated ? [[path, 'Example']] : []
    }),
  )
