import { type Code, code, raw, sym } from '../../code/code.ts'
import type { FieldIr, ObjectIr } from '../../ir/object.ts'
import { isGivenOnce, isGuarded } from '../guarded-fields.ts'
import { prettyLiteral } from '../pretty-literal.ts'

/** Fields that clients only read, with what new records have in them; nothing for an object without any. */
export function readonlyGuard({ fields }: Pick<ObjectIr, 'fields'>): readonly Code[] {
  const own = fields.filter(isGuarded)
  if (own.length === 0) return []
  const text = prettyLiteral(Object.fromEntries(own.map((field) => [field.name, entryOf(field)])), {
    used: 'guard: guardReadonly(),'.length,
    margin: 2,
  })
  return [code`guard: ${sym('guardReadonly', 'objectql/runtime/rules')}(${raw(text)}),`]
}

function entryOf(field: FieldIr) {
  const { label, default: initial } = field
  if (isGivenOnce(field)) return { label, isGivenOnce: true }
  return initial?.kind === 'literal' ? { label, initial: initial.value } : { label }
}
