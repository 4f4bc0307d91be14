import { type Code, code, type Hole, lines, raw } from '../../code/code.ts'
import { literal, quote } from '../../code/literal.ts'
import { lowerFilter, namedOfRecord } from '../../expression/lower-filter.ts'
import { fieldsOf } from '../../expression/map-fields.ts'
import { pathsBelow, relatedPaths, relatedPlan } from '../../expression/related-paths.ts'
import type { Typed } from '../../expression/typed.ts'
import type { ObjectIr } from '../../ir/object.ts'
import type { CompiledRule } from '../../ir/rule.ts'
import { prettyLiteral } from '../pretty-literal.ts'
import { ruleIndexName } from '../sql/rule-index.ts'
import { overStored } from './rule-fields.ts'

export type AskedRule = CompiledRule & { readonly kind: 'unique' | 'related' }

/** Rules that the database is asked about. */
export const isAsked = (rule: CompiledRule): rule is AskedRule => rule.kind === 'unique' || rule.kind === 'related'

export interface AskedScope {
  readonly object: ObjectIr
  readonly nameOf: (rule: CompiledRule) => string
  /** The member `applies`. */
  readonly applies: (applies: Typed) => Code
}

/** The entry of such a rule in the plan: UniqueRulePlan or RelatedRulePlan of runtime-lite/rules. */
export function askedPlan(rule: AskedRule, { object, nameOf, applies }: AskedScope): Hole {
  const member = (name: string, value: unknown): Hole => raw(`${name}: ${prettyLiteral(value, { used: name.length + 3, margin: 6 })},`)
  const own = rule.kind === 'unique' ? uniqueMembers(rule, object, member) : relatedMembers(rule, member)
  const members: Hole[] = [
    raw(`rule: ${nameOf(rule)},`),
    ...(rule.on.join() === 'create,update' ? [] : [raw(`on: ${literal(rule.on)},`)]),
    ...own,
    member('reads', readsOf(rule, object)),
    ...(rule.fields ? [member('fields', rule.fields)] : []),
    ...(rule.skipsBulk ? [raw('skipsBulk: true,')] : []),
    ...(rule.applies ? [applies(rule.applies)] : []),
  ]
  return code`
{
  ${lines(members)}
},`
}

type Member = (name: string, value: unknown) => Hole

function uniqueMembers(rule: AskedRule & { readonly kind: 'unique' }, object: ObjectIr, member: Member): readonly Hole[] {
  const index = ruleIndexName(object, rule)
  return [
    member('key', rule.key),
    ...(rule.isCaseSensitive ? [] : [raw('isCaseInsensitive: true,')]),
    ...(index === undefined ? [] : [raw(`index: ${quote(index)},`)]),
    ...(index === undefined || !rule.shown?.length ? [] : [member('shown', relatedPlan(relatedPaths(pathsBelow(rule.shown))))]),
    // What an index holds is not asked.
    ...(rule.scope && index === undefined ? [member('scope', lowerFilter(rule.scope))] : []),
  ]
}

const relatedMembers = (rule: AskedRule & { readonly kind: 'related' }, member: Member): readonly Hole[] => [
  member('object', rule.object),
  member('field', rule.field),
  member('matches', rule.matches),
  ...(rule.filter ? [member('filter', lowerFilter(rule.filter))] : []),
  ...(rule.ofUser ? [member('ofUser', lowerFilter(rule.ofUser)), member('userFields', userFields(rule.ofUser))] : []),
  member('expects', rule.expects),
]

/** What is read of whoever asks, and as what it is bound. */
const userFields = (typed: Typed): Readonly<Record<string, string>> =>
  Object.fromEntries(
    fieldsOf(typed).flatMap(({ root, path: [name = ''], type }) =>
      root === 'current_user' ? [[name, type === 'number' ? 'real' : type] as const] : [],
    ),
  )

/** Fields whose change may break it. */
export function readsOf(rule: AskedRule, object: ObjectIr): readonly string[] {
  if (rule.fields) return rule.fields
  const named = (typed: Typed | undefined): readonly string[] =>
    typed ? fieldsOf(overStored(typed, object)).flatMap(({ root, path: [name] }) => (root === 'current_user' ? [] : (name ?? []))) : []
  const names = new Set([
    ...named(rule.applies),
    ...(rule.kind === 'unique'
      ? [...rule.key, ...named(rule.scope)]
      : [rule.matches, ...namedOfRecord(rule.filter), ...namedOfRecord(rule.ofUser)]),
  ])
  return object.fields.flatMap(({ name }) => (names.has(name) ? [name] : []))
}
