import { fieldsOf, namesNow } from '../../expression/map-fields.ts'
import type { ObjectIr } from '../../ir/object.ts'
import type { CompiledRule } from '../../ir/rule.ts'
import { overStored } from './rule-fields.ts'

/** A patch without any of these breaks no rule; undefined: any patch may. */
export function updateFieldsOf(rules: readonly CompiledRule[], object: ObjectIr): readonly string[] | undefined {
  const names = new Set<string>()
  for (const rule of rules) {
    if (!rule.on.includes('update')) continue
    if (rule.fields) {
      for (const field of rule.fields) names.add(field)
      continue
    }
    const parts = [...(rule.kind === 'record' ? [rule.holds] : []), ...(rule.applies ? [rule.applies] : [])]
    for (const part of parts) {
      const stored = overStored(part, object)
      const fields = fieldsOf(stored)
      if (namesNow(stored) || fields.some(({ root }) => root === 'current_user')) return undefined
      for (const { path } of fields) names.add(path[0] ?? '')
    }
    if (rule.kind === 'format' || rule.kind === 'json-schema') names.add(rule.field)
  }
  return object.fields.flatMap(({ name }) => (names.has(name) ? [name] : []))
}
