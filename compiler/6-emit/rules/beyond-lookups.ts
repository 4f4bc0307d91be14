import { type Hole, raw } from '../../code/code.ts'
import { fold, type Known } from '../../expression/fold.ts'
import { mapFields } from '../../expression/map-fields.ts'
import { type FieldPath, pathsBelow, relatedPaths, relatedPlan } from '../../expression/related-paths.ts'
import type { Typed } from '../../expression/typed.ts'
import type { ObjectIr } from '../../ir/object.ts'
import type { CompiledRule, RuleOperation } from '../../ir/rule.ts'
import { prettyLiteral } from '../pretty-literal.ts'
import { ruleIndexName } from '../sql/rule-index.ts'
import { readsOf } from './asked-plans.ts'
import { watchedFields } from './questions.ts'
import { overStored } from './rule-fields.ts'
import { updateFieldsOf } from './update-fields.ts'

/** A condition as it is looked at in an operation: formulas written out, without what can be told beforehand. */
export function asLookedAt(typed: Typed, operation: RuleOperation, object: ObjectIr): Typed {
  const known: Known = {
    isNew: operation === 'create',
    neverNull: new Set(operation === 'create' ? object.fields.flatMap(({ name, autonumber }) => (autonumber ? [name] : [])) : []),
  }
  const written = overStored(typed, object)
  // What is deleted is as it was.
  const asWas =
    operation === 'delete' ? mapFields(written, (field) => (field.root === 'previous' ? { ...field, root: 'record' } : field)) : written
  return fold(asWas, known)
}

/** Fields of related records that a rule looks at. */
export function beyondOf(rule: CompiledRule, operation: RuleOperation, object: ObjectIr): readonly FieldPath[] {
  if (!rule.on.includes(operation) || (rule.kind === 'transition' && operation === 'delete')) return []
  // What an index holds is looked at by the database alone.
  if (rule.kind === 'unique' && ruleIndexName(object, rule) !== undefined) return []
  const conditions = [...(rule.kind === 'record' ? [rule.holds] : []), ...(rule.applies ? [rule.applies] : [])]
  return pathsBelow([...conditions.map((part) => asLookedAt(part, operation, object)), ...(rule.shown ?? [])])
}

/** Fields of which an update has to write one, or the rule is not looked at. Undefined: any. */
export function writtenFor(rule: CompiledRule, object: ObjectIr): readonly string[] | undefined {
  if (rule.fields) return rule.fields
  if (rule.kind === 'validator') return watchedFields(rule)
  if (rule.kind === 'transition') return [rule.field]
  return rule.kind === 'unique' || rule.kind === 'related' ? readsOf(rule, object) : updateFieldsOf([rule], object)
}

const MEMBERS = { create: 'relatedOnCreate', update: 'relatedOnUpdate', delete: 'relatedOnDelete' } as const

/** Members of the plan: what is read beyond lookups in each operation. */
export function beyondMembers(rules: readonly CompiledRule[], object: ObjectIr): readonly Hole[] {
  let looksBehind = false
  const members = (['create', 'update', 'delete'] as const).flatMap((operation): readonly Hole[] => {
    const when = new Map<string, readonly string[] | undefined>()
    const fields = rules.flatMap((rule) => {
      const own = beyondOf(rule, operation, object)
      if (operation !== 'update') return own
      const written = writtenFor(rule, object)
      for (const {
        path: [lookup = ''],
      } of own) {
        const others = when.has(lookup) ? when.get(lookup) : []
        when.set(lookup, written && others ? [...new Set([...others, ...written])] : undefined)
      }
      looksBehind ||= own.some(({ root }) => root === 'previous')
      return own
    })
    if (fields.length === 0) return []
    const name = MEMBERS[operation]
    return [raw(`${name}: ${prettyLiteral(relatedPlan(relatedPaths(fields), when), { used: name.length + 3, margin: 2 })},`)]
  })
  return looksBehind ? [...members, raw('looksBehind: true,')] : members
}
